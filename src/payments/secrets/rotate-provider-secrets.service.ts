import type { Sql } from "../../database/sql.js";
import { inTransaction } from "../../database/transaction.js";
import { present } from "../../shared/assert.js";
import {
  type ProviderSecretStore,
  SECRET_TABLES,
  type SecretHolder,
} from "./provider-secret.store.js";
import type { ProviderSecrets } from "./provider-secrets.js";

const BATCH_SIZE = 500;

/** Seals all secrets with the current key, so that earlier keys can be removed. */
export class RotateProviderSecrets {
  constructor(
    private readonly store: ProviderSecretStore,
    private readonly secrets: ProviderSecrets,
  ) {}

  /**
   * Safe to run alongside servers, and to interrupt and run again: each batch is a transaction.
   *
   * @returns the key that all secrets are now sealed with, and how many were resealed.
   * @throws InvariantError that names a missing key.
   */
  async rotate(): Promise<{ keyId: string; count: number }> {
    const keyId = present(this.secrets.currentKeyId, "a key to seal provider secrets with");
    let count = 0;
    for (const table of SECRET_TABLES) {
      for (const merchantId of await this.store.merchantsSealedOtherwise(table, keyId)) {
        count += await this.rotateMerchant(table, merchantId, keyId);
      }
    }
    return { keyId, count };
  }

  private async rotateMerchant(table: Sql, merchantId: string, keyId: string): Promise<number> {
    let count = 0;
    for (let last: string | null = null; ;) {
      const batch: SecretHolder[] = await this.rotateBatch(table, merchantId, keyId, last);
      count += batch.length;
      if (batch.length < BATCH_SIZE) return count;
      last = batch.at(-1)?.id ?? null;
    }
  }

  private rotateBatch(
    table: Sql,
    merchantId: string,
    keyId: string,
    after: string | null,
  ): Promise<SecretHolder[]> {
    return inTransaction(this.store.database.pool, async (tx) => {
      const holders = await this.store.lockSealedOtherwise(
        tx,
        table,
        merchantId,
        keyId,
        after,
        BATCH_SIZE,
      );
      const sealed = holders.map(({ merchantId: _, id, ...secret }) => {
        const owner = { merchantId, id };
        return { ...owner, ...this.secrets.seal(this.secrets.open(secret, owner), owner) };
      });
      if (sealed.length > 0) await this.store.replace(tx, table, merchantId, sealed);
      return holders;
    });
  }
}
