import type pg from "pg";
import { assert } from "../shared/assert.js";

/** The statement that begins every transaction. */
export const BEGIN = "begin isolation level read committed";

/**
 * The outcome of a commit is unknown. PostgreSQL's code for this is in the class of connection errors, so the error is
 * handled like a broken connection.
 */
class LostCommitError extends Error {
  override readonly name = "LostCommitError";
  readonly code = "08007"; // transaction_resolution_unknown
}

/**
 * The warning of a Citus coordinator that loses a worker during the commit. The transaction then ends with an
 * unspecific error or, after a prepared commit, with none.
 */
const LOST_BY_COORDINATOR = "failed to commit transaction on ";

/**
 * Runs work that ends with a commit.
 *
 * @throws LostCommitError if the coordinator warns that the outcome is unknown.
 */
export async function detectLostCommit<T>(
  connection: pg.PoolClient,
  work: () => Promise<T>,
): Promise<T> {
  const warnings: string[] = [];
  const listen = ({ message }: { message?: string | undefined }): void => {
    if (message?.startsWith(LOST_BY_COORDINATOR) === true) warnings.push(message);
  };
  const throwIfLost = (cause?: unknown): void => {
    if (warnings.length > 0) throw new LostCommitError(warnings.join("; "), { cause });
  };
  connection.on("notice", listen);
  try {
    const result = await work();
    throwIfLost();
    return result;
  } catch (error) {
    throwIfLost(error);
    throw error;
  } finally {
    connection.off("notice", listen);
  }
}

/**
 * Commits a transaction.
 *
 * @throws LostCommitError if the outcome is unknown, InvariantError if PostgreSQL rolled back.
 */
export async function commit(connection: pg.PoolClient): Promise<pg.QueryResult> {
  const result = await detectLostCommit(connection, () => connection.query("commit"));
  // After a failed statement, PostgreSQL rolls back on commit and reports no error.
  assert(result.command === "COMMIT", `the transaction ended with ${result.command}`);
  return result;
}
