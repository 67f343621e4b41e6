import type pg from "pg";
import { AppError } from "../shared/errors.js";
import { assert } from "../shared/assert.js";
import { type Queryable, execute } from "./database.js";
import { isDistributed } from "./distributed.js";
import { isUnavailable, leavesConnectionUsable } from "./failure.js";
import { hearingOfLostCommit } from "./lost-commit.js";
import { repeatFailed } from "./repeat.js";
import { integer, sql } from "./sql.js";

/** The one connection of an open transaction. */
export interface Tx extends Queryable {
  /**
   * On a Citus cluster, which runs a statement on the one shard that it names, and carries the rows of one with
   * several writing parts to all nodes.
   */
  readonly isDistributed?: boolean;
}

/** Thrown by a transaction's work when what it read has changed meanwhile: start again. */
export class StartAgain extends Error {
  override readonly name = "StartAgain";
}

const BEGIN = "begin isolation level read committed";

/**
 * Work that started again because others came first got nearer to its end each time, as others'
 * commits are what sent it back; so it may do that often.
 */
const MAX_STARTS = 25;

/**
 * Runs the work in one transaction (read committed) and commits it. The work runs again when it asks
 * for it, after a serialization failure or a deadlock, and after a lost connection; in the last case
 * an earlier run **may have been committed**. So the work must find what it did before by ids that
 * are made outside of it.
 *
 * @param isKept whether the work is committed; else it is rolled back, and its result answered all the
 *   same.
 * @throws what the work threw, the transaction being rolled back; or the last failure once the
 *   repetitions are used up, SERVICE_UNAVAILABLE when others kept coming first.
 */
export async function inTransaction<T>(
  pool: pg.Pool,
  work: (tx: Tx) => Promise<T | LastStatement<T>>,
  isKept: (result: T) => boolean = () => true,
): Promise<T> {
  for (let starts = 1; ; starts++) {
    try {
      return await repeatFailed(() => runOnce(pool, work, isKept));
    } catch (error) {
      if (!(error instanceof StartAgain)) throw error;
      if (starts < MAX_STARTS) continue;
      const message = "Too many requests for the same records. Try again.";
      throw new AppError("SERVICE_UNAVAILABLE", message, { cause: error });
    }
  }
}

/**
 * The last statement of a transaction. The commit is sent right behind it, so it must fail by itself
 * when it is not to be kept.
 */
export class LastStatement<T> {
  constructor(readonly send: () => Promise<T>) {}
}

/**
 * Waits for statements that are sent together, all of them, so that none is under way any more when one
 * has failed.
 *
 * @throws what the first that failed has met: those behind it fail only because of it.
 */
export async function together<T extends readonly unknown[]>(
  ...statements: { readonly [K in keyof T]: Promise<T[K]> | T[K] }
): Promise<T> {
  const settled = await Promise.allSettled(statements);
  return settled.map((one) => {
    if (one.status === "rejected") throw one.reason;
    return one.value;
  }) as unknown as T;
}

/** Bounds each of the transaction's further waits for a lock, in milliseconds. */
export async function limitLockWaits(tx: Tx, timeoutMs: number): Promise<void> {
  await execute(tx, sql`set local lock_timeout = ${integer(timeoutMs)}`);
}

async function runOnce<T>(
  pool: pg.Pool,
  work: (tx: Tx) => Promise<T | LastStatement<T>>,
  isKept: (result: T) => boolean,
): Promise<T> {
  const spread = await isDistributed(pool);
  const connection = await pool.connect();
  let isUsable = true;
  try {
    // The first statements are sent together with the begin, without waiting for its answer.
    const begun = connection.query(BEGIN);
    const [, result] = await together(
      begun,
      work({ ...onceBegun(connection, begun), isDistributed: spread }),
    );
    if (result instanceof LastStatement) {
      // What fails has undone the transaction, and the commit then is a rollback.
      const [answer] = await together(result.send(), commit(connection));
      return answer;
    }
    await (isKept(result) ? commit(connection) : connection.query("rollback"));
    return result;
  } catch (error) {
    isUsable = await rollBack(connection, error);
    throw error;
  } finally {
    connection.release(!isUsable);
  }
}

/**
 * Sends what reads without waiting for the begin's answer, and whatever else only once it is there:
 * outside a transaction each statement would be committed on its own.
 */
function onceBegun(connection: pg.PoolClient, begun: Promise<unknown>): Queryable {
  let hasBegun = false;
  void begun.then(
    () => (hasBegun = true),
    () => undefined,
  );
  return {
    query: async (statement) => {
      if (hasBegun) return connection.query(statement);
      if (statement.reads) return (await together(begun, connection.query(statement)))[1];
      await begun;
      return connection.query(statement);
    },
  };
}

async function commit(connection: pg.PoolClient): Promise<void> {
  const { command } = await hearingOfLostCommit(connection, () => connection.query("commit"));
  // PostgreSQL answers a commit after a failed statement without an error.
  assert(command === "COMMIT", `the transaction ended with ${command}`);
}

/**
 * @returns whether the connection may be used again. One whose state is not certain is closed, which
 *   makes PostgreSQL roll back.
 */
async function rollBack(connection: pg.PoolClient, error: unknown): Promise<boolean> {
  const isFromDatabase = error instanceof Error && "severity" in error;
  if (isFromDatabase && !leavesConnectionUsable(error)) return false;
  if (!isFromDatabase && isUnavailable(error)) return false;
  try {
    await connection.query("rollback");
    return true;
  } catch {
    // The connection is closed right after, which is a rollback too; `error` is what is reported.
    return false;
  }
}
