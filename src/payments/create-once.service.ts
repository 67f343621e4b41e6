import type { MerchantCaller } from "../callers/caller.js";
import { type Audit, auditOf } from "../records/audit.js";
import type { Database } from "../database/database.js";
import { isUniqueViolation } from "../database/failure.js";
import { LastStatement, StartAgain, type Tx, inTransaction } from "../database/transaction.js";
import { present } from "../shared/assert.js";
import type { Instant } from "../shared/instant.js";
import { type Outcome, type UserErrors, done, refused } from "../shared/user-error.js";
import { newId } from "../shared/uuid.js";
import { claimKey } from "./idempotency.store.js";
import type { PaymentsOf } from "./payment-kind.store.js";
import type { References } from "./payment-references.js";
import { type ProviderSecrets, mayReadSecrets } from "./secrets/provider-secrets.js";
import { defaultsOf, hashWritten, withDefaults } from "./written-input.js";

/** What a payment is made with beside its input. */
export interface Making {
  readonly id: string;
  readonly audit: Audit;
  /** Of a record of the past. */
  readonly at: Instant | undefined;
}

/** A payment to create, with everything that it touches locked. */
export interface Draft<T> {
  readonly errors: UserErrors;
  /** The records that the input refers to now. */
  readonly references: References;
  /** The input as it would be written with these references, without the secret. */
  readonly valuesFor: (references: References) => { readonly status: string };
  /** Prepares the write. What can fail without a statement fails here, before the commit is sent. */
  readonly write: () => LastStatement<Outcome<T>>;
}

/** How a kind of payment is made and found. */
export interface Creation<T> {
  /** The name of the mutation: the same key may be used for another operation. */
  readonly operation: string;
  readonly store: Pick<PaymentsOf<T>, "find">;
  readonly draft: (tx: Tx, id: string, audit: Audit) => Promise<Draft<T>>;
  readonly secrets: ProviderSecrets;
}

interface Input {
  readonly idempotencyKey?: string | null | undefined;
  readonly providerSecret?: string | null | undefined;
}

/**
 * Makes a payment exactly once, in one transaction: the same idempotency key from the same merchant,
 * for the same operation and with an input that writes the same, returns the same record as it is now.
 * A key whose input was refused can be used again. A retry after a lost commit finds the record by its id.
 *
 * @param id for a record of a known id.
 */
export async function createOnce<T extends { readonly createdAt: Instant }>(
  database: Database,
  caller: MerchantCaller,
  input: Input,
  creation: Creation<T>,
  id: string = newId(),
): Promise<Outcome<T>> {
  const audit = auditOf(caller, creation.operation);
  const key = input.idempotencyKey;
  let isRepeat = false;
  return inTransaction(
    database.pool,
    async (tx) => {
      if (isRepeat && typeof key !== "string") {
        const record = await creation.store.find(caller.merchantId, id, tx);
        if (record !== null) return done(record);
      }
      const draft = await creation.draft(tx, id, audit);
      if (typeof key === "string") {
        const use = { ...input, idempotencyKey: key };
        const earlier = await meetKey(tx, caller, use, creation, draft, id);
        if (earlier !== null) return earlier;
      }
      if (draft.errors.all.length > 0) return refused(...draft.errors.all);
      const write = draft.write();
      if (isRepeat) return new LastStatement(() => write.send().catch(meetEarlierRun));
      isRepeat = true;
      return write;
    },
    // Nothing is written of what is refused, not even the use of the key.
    (outcome) => outcome.isDone,
  );
}

/**
 * Claims the key, or finds its earlier use. Inputs are compared by the values that they would write, with the
 * defaults of the first request: the defaults and the record may have changed since.
 *
 * @returns null when the payment must be created now.
 */
async function meetKey<T extends { readonly createdAt: Instant }>(
  tx: Tx,
  caller: MerchantCaller,
  input: Input & { readonly idempotencyKey: string },
  { operation, store, secrets }: Creation<T>,
  { references, valuesFor }: Draft<T>,
  recordId: string,
): Promise<Outcome<T> | null> {
  const { merchantId } = caller;
  const { idempotencyKey: key, providerSecret } = input;
  const used = await claimKey(tx, {
    merchantId,
    operation,
    key,
    recordId,
    inputHash: hashWritten(input, valuesFor(references), null),
    defaults: defaultsOf(references),
    secret: typeof providerSecret === "string" ? secrets.markOf(providerSecret) : null,
  });
  if (used === null) return null;
  const record = present(
    await store.find(merchantId, used.recordId, tx),
    "the record of a used key",
  );
  const values = valuesFor(withDefaults(references, used.defaults));
  const isSame = used.inputHash.equals(hashWritten(input, values, record.createdAt));
  // For a caller that may not read secrets, an answer that depends on one would confirm a guess.
  const hasSameSecret = !mayReadSecrets(caller) || secrets.isMarked(providerSecret, used.secret);
  return isSame && hasSameSecret ? done(record) : refused(KEY_REUSED);
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
