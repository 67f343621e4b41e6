import { pino } from "pino";
import { createApp } from "../../dist/app.js";
import { openDatabase } from "../../dist/database/database.js";

/**
 * Puts to each query the statements that the server sends for it, its own authentication left out.
 * They are taken down from the same program in this process.
 */
export async function captureStatements(resources, { databaseUrl, demoToken }, queries) {
  const database = resources.open(
    () =>
      openDatabase({
        url: databaseUrl,
        poolSize: 4,
        timeoutMs: 60_000,
        onIdleError: console.error,
      }),
    (opened) => opened.close(),
  );
  const log = pino({ level: "warn" });
  const app = await createApp({ database, log, introspection: false });
  let statements = [];
  const send = database.pool.query.bind(database.pool);
  database.pool.query = (statement, ...rest) => {
    if (statement.name !== "authenticate") statements.push(statement);
    return send(statement, ...rest);
  };
  const cases = [];
  for (const { name, query, variables } of queries) {
    statements = [];
    const answer = await app.http.inject({
      method: "POST",
      url: "/graphql",
      headers: { authorization: `Token ${demoToken}` },
      payload: { query, variables },
    });
    if (answer.json().errors) throw new Error(`${name}: ${answer.body}`);
    cases.push({ name, query, variables, statements: [...statements] });
  }
  await app.close();
  return cases;
}
