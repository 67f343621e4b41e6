import type { MerchantCaller } from "../callers/caller.js";
import { type Audit, auditOf } from "../records/audit.js";
import type { Database } from "../database/database.js";
import { isUniqueViolation } from "../database/failure.js";
import {
  LastStatement,
  RestartTransaction,
  type Tx,
  inTransaction,
} from "../database/transaction.js";
import { present } from "../shared/assert.js";
import type { Instant } from "../shared/instant.js";
import { type Outcome, type UserErrors, done, refused } from "../shared/user-error.js";
import { newId } from "../shared/uuid.js";
import { claimKey } from "./idempotency.store.js";
import type { PaymentsOf } from "./payment-kind.store.js";
import type { References } from "./payment-references.js";
import { type ProviderSecrets, mayReadSecrets } from "./secrets/provider-secrets.js";
import { defaultsOf, hashWritten, withDefaults } from "./written-input.js";

/** The context of a new payment, in addition to its input. */
export interface CreationContext {
  readonly id: string;
  readonly audit: Audit;
  /** The creation time of an imported record; undefined for the current time. */
  readonly at: Instant | undefined;
}

/** A payment to create. All records that it changes are locked. */
export interface Draft<T> {
  readonly errors: UserErrors;
  /** The records that the input refers to, as they are now. */
  readonly references: References;
  /** The values that the input writes with these references, without the secret. */
  readonly valuesFor: (references: References) => { readonly status: string };
  /** Prepares the write. Checks that need no statement run here, before the commit is sent. */
  readonly write: () => LastStatement<Outcome<T>>;
}

/** How a kind of payment is created and found. */
export interface Creation<T> {
  /** The name of the mutation. Each operation has its own idempotency keys. */
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
 * Creates a payment exactly once, in one transaction. A request that repeats the merchant, the operation, the
 * idempotency key and the written values returns the existing record in its current state. If the input is
 * refused, the key can be used again. A retry after a lost commit finds the record by its id.
 *
 * @param id the id of the new record; a new one by default.
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
        const earlier = await claimOrFindUse(tx, caller, use, creation, draft, id);
        if (earlier !== null) return earlier;
      }
      if (draft.errors.all.length > 0) return refused(...draft.errors.all);
      const write = draft.write();
      if (isRepeat) return new LastStatement(() => write.send().catch(startAgainIfCreated));
      isRepeat = true;
      return write;
    },
    // Roll back a refused input, so that its key stays unused.
    (outcome) => outcome.isDone,
  );
}

/**
 * Claims the key, or finds its earlier use. Inputs are compared by the values that they write with the defaults of
 * the first request, because the defaults and the record may have changed since.
 *
 * @returns null if the payment must be created.
 */
async function claimOrFindUse<T extends { readonly createdAt: Instant }>(
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
  // If the caller may not read secrets, do not compare them: the response would confirm a guess.
  const hasSameSecret = !mayReadSecrets(caller) || secrets.isMarked(providerSecret, used.secret);
  return isSame && hasSameSecret ? done(record) : refused(KEY_REUSED);
}

/** A unique violation means that an earlier run committed the same id while the retry waited for it. */
function startAgainIfCreated(error: unknown): never {
  throw isUniqueViolation(error)
    ? new RestartTransaction("an earlier run created the record")
    : error;
}

const KEY_REUSED = {
  code: "IDEMPOTENCY_KEY_REUSED",
  message:
    "This idempotencyKey was used with a different input. Use a new key for a different payment.",
  field: ["idempotencyKey"],
} as const;
