import type pg from "pg";
import { cancelStatementOf } from "./cancel-statement.js";
import { type Queryable, execute, writeRows } from "./database.js";
import type { RowType } from "./row.js";
import { type Sql, integer, sql } from "./sql.js";
import { waitForAll } from "./transaction.js";

/** Without the client's timeout for an answer, for reading whole tables. PostgreSQL's own timeouts still apply. */
export function unbounded(on: Queryable): Queryable {
  return { query: (statement) => on.query({ ...statement, ...UNBOUNDED }) };
}

const UNBOUNDED = { query_timeout: 2 ** 31 - 1 };

/**
 * Runs reads on one snapshot of the database. They block no writes, and PostgreSQL refuses every other statement. Until
 * it ends, vacuum cannot remove rows that were deleted since it began.
 *
 * The work is not retried, because it may already have reported results.
 *
 * @param signal cancels the running statement, if any. The work must end by itself between two statements.
 */
export async function inSnapshot<T>(
  pool: pg.Pool,
  work: (snapshot: Queryable) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const connection = await pool.connect();
  let isOver = false;
  let cancelling = undefined as Promise<void> | undefined;
  const cancel = (): void => {
    cancelling ??= cancelStatementOf(connection);
  };
  signal?.addEventListener("abort", cancel);
  try {
    signal?.throwIfAborted();
    await waitForAll(
      connection.query("begin isolation level repeatable read read only"),
      connection.query("set local statement_timeout = 0"),
      // The reader of the reported results may be slow, such as a person with a pager.
      connection.query("set local idle_in_transaction_session_timeout = 0"),
      // By default, PostgreSQL plans a cursor for its first rows, but all rows are read here.
      connection.query("set local cursor_tuple_fraction = 1"),
    );
    const result = await work(unbounded(connection));
    await connection.query("commit");
    isOver = true;
    return result;
  } finally {
    signal?.removeEventListener("abort", cancel);
    // A late cancellation must not hit the next statement on the connection.
    await cancelling;
    // Closing the connection ends its transaction.
    connection.release(!isOver || cancelling !== undefined);
  }
}

const PAGE = 500;

/** Streams the rows of a statement, with one page in memory at a time. Requires a transaction. */
export async function* streamRows<Row>(
  on: Queryable,
  type: RowType<Row>,
  statement: Sql,
): AsyncGenerator<Row> {
  for await (const rows of streamPages(on, type, statement)) yield* rows;
}

/**
 * Streams the rows of a statement in pages. PostgreSQL prepares the next page while the last one is used, so two pages
 * are in memory at a time. Requires a transaction. The last page may be empty.
 */
export async function* streamPages<Row>(
  on: Queryable,
  type: RowType<Row>,
  statement: Sql,
): AsyncGenerator<readonly Row[]> {
  const fetch = (): Promise<Row[]> =>
    writeRows(on, type, sql`fetch forward ${integer(PAGE)} from streamed_rows`);
  let [, rows] = await waitForAll(
    execute(on, sql`declare streamed_rows no scroll cursor for ${statement}`),
    fetch(),
  );
  while (rows.length === PAGE) {
    const next = fetch();
    // If the reader stops here, the end of the transaction ends this statement too.
    next.catch(() => undefined);
    yield rows;
    rows = await next;
  }
  yield rows;
  await execute(on, sql`close streamed_rows`);
}
