import type { Database } from "../database/database.js";
import {
  type LastStatement,
  type Tx,
  inTransaction,
  together,
  transactionIdOf,
  wasCommitted,
} from "../database/transaction.js";
import { present } from "../shared/assert.js";
import type { AppError } from "../shared/errors.js";
import { type Outcome, done } from "../shared/user-error.js";
import { parseUuid } from "../shared/uuid.js";

/**
 * Changes a payment in one transaction, of which nothing is kept when it is refused. When the answer of
 * a commit is lost, PostgreSQL is asked what became of it: a change that was committed is not made again,
 * whatever others have changed since.
 *
 * @throws AppError of `missing` for an id that cannot be one.
 */
export async function updateOnce<T>(
  database: Database,
  id: string,
  missing: (id: string) => AppError,
  { find, change }: Update<T>,
): Promise<Outcome<T>> {
  const uuid = parseUuid(id);
  if (uuid === null) throw missing(id);
  let earlier: string | null = null;
  return inTransaction(
    database.pool,
    async (tx) => {
      if (earlier !== null && (await wasCommitted(tx, earlier))) {
        return done(present(await find(tx, uuid), "the payment that was changed"));
      }
      const [transactionId, outcome] = await together(transactionIdOf(tx), change(tx, uuid));
      earlier = transactionId;
      return outcome;
    },
    (outcome) => outcome.isDone,
  );
}

/** What a payment's transaction comes to; what is still to be written is sent together with the commit. */
export type Ending<T> = Outcome<T> | LastStatement<Outcome<T>>;

/** How a kind of payment is found and changed. */
export interface Update<T> {
  readonly find: (tx: Tx, id: string) => Promise<T | null>;
  readonly change: (tx: Tx, id: string) => Promise<Ending<T>>;
}
