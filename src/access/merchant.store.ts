import type { Database } from "../database/database.js";
import { batchedLookUp } from "../database/look-ups.js";
import type { NewRow } from "../database/models.js";
import { retryFailed } from "../database/retry.js";
import type { Audit } from "../records/audit.js";
import { findRecords } from "../records/find-record.js";
import { findByKeys } from "../records/record.js";
import { changeRecord, createRecord } from "../records/write-record.js";
import { type Merchant, merchantRecord } from "./merchant.record.js";

export class MerchantStore {
  constructor(private readonly database: Database) {}

  /**
   * Uses SQL because lists load relations with it: with Prisma Client, a list of 50 pocket charges with their groups
   * and merchants took 18 to 40% more of the server's processor time.
   */
  findByIds(ids: readonly string[]): Promise<Merchant[]> {
    const listed = { column: "id", type: "uuid", values: ids } as const;
    return findByKeys(this.database.pool, merchantRecord, [], [listed], "find_merchants");
  }

  async find(id: string): Promise<Merchant | null> {
    const [found] = await batchedLookUp<string, Merchant>(
      this.database.pool,
      "merchants",
      [id],
      (of) => (typeof of === "string" ? of : of.id),
      (ids) => findRecords(this.database, merchantRecord, { id: { in: [...ids] } }),
    );
    return found ?? null;
  }

  async isEmpty(): Promise<boolean> {
    const { merchant } = this.database.prisma;
    return (await retryFailed(() => merchant.findFirst({ select: { id: true } }))) === null;
  }

  insert(merchant: NewRow<"Merchant">, audit: Audit): Promise<Merchant> {
    return createRecord(this.database, merchantRecord, merchant, audit);
  }

  /** @returns the updated merchant, or null if there is none. */
  update(id: string, changes: Partial<NewRow<"Merchant">>, audit: Audit): Promise<Merchant | null> {
    return changeRecord(this.database, merchantRecord, { id }, () => changes, audit);
  }
}
