import type pg from "pg";
import { assert } from "../shared/assert.js";

/** Begins every transaction. */
export const BEGIN = "begin isolation level read committed";

/**
 * A commit of which it is not known whether it took place. The code is PostgreSQL's own for that, and is
 * that of a broken connection to everything that asks what a failure means.
 */
class LostCommitError extends Error {
  override readonly name = "LostCommitError";
  readonly code = "08007"; // transaction_resolution_unknown
}

/**
 * A Citus coordinator that loses the worker while it is told to commit warns so, and ends the transaction by
 * an error of no particular code, or, where the commit was prepared, by none.
 */
const LOST_BY_COORDINATOR = "failed to commit transaction on ";

/**
 * Does work that ends with a commit, or is one.
 *
 * @throws LostCommitError when the answer cannot be relied on.
 */
export async function hearingOfLostCommit<T>(
  connection: pg.PoolClient,
  work: () => Promise<T>,
): Promise<T> {
  const warnings: string[] = [];
  const listen = ({ message }: { message?: string | undefined }): void => {
    if (message?.startsWith(LOST_BY_COORDINATOR) === true) warnings.push(message);
  };
  const refuseToRely = (cause?: unknown): void => {
    if (warnings.length > 0) throw new LostCommitError(warnings.join("; "), { cause });
  };
  connection.on("notice", listen);
  try {
    const result = await work();
    refuseToRely();
    return result;
  } catch (error) {
    refuseToRely(error);
    throw error;
  } finally {
    connection.off("notice", listen);
  }
}

/**
 * Commits a transaction.
 *
 * @throws LostCommitError when the answer cannot be relied on, InvariantError when PostgreSQL rolled back.
 */
export async function commit(connection: pg.PoolClient): Promise<pg.QueryResult> {
  const result = await hearingOfLostCommit(connection, () => connection.query("commit"));
  // PostgreSQL answers a commit after a failed statement without an error.
  assert(result.command === "COMMIT", `the transaction ended with ${result.command}`);
  return result;
}
