// The other side: the transactions of the server's writes, with new ids, from a pool like the server's.
import { uuidv7 } from "uuidv7";
import { openDatabase } from "../support/database.mjs";
import { runClients } from "../support/load-loop.mjs";
import { serveRounds } from "../support/load-worker.mjs";
import { variablesOf } from "./payments.variables.mjs";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

serveRounds(({ clientCount, supply, owner, ...options }) => {
  const { pool } = openDatabase(options);
  const next = variablesOf(supply);

  return ({ kind, variables, statements, durationMs }) => {
    const renew = renewalOf(statements, variables, owner);
    const send = () => runTransaction(pool, renew(next[kind]()));
    return runClients({ clientCount, durationMs, send });
  };
});

/**
 * Converts the statements of one write into those of another: replaces ids from the input with the other's, and
 * generated ids with new ones. Everything else can stay: the input's hash is not compared with another, and the
 * charge's last change is in the past.
 */
function renewalOf(statements, variables, owner) {
  const given = new Set([...Object.values(variables), ...Object.values(owner)]);
  const values = statements.flatMap((statement) => statement.values ?? []);
  const made = new Set(values.filter((value) => UUID.test(value) && !given.has(value)));

  return (others) => {
    const renewed = new Map([...made].map((id) => [id, uuidv7()]));
    for (const [name, id] of Object.entries(variables)) renewed.set(id, others[name]);
    const renewValue = (value) => renewed.get(value) ?? value;
    return statements.map((statement) =>
      typeof statement === "string"
        ? statement
        : { ...statement, values: statement.values.map(renewValue) },
    );
  };
}

/** The statements include begin and commit; each of the others returns one row. */
async function runTransaction(pool, statements) {
  const connection = await pool.connect();
  let isDone = false;
  try {
    for (const statement of statements) {
      const { rowCount } = await connection.query(statement);
      if (typeof statement !== "string" && rowCount !== 1) {
        throw new Error(`Expected one row instead of ${rowCount}: ${statement.text}`);
      }
    }
    isDone = true;
  } finally {
    connection.release(!isDone);
  }
}
