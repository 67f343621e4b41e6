import type { MerchantCaller } from "../callers/caller.js";
import { type Audit, auditOf, wasEntered } from "../records/audit.js";
import type { Database } from "../database/database.js";
import { type LastStatement, StartAgain, type Tx, inTransaction } from "../database/transaction.js";
import { present } from "../shared/assert.js";
import type { AppError } from "../shared/errors.js";
import { type Outcome, done } from "../shared/user-error.js";
import { parseUuid } from "../shared/uuid.js";

/**
 * Changes a payment in one transaction, of which nothing is kept when it is refused. When the answer of
 * a commit is lost, the change's entry in the audit trail tells what became of it: a change that was
 * committed is not made again, whatever others have changed since.
 *
 * @throws AppError of `missing` for an id that cannot be one.
 */
export async function updateOnce<T>(
  database: Database,
  caller: MerchantCaller,
  id: string,
  { operation, missing, find, lock, change }: Update<T>,
): Promise<Outcome<T>> {
  const uuid = parseUuid(id);
  if (uuid === null) throw missing();
  const { merchantId } = caller;
  const audit = auditOf(caller, operation);
  let mayBeDone = false;
  return inTransaction(
    database.pool,
    async (tx) => {
      if (mayBeDone) {
        // An earlier run held this lock until it ended, so that its entry is there by now or never.
        await lock(tx, uuid);
        if (await wasEntered(tx, audit, merchantId)) {
          return done(present(await find(tx, uuid), "the payment that was changed"));
        }
        mayBeDone = false;
        // What is locked before a payment must not be locked after it.
        throw new StartAgain("the earlier run was not committed");
      }
      mayBeDone = true;
      return change(tx, uuid, audit);
    },
    (outcome) => outcome.isDone,
  );
}

/** What a payment's transaction comes to; what is still to be written is sent together with the commit. */
export type Ending<T> = Outcome<T> | LastStatement<Outcome<T>>;

/** How a kind of payment is found and changed. */
export interface Update<T> {
  /** The name of the mutation. */
  readonly operation: string;
  readonly missing: () => AppError;
  readonly find: (tx: Tx, id: string) => Promise<T | null>;
  /** Keeps the payment as it is until the transaction ends. */
  readonly lock: (tx: Tx, id: string) => Promise<T | null>;
  readonly change: (tx: Tx, id: string, audit: Audit) => Promise<Ending<T>>;
}
