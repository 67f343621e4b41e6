import type { Database } from "../database/database.js";
import { queryRows } from "../database/database.js";
import { type Sql, sql } from "../database/sql.js";
import type { Tx } from "../database/transaction.js";
import type { SealedSecret, SecretDigests, SecretOwner } from "./provider-secrets.js";

/** A record that has a secret. */
export type SecretHolder = SecretOwner & SealedSecret;

/** The tables whose records have secrets. */
export const SECRET_TABLES = [sql`payment_charges`, sql`payment_authorizations`] as const;

export class ProviderSecretStore {
  constructor(readonly database: Database) {}

  /**
   * Locks the next records whose secret is sealed with another key, by merchant and id.
   *
   * @param after the last record of those before; null to begin.
   */
  lockSealedOtherwise(
    tx: Tx,
    table: Sql,
    keyId: string,
    after: SecretOwner | null,
    limit: number,
  ): Promise<SecretHolder[]> {
    const beyond = after
      ? sql`and (merchant_id, id) > (${after.merchantId}::uuid, ${after.id}::uuid)`
      : sql``;
    return queryRows<SecretHolder>(
      tx,
      sql`select merchant_id as "merchantId", id, provider_secret_key_id as "providerSecretKeyId",
                 provider_secret_sealed as "providerSecretSealed"
          from ${table} where provider_secret_key_id <> ${keyId} ${beyond}
          order by merchant_id, id limit ${limit} for no key update`,
    );
  }

  /** The record stays as it is otherwise, its time of change included. */
  async replace(
    tx: Tx,
    table: Sql,
    secrets: readonly (SecretOwner & SealedSecret & SecretDigests)[],
  ): Promise<void> {
    const of = <K extends keyof (typeof secrets)[number]>(key: K) =>
      secrets.map((secret) => secret[key]);
    await queryRows(
      tx,
      sql`update ${table} t
          set provider_secret_key_id = s.key_id, provider_secret_sealed = s.sealed,
              provider_secret_digest = s.digest, provider_secret_folded_digest = s.folded_digest
          from unnest(${of("merchantId")}::uuid[], ${of("id")}::uuid[], ${of("providerSecretKeyId")}::text[],
                      ${of("providerSecretSealed")}::bytea[], ${of("providerSecretDigest")}::bytea[],
                      ${of("providerSecretFoldedDigest")}::bytea[])
               as s(merchant_id, id, key_id, sealed, digest, folded_digest)
          where t.merchant_id = s.merchant_id and t.id = s.id`,
    );
  }
}
