import { type Audit, enterMade } from "../records/audit.js";
import { type Database, hasRows } from "../database/database.js";
import { lookUpTogether } from "../database/look-ups.js";
import { sql } from "../database/sql.js";
import { findRows } from "../records/record.js";
import { NEXT_MOMENT, updateRow } from "../records/write-row.js";
import { type Merchant, merchantRecord } from "./merchant.record.js";

export interface MerchantChanges {
  readonly name?: string;
  readonly isActive?: boolean;
  readonly defaultCurrency?: string;
}

export class MerchantStore {
  constructor(private readonly database: Database) {}

  findByIds(ids: readonly string[]): Promise<Merchant[]> {
    const { pool } = this.database;
    return lookUpTogether<string, Merchant>(
      pool,
      "merchants",
      ids,
      (of) => (typeof of === "string" ? of : of.id),
      (wanted) =>
        findRows(pool, merchantRecord, sql`id = any(${wanted}::uuid[])`, "find_merchants"),
    );
  }

  async isEmpty(): Promise<boolean> {
    return !(await hasRows(this.database.pool, sql`select from merchants limit 1`));
  }

  async insert(
    merchant: { id: string; name: string; defaultCurrency?: string },
    audit: Audit,
  ): Promise<void> {
    const { prisma } = this.database;
    await prisma.$transaction([
      prisma.merchant.create({ data: merchant, select: { id: true } }),
      prisma.$executeRaw(enterMade(audit, merchantRecord, sql`id = ${merchant.id}::uuid`)),
    ]);
  }

  /** @returns the merchant as it is, null when there is none. */
  update(id: string, changes: MerchantChanges, audit: Audit): Promise<Merchant | null> {
    const values = { ...changes, updatedAt: NEXT_MOMENT };
    return updateRow(this.database.pool, merchantRecord, sql`id = ${id}::uuid`, values, audit);
  }
}
