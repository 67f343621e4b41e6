import type { MerchantCaller } from "../access/caller.js";
import { type Audit, auditOf } from "../audit/audit.js";
import type { Database } from "../database/database.js";
import { isUniqueViolation } from "../database/failure.js";
import { LastStatement, StartAgain, type Tx, inTransaction } from "../database/transaction.js";
import { present } from "../shared/assert.js";
import type { Instant } from "../shared/instant.js";
import { type Outcome, done, refused } from "../shared/user-error.js";
import { newId } from "../shared/uuid.js";
import { claimKey, hashInput } from "./idempotency.store.js";
import type { Ending } from "./update-once.js";

/** What a payment is made with beside its input. */
export interface Making {
  readonly id: string;
  readonly audit: Audit;
  /** Of a record of the past. */
  readonly at: Instant | undefined;
}

/** How a kind of payment is made and found. */
export interface Creation<T> {
  /** The name of the mutation: the same key may be used for another operation. */
  readonly operation: string;
  readonly find: (tx: Tx, merchantId: string, id: string) => Promise<T | null>;
  readonly make: (tx: Tx, id: string, audit: Audit) => Promise<Ending<T>>;
}

/**
 * Makes a payment exactly once, in one transaction: the same idempotency key from the same merchant,
 * for the same operation and with the same input, answers the same record as it is now. A key whose
 * input was refused is free again. A repetition after a lost commit finds the record by its id.
 *
 * @param id for a record of a known id.
 */
export async function createOnce<T>(
  database: Database,
  caller: MerchantCaller,
  input: { readonly idempotencyKey?: string | null | undefined },
  { operation, find, make }: Creation<T>,
  id: string = newId(),
): Promise<Outcome<T>> {
  const { idempotencyKey: key, ...fields } = input;
  const inputHash = hashInput(fields);
  const { merchantId } = caller;
  const audit = auditOf(caller, operation);
  let isRepeat = false;
  return inTransaction(
    database.pool,
    async (tx) => {
      if (typeof key === "string") {
        const use = { merchantId, operation, key, inputHash, recordId: id };
        const claim = await claimKey(tx, use);
        if (claim === "OTHER_INPUT") return refused(KEY_REUSED);
        if (claim !== "CLAIMED") {
          const record = await find(tx, merchantId, claim.recordId);
          return done(present(record, "the record that a key has made"));
        }
      } else if (isRepeat) {
        const record = await find(tx, merchantId, id);
        if (record !== null) return done(record);
      }
      if (!isRepeat) {
        isRepeat = true;
        return make(tx, id, audit);
      }
      const ending = await make(tx, id, audit).catch(meetEarlierRun);
      return ending instanceof LastStatement
        ? new LastStatement(() => ending.send().catch(meetEarlierRun))
        : ending;
    },
    // Nothing is written of what is refused, not even the use of the key.
    (outcome) => outcome.isDone,
  );
}

/** A run whose answer was lost may end only now, while its repetition waits for the same id. */
function meetEarlierRun(error: unknown): never {
  throw isUniqueViolation(error) ? new StartAgain("an earlier run has made the record") : error;
}

const KEY_REUSED = {
  code: "IDEMPOTENCY_KEY_REUSED",
  message: "This idempotencyKey was used with another input. Take a new one for another payment.",
  field: ["idempotencyKey"],
} as const;
