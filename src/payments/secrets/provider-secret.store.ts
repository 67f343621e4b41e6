import type { Database } from "../../database/database.js";
import { execute, readRows } from "../../database/database.js";
import { column, rowOf } from "../../database/row.js";
import { type Sql, sql } from "../../database/sql.js";
import type { Tx } from "../../database/transaction.js";
import type { SealedSecret, SecretDigests, SecretOwner } from "./provider-secrets.js";

/** A record that has a secret. */
export type SecretHolder = SecretOwner & SealedSecret;

const SECRET_HOLDER = rowOf({
  merchantId: column.uuid(),
  id: column.uuid(),
  providerSecretKeyId: column.text(),
  providerSecretSealed: column.bytes(),
});

/** The tables whose records have secrets. */
export const SECRET_TABLES = [sql`payment_charges`, sql`payment_authorizations`] as const;

export class ProviderSecretStore {
  constructor(readonly database: Database) {}

  /** The merchants with secrets that are sealed with another key. */
  async merchantsSealedOtherwise(table: Sql, keyId: string): Promise<string[]> {
    const rows = await readRows(
      this.database.pool,
      rowOf({ merchantId: column.uuid() }),
      sql`select distinct merchant_id as "merchantId" from ${table} where provider_secret_key_id <> ${keyId}`,
    );
    return rows.map(({ merchantId }) => merchantId);
  }

  /**
   * Locks the merchant's next records whose secret is sealed with another key, in the order of ids.
   *
   * @param after the last id of the previous batch; null for the first batch.
   */
  lockSealedOtherwise(
    tx: Tx,
    table: Sql,
    merchantId: string,
    keyId: string,
    after: string | null,
    limit: number,
  ): Promise<SecretHolder[]> {
    const beyond = after === null ? sql`` : sql`and id > ${after}::uuid`;
    return readRows(
      tx,
      SECRET_HOLDER,
      sql`select merchant_id as "merchantId", id, provider_secret_key_id as "providerSecretKeyId",
                 provider_secret_sealed as "providerSecretSealed"
          from ${table}
          where merchant_id = ${merchantId}::uuid and provider_secret_key_id <> ${keyId} ${beyond}
          order by id limit ${limit} for no key update`,
    );
  }

  /** Replaces the secrets of one merchant's records. Leaves all other columns unchanged, including `updatedAt`. */
  async replace(
    tx: Tx,
    table: Sql,
    merchantId: string,
    secrets: readonly (SecretOwner & SealedSecret & SecretDigests)[],
  ): Promise<void> {
    const of = <K extends keyof (typeof secrets)[number]>(key: K) =>
      secrets.map((secret) => secret[key]);
    await execute(
      tx,
      sql`update ${table} t
          set provider_secret_key_id = s.key_id, provider_secret_sealed = s.sealed,
              provider_secret_digest = s.digest, provider_secret_folded_digest = s.folded_digest
          from unnest(${of("id")}::uuid[], ${of("providerSecretKeyId")}::text[],
                      ${of("providerSecretSealed")}::bytea[], ${of("providerSecretDigest")}::bytea[],
                      ${of("providerSecretFoldedDigest")}::bytea[])
               as s(id, key_id, sealed, digest, folded_digest)
          where t.merchant_id = ${merchantId}::uuid and t.id = s.id`,
    );
  }
}
