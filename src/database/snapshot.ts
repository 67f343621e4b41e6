import type pg from "pg";
import { type Queryable, execute, writeRows } from "./database.js";
import type { RowType } from "./row.js";
import { type Sql, integer, sql } from "./sql.js";
import { together } from "./transaction.js";

/**
 * Reading a whole table takes as long as it takes. What waits for a lock, or for this process, is still
 * bounded as everywhere else.
 */
const UNBOUNDED = { query_timeout: 2 ** 31 - 1 };

/**
 * Runs reads that all see the database as it was at one moment. They lock nothing that writing needs,
 * and PostgreSQL refuses whatever is no read. While it lasts, vacuum keeps what was deleted since.
 *
 * Nothing is repeated: what the work has told of may have been heard.
 */
export async function inSnapshot<T>(
  pool: pg.Pool,
  work: (snapshot: Queryable) => Promise<T>,
): Promise<T> {
  const connection = await pool.connect();
  let isOver = false;
  try {
    await together(
      connection.query("begin isolation level repeatable read read only"),
      connection.query("set local statement_timeout = 0"),
      // Whoever reads what is told may be slow, such as a person at a pager.
      connection.query("set local idle_in_transaction_session_timeout = 0"),
      // A cursor is planned for its first rows by itself; here all of them are wanted.
      connection.query("set local cursor_tuple_fraction = 1"),
    );
    const result = await work({
      query: (statement) => connection.query({ ...statement, ...UNBOUNDED }),
    });
    await connection.query("commit");
    isOver = true;
    return result;
  } finally {
    // A connection that is closed takes its transaction with it.
    connection.release(!isOver);
  }
}

const PAGE = 500;

/** The rows of a statement, of which a page at a time is in memory. Only within a transaction. */
export async function* streamRows<Row>(
  on: Queryable,
  type: RowType<Row>,
  statement: Sql,
): AsyncGenerator<Row> {
  const fetch = sql`fetch forward ${integer(PAGE)} from streamed_rows`;
  let [, rows] = await together(
    execute(on, sql`declare streamed_rows no scroll cursor for ${statement}`),
    writeRows(on, type, fetch),
  );
  yield* rows;
  while (rows.length === PAGE) {
    rows = await writeRows(on, type, fetch);
    yield* rows;
  }
  await execute(on, sql`close streamed_rows`);
}
