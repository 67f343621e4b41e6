import type { MerchantCaller } from "../callers/caller.js";
import { type Audit, auditOf, hasAuditEntry } from "../records/audit.js";
import type { Database } from "../database/database.js";
import {
  type LastStatement,
  RestartTransaction,
  type Tx,
  inTransaction,
} from "../database/transaction.js";
import { present } from "../shared/assert.js";
import { type Outcome, done } from "../shared/user-error.js";
import type { PaymentsOf } from "./payment-kind.store.js";

/**
 * Changes a payment in one transaction, which is rolled back if the change is refused. If the response of a commit is
 * lost, the audit entry shows whether the change was committed. A committed change is not repeated, even if later
 * requests have changed the payment since.
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
        // The earlier run held this lock until it ended, so its audit entry exists by now or never will.
        await store.lock(tx, merchantId, id);
        if (await hasAuditEntry(tx, audit, merchantId)) {
          return done(
            present(await store.find(merchantId, id, tx), "the payment that was changed"),
          );
        }
        mayBeDone = false;
        // Start again in a new transaction: other records must be locked before the payment.
        throw new RestartTransaction("the earlier run was not committed");
      }
      mayBeDone = true;
      return change(tx, audit);
    },
    (outcome) => outcome.isDone,
  );
}

/** The result of a payment's transaction; a last statement is sent together with the commit. */
export type Ending<T> = Outcome<T> | LastStatement<Outcome<T>>;

/** A change of a payment. */
export interface Update<T> {
  /** The name of the mutation. */
  readonly operation: string;
  readonly id: string;
  readonly store: Pick<PaymentsOf<T>, "find" | "lock">;
  readonly change: (tx: Tx, audit: Audit) => Promise<Ending<T>>;
}
