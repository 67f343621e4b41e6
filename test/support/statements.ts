import type pg from "pg";
import type { TestDatabase } from "./database.js";

/** Runs some work and tells the statements that it sent to the database, by any connection. */
export async function statementsOf<T>(
  { pool }: TestDatabase,
  work: () => Promise<T>,
): Promise<{ result: T; statements: string[] }> {
  const statements: string[] = [];
  const original = pool.query.bind(pool);
  const connect = pool.connect.bind(pool);
  const textOf = (statement: string | pg.QueryConfig): string =>
    typeof statement === "string" ? statement : statement.text;
  pool.query = ((statement: string | pg.QueryConfig, ...rest: unknown[]) => {
    statements.push(textOf(statement));
    return (original as (...args: unknown[]) => unknown)(statement, ...rest);
  }) as typeof pool.query;
  pool.connect = (async () => {
    const client = await connect();
    const query = client.query.bind(client);
    client.query = ((statement: string | pg.QueryConfig, ...rest: unknown[]) => {
      statements.push(textOf(statement));
      return (query as (...args: unknown[]) => unknown)(statement, ...rest);
    }) as typeof client.query;
    return client;
  }) as typeof pool.connect;
  try {
    return { result: await work(), statements };
  } finally {
    pool.query = original;
    pool.connect = connect;
  }
}
