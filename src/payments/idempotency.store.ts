import { createHash } from "node:crypto";
import { queryRows } from "../database/database.js";
import { sql } from "../database/sql.js";
import type { Tx } from "../database/transaction.js";
import { present } from "../shared/assert.js";

/** A key that makes an operation safe to repeat, and what it is to make. */
export interface IdempotentUse {
  readonly merchantId: string;
  readonly operation: string;
  readonly key: string;
  readonly inputHash: Buffer;
  readonly recordId: string;
}

export type ClaimOutcome = "CLAIMED" | "OTHER_INPUT" | { readonly recordId: string };

/**
 * Takes hold of a key. While another transaction that has it is under way, this waits for its end:
 * the key is then used when it was committed, and free when it was rolled back.
 *
 * @returns CLAIMED when the record is to be made now, else the record that the key has made, or that
 *   it was used with another input.
 */
export async function claimKey(tx: Tx, use: IdempotentUse): Promise<ClaimOutcome> {
  const { merchantId, operation, key, inputHash, recordId } = use;
  const claimed = await queryRows(
    tx,
    sql`insert into idempotency_keys (merchant_id, operation, key, input_hash, record_id)
        values (${merchantId}::uuid, ${operation}, ${key}::uuid, ${inputHash}, ${recordId}::uuid)
        on conflict do nothing returning key`,
    "claim_idempotency_key",
  );
  if (claimed.length > 0) return "CLAIMED";
  const rows = await queryRows<{ inputHash: Buffer; recordId: string }>(
    tx,
    sql`select input_hash as "inputHash", record_id as "recordId" from idempotency_keys
        where merchant_id = ${merchantId}::uuid and operation = ${operation} and key = ${key}::uuid`,
    "find_idempotency_key",
  );
  const used = present(rows[0], "a used key, which is kept for ever");
  return used.inputHash.equals(inputHash) ? { recordId: used.recordId } : "OTHER_INPUT";
}

/** The same for the same input, whatever the order of its fields; null and left out are the same. */
export function hashInput(input: object): Buffer {
  const entries = Object.entries(input)
    .filter(([, value]) => value !== null && value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256").update(JSON.stringify(entries)).digest();
}
