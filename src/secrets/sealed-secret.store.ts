import { type Database, execute, readRows } from "../database/database.js";
import { column, rowOf } from "../database/row.js";
import { join, sql } from "../database/sql.js";
import type { Tx } from "../database/transaction.js";
import type { SealedColumns } from "./sealed-columns.js";
import type { Sealed, SecretOwner } from "../shared/secret-box.js";

/** A record that has a secret. */
export type SecretHolder = SecretOwner & Sealed;

/** A secret that was sealed again, with its digests. */
export type Resealed = SecretHolder & { readonly digests: readonly Buffer[] };

const SECRET_HOLDER = rowOf({
  merchantId: column.uuid(),
  id: column.uuid(),
  keyId: column.text(),
  sealed: column.bytes(),
});

export class SealedSecretStore {
  constructor(readonly database: Database) {}

  /** The merchants with secrets that are sealed with another key. */
  async merchantsSealedOtherwise(
    { table, keyId }: SealedColumns,
    current: string,
  ): Promise<string[]> {
    const rows = await readRows(
      this.database.pool,
      rowOf({ merchantId: column.uuid() }),
      sql`select distinct merchant_id as "merchantId" from ${table} where ${keyId} <> ${current}`,
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
    { table, keyId, sealed }: SealedColumns,
    merchantId: string,
    current: string,
    after: string | null,
    limit: number,
  ): Promise<SecretHolder[]> {
    const beyond = after === null ? sql`` : sql`and id > ${after}::uuid`;
    return readRows(
      tx,
      SECRET_HOLDER,
      sql`select merchant_id as "merchantId", id, ${keyId} as "keyId", ${sealed} as sealed
          from ${table}
          where merchant_id = ${merchantId}::uuid and ${keyId} <> ${current} ${beyond}
          order by id limit ${limit} for no key update`,
    );
  }

  /** Replaces the secrets of one merchant's records. Leaves all other columns unchanged, including `updatedAt`. */
  async replace(
    tx: Tx,
    { table, keyId, sealed, digests }: SealedColumns,
    merchantId: string,
    secrets: readonly Resealed[],
  ): Promise<void> {
    const digestColumns = digests?.columns ?? [];
    const assignments = [keyId, sealed, ...digestColumns].map((name) => sql`${name} = s.${name}`);
    const values = [
      sql`${secrets.map(({ id }) => id)}::uuid[]`,
      sql`${secrets.map((secret) => secret.keyId)}::text[]`,
      sql`${secrets.map((secret) => secret.sealed)}::bytea[]`,
      ...digestColumns.map((_, index) => sql`${secrets.map((one) => one.digests[index])}::bytea[]`),
    ];
    const names = join([sql`id`, keyId, sealed, ...digestColumns], ", ");
    await execute(
      tx,
      sql`update ${table} t set ${join(assignments, ", ")}
          from unnest(${join(values, ", ")}) as s(${names})
          where t.merchant_id = ${merchantId}::uuid and t.id = s.id`,
    );
  }
}
