import { execute, readRows } from "../database/database.js";
import { column, rowOf } from "../database/row.js";
import { sql } from "../database/sql.js";
import type { Tx } from "../database/transaction.js";
import { present } from "../shared/assert.js";
import type { SecretMark } from "./secrets/provider-secrets.js";
import type { Defaults } from "./written-input.js";

/** The earlier use of a key. */
export interface UsedKey {
  readonly recordId: string;
  /** The hash of the written values, without the secret. */
  readonly inputHash: Buffer;
  readonly defaults: Defaults;
  /** Null if the input had no secret. */
  readonly secret: SecretMark | null;
}

/** An idempotency key, and the record that it creates. */
export interface IdempotentUse extends UsedKey {
  readonly merchantId: string;
  readonly operation: string;
  readonly key: string;
}

const USED_KEY = rowOf({
  recordId: column.uuid(),
  inputHash: column.bytes(),
  defaultCurrency: column.text(),
  orderCustomerId: column.nullable(column.uuid()),
  secretKeyId: column.nullable(column.text()),
  secretDigest: column.nullable(column.bytes()),
});

/**
 * Claims a key. If another open transaction has claimed it, waits for that transaction to end: after a commit the
 * key is used, after a rollback it is free.
 *
 * @returns null if the record must be created, otherwise the earlier use of the key.
 */
export async function claimKey(tx: Tx, use: IdempotentUse): Promise<UsedKey | null> {
  const { merchantId, operation, key, inputHash, recordId, defaults, secret } = use;
  const claimed = await execute(
    tx,
    sql`insert into idempotency_keys (merchant_id, operation, key, input_hash, record_id,
          default_currency, order_customer_id, secret_key_id, secret_digest)
        values (${merchantId}::uuid, ${operation}, ${key}::uuid, ${inputHash}, ${recordId}::uuid,
          ${defaults.defaultCurrency}, ${defaults.orderCustomerId}::uuid,
          ${secret?.keyId ?? null}, ${secret?.digest ?? null}::bytea)
        on conflict do nothing`,
    "claim_idempotency_key",
  );
  if (claimed > 0) return null;
  const rows = await readRows(
    tx,
    USED_KEY,
    sql`select input_hash as "inputHash", record_id as "recordId", default_currency as "defaultCurrency",
               order_customer_id as "orderCustomerId", secret_key_id as "secretKeyId",
               secret_digest as "secretDigest"
        from idempotency_keys
        where merchant_id = ${merchantId}::uuid and operation = ${operation} and key = ${key}::uuid`,
    "find_idempotency_key",
  );
  const used = present(rows[0], "a used key, which is kept permanently");
  const { secretKeyId: keyId, secretDigest: digest, defaultCurrency, orderCustomerId } = used;
  return {
    recordId: used.recordId,
    inputHash: used.inputHash,
    defaults: { defaultCurrency, orderCustomerId },
    secret: keyId === null || digest === null ? null : { keyId, digest },
  };
}
