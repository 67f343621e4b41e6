import { inTransaction } from "../database/transaction.js";
import { present } from "../shared/assert.js";
import type { Resealed, SealedSecretStore, SecretHolder } from "./sealed-secret.store.js";
import type { SealedColumns } from "./sealed-columns.js";
import type { SecretBox } from "../shared/secret-box.js";

const BATCH_SIZE = 500;

/** Seals all secrets with the current key, so that earlier keys can be removed. */
export class RotateSecrets {
  constructor(
    private readonly store: SealedSecretStore,
    private readonly box: SecretBox,
    private readonly places: readonly SealedColumns[],
  ) {}

  /**
   * Safe to run alongside servers, and to interrupt and run again: each batch is a transaction.
   *
   * @returns the key that all secrets are now sealed with, and how many were resealed.
   * @throws InvariantError that names a missing key.
   */
  async rotate(): Promise<{ keyId: string; count: number }> {
    const keyId = present(this.box.currentKeyId, "a key to seal secrets with");
    let count = 0;
    for (const place of this.places) {
      for (const merchantId of await this.store.merchantsSealedOtherwise(place, keyId)) {
        count += await this.rotateMerchant(place, merchantId, keyId);
      }
    }
    return { keyId, count };
  }

  private async rotateMerchant(
    place: SealedColumns,
    merchantId: string,
    keyId: string,
  ): Promise<number> {
    let count = 0;
    for (let last: string | null = null; ;) {
      const batch: SecretHolder[] = await this.rotateBatch(place, merchantId, keyId, last);
      count += batch.length;
      if (batch.length < BATCH_SIZE) return count;
      last = batch.at(-1)?.id ?? null;
    }
  }

  private rotateBatch(
    place: SealedColumns,
    merchantId: string,
    keyId: string,
    after: string | null,
  ): Promise<SecretHolder[]> {
    return inTransaction(this.store.database.pool, async (tx) => {
      const holders = await this.store.lockSealedOtherwise(
        tx,
        place,
        merchantId,
        keyId,
        after,
        BATCH_SIZE,
      );
      const resealed = holders.map((holder) => this.reseal(place, holder));
      if (resealed.length > 0) await this.store.replace(tx, place, merchantId, resealed);
      return holders;
    });
  }

  private reseal(place: SealedColumns, { merchantId, id, ...sealed }: SecretHolder): Resealed {
    const owner = { merchantId, id };
    const secret = this.box.open(sealed, owner);
    const digests = place.digests?.of(secret) ?? [];
    return { ...owner, ...this.box.seal(secret, owner), digests };
  }
}
