import type pg from "pg";
import { AppError } from "../shared/errors.js";
import { backendOf } from "./cancel-statement.js";
import { committed } from "./commits.js";
import { type Queryable, execute } from "./database.js";
import { isDistributed } from "./distributed.js";
import { isUnavailable, leavesConnectionUsable } from "./failure.js";
import { BEGIN, commit } from "./lost-commit.js";
import { retryFailed } from "./retry.js";
import { integer, sql } from "./sql.js";

/** The connection of an open transaction. */
export interface Tx extends Queryable {
  /**
   * Whether the database is a Citus cluster. Citus runs a statement for one key on a single shard, but sends the rows
   * of a statement with several writing parts to all nodes.
   */
  readonly isDistributed?: boolean;
}

/** Thrown by a transaction's work to start again, because records that it read have changed. */
export class RestartTransaction extends Error {
  override readonly name = "RestartTransaction";
}

/**
 * The maximum number of starts. It is high because each new start means that another transaction has committed, so the
 * requests as a whole make progress.
 */
const MAX_STARTS = 25;

/**
 * Runs the work in one transaction (read committed) and commits it. The work is retried if it throws `RestartTransaction`,
 * after a serialization failure or a deadlock, and after a lost connection. After a lost connection an earlier run
 * **may have been committed**, so the work must recognize its earlier writes, by ids that it keeps between its runs.
 *
 * @param isKept whether to commit; otherwise the transaction is rolled back, and its result is still returned.
 * @throws the error of the work, after a rollback; the last failure if all retries failed; SERVICE_UNAVAILABLE after
 *   too many starts.
 */
export async function inTransaction<T>(
  pool: pg.Pool,
  work: (tx: Tx) => Promise<T | LastStatement<T>>,
  isKept: (result: T) => boolean = () => true,
): Promise<T> {
  for (let starts = 1; ; starts++) {
    try {
      return await retryFailed(() => runOnce(pool, work, isKept));
    } catch (error) {
      if (!(error instanceof RestartTransaction)) throw error;
      if (starts < MAX_STARTS) continue;
      const message = "Too many requests for the same records. Try again.";
      throw new AppError("SERVICE_UNAVAILABLE", message, { cause: error });
    }
  }
}

/**
 * The last statement of a transaction. The commit is sent right after it without waiting for its result, so the
 * statement itself must fail if it must not be committed.
 */
export class LastStatement<T> {
  constructor(readonly send: () => Promise<T>) {}
}

/**
 * Waits for all statements that were sent together, so that none is still running if one fails.
 *
 * @throws the error of the first failed statement: later ones fail only as a consequence.
 */
export async function waitForAll<T extends readonly unknown[]>(
  ...statements: { readonly [K in keyof T]: Promise<T[K]> | T[K] }
): Promise<T> {
  const settled = await Promise.allSettled(statements);
  return settled.map((one) => {
    if (one.status === "rejected") throw one.reason;
    return one.value;
  }) as unknown as T;
}

/** Sets the timeout of the transaction's further lock waits, in milliseconds. */
export async function limitLockWaits(tx: Tx, timeoutMs: number): Promise<void> {
  await execute(tx, sql`set local lock_timeout = ${integer(timeoutMs)}`);
}

async function runOnce<T>(
  pool: pg.Pool,
  work: (tx: Tx) => Promise<T | LastStatement<T>>,
  isKept: (result: T) => boolean,
): Promise<T> {
  const distributed = await isDistributed(pool);
  const connection = await pool.connect();
  let isUsable = true;
  try {
    // Send the first statements together with the begin, to save a round trip.
    writeTogether(connection);
    const begun = connection.query(BEGIN);
    const [, result] = await waitForAll(begun, work(onceBegun(connection, begun, distributed)));
    if (result instanceof LastStatement) {
      // If the statement fails, PostgreSQL treats the commit as a rollback.
      writeTogether(connection);
      const [answer] = await waitForAll(result.send(), commit(connection));
      committed(pool);
      return answer;
    }
    if (isKept(result)) {
      await commit(connection);
      committed(pool);
    } else {
      await connection.query("rollback");
    }
    return result;
  } catch (error) {
    isUsable = await rollBack(connection, error);
    throw error;
  } finally {
    connection.release(!isUsable);
  }
}

/** Combines the statements that are sent before the next tick into one write to the socket, because each is a system call. */
function writeTogether(connection: pg.PoolClient): void {
  const { stream } = backendOf(connection).connection;
  stream.cork();
  process.nextTick(() => {
    stream.uncork();
  });
}

/**
 * Sends reads without waiting for the result of the begin, and writes only after it: if the begin failed, a write would
 * be committed on its own.
 */
function onceBegun(connection: pg.PoolClient, begun: Promise<unknown>, distributed: boolean): Tx {
  let hasBegun = false;
  void begun.then(
    () => (hasBegun = true),
    () => undefined,
  );
  return {
    isDistributed: distributed,
    query: async (statement) => {
      if (hasBegun) return connection.query(statement);
      if (statement.reads) return (await waitForAll(begun, connection.query(statement)))[1];
      await begun;
      return connection.query(statement);
    },
  };
}

/**
 * @returns whether the connection can be used again. Close it if its state is uncertain, which makes PostgreSQL roll
 *   back.
 */
async function rollBack(connection: pg.PoolClient, error: unknown): Promise<boolean> {
  const isFromDatabase = error instanceof Error && "severity" in error;
  if (isFromDatabase && !leavesConnectionUsable(error)) return false;
  if (!isFromDatabase && isUnavailable(error)) return false;
  try {
    await connection.query("rollback");
    return true;
  } catch {
    // Closing the connection also rolls back. The caller reports the original error.
    return false;
  }
}
