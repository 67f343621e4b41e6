import type { MerchantCaller } from "../callers/caller.js";
import { type Audit, auditOf, wasEntered } from "../records/audit.js";
import type { Database } from "../database/database.js";
import { type LastStatement, StartAgain, type Tx, inTransaction } from "../database/transaction.js";
import { present } from "../shared/assert.js";
import { type Outcome, done } from "../shared/user-error.js";
import type { PaymentsOf } from "./payment-kind.store.js";

/**
 * Changes a payment in one transaction, of which nothing is kept when it is refused. When the answer of
 * a commit is lost, the change's entry in the audit trail tells what became of it: a change that was
 * committed is not made again, whatever others have changed since.
 */
export async function updateOnce<T>(
  database: Database,
  caller: MerchantCaller,
  { operation, id, store, change }: Update<T>,
): Promise<Outcome<T>> {
  const { merchantId } = caller;
  const audit = auditOf(caller, operation);
  let mayBeDone = false;
  return inTransaction(
    database.pool,
    async (tx) => {
      if (mayBeDone) {
        // An earlier run held this lock until it ended, so that its entry is there by now or never.
        await store.lock(tx, merchantId, id);
        if (await wasEntered(tx, audit, merchantId)) {
          return done(
            present(await store.find(merchantId, id, tx), "the payment that was changed"),
          );
        }
        mayBeDone = false;
        // What is locked before a payment must not be locked after it.
        throw new StartAgain("the earlier run was not committed");
      }
      mayBeDone = true;
      return change(tx, audit);
    },
    (outcome) => outcome.isDone,
  );
}

/** What a payment's transaction comes to; what is still to be written is sent together with the commit. */
export type Ending<T> = Outcome<T> | LastStatement<Outcome<T>>;

/** A payment, and how it is changed. */
export interface Update<T> {
  /** The name of the mutation. */
  readonly operation: string;
  readonly id: string;
  readonly store: Pick<PaymentsOf<T>, "find" | "lock">;
  readonly change: (tx: Tx, audit: Audit) => Promise<Ending<T>>;
}
