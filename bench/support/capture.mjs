import { AsyncLocalStorage } from "node:async_hooks";
import { pino } from "pino";
import { createApp } from "../../dist/app/app.js";
import { openDatabase } from "./database.mjs";
import { requireDone } from "./graphql-connections.mjs";

const CONNECTION_COUNT = 4;

/**
 * Adds to each query the statements that the server sends for it, without those for authentication and
 * without the server's own background statements. They are recorded from the same program in this process.
 *
 * @template {{ name: string, query: string, variables: object }} T
 * @param {import("./resources.mjs").Resources} resources
 * @param {{ databaseUrl: string, apiToken: string }} server
 * @param {T[]} queries
 * @returns {Promise<(T & { statements: (object | string)[] })[]>}
 */
export async function captureStatements(resources, { databaseUrl, apiToken }, queries) {
  const database = resources.open(
    () => openDatabase({ databaseUrl, poolSize: CONNECTION_COUNT }),
    (opened) => opened.close(),
  );
  const recording = new AsyncLocalStorage();
  // A transaction sends its statements on a connection, not through the pool.
  database.pool.on("connect", (connection) => {
    const send = connection.query.bind(connection);
    connection.query = (statement, ...rest) => {
      if (statement.name !== "authenticate") recording.getStore()?.push(replayable(statement));
      return send(statement, ...rest);
    };
  });
  const log = pino({ level: "warn" });
  const app = await createApp({ database, log, introspection: false });
  const cases = [];
  for (const { query, variables, ...rest } of queries) {
    const statements = [];
    const answer = await recording.run(
      statements,
      async () =>
        await app.http.inject({
          method: "POST",
          url: "/graphql",
          headers: { authorization: `Token ${apiToken}` },
          payload: { query, variables },
        }),
    );
    requireDone(answer.body);
    if (statements.length === 0) throw new Error(`No statement was recorded for ${query}.`);
    cases.push({ ...rest, query, variables, statements });
  }
  await app.close();
  return cases;
}

/** What another process needs to send the statement; Prisma Client adds functions that read its result. */
function replayable(statement) {
  if (typeof statement === "string") return statement;
  const { name, text, values } = statement;
  return name === undefined ? { text, values } : { name, text, values };
}
