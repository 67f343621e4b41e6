import { type Database, queryRows } from "../database/database.js";
import { sql } from "../database/sql.js";
import { findRows } from "../listing/record.js";
import { type Merchant, merchantRecord } from "./merchant.record.js";

export interface MerchantChanges {
  readonly name?: string;
  readonly isActive?: boolean;
  readonly defaultCurrency?: string;
}

export class MerchantStore {
  constructor(private readonly database: Database) {}

  findByIds(ids: readonly string[]): Promise<Merchant[]> {
    return findRows(
      this.database.pool,
      merchantRecord,
      sql`id = any(${ids}::uuid[])`,
      "find_merchants",
    );
  }

  async isEmpty(): Promise<boolean> {
    return (await queryRows(this.database.pool, sql`select from merchants limit 1`)).length === 0;
  }

  async insert(merchant: { id: string; name: string; defaultCurrency?: string }): Promise<void> {
    await this.database.prisma.merchant.create({ data: merchant, select: { id: true } });
  }

  async update(id: string, changes: MerchantChanges): Promise<void> {
    const { name = null, isActive = null, defaultCurrency = null } = changes;
    await queryRows(
      this.database.pool,
      sql`update merchants
          set name = coalesce(${name}, name), is_active = coalesce(${isActive}, is_active),
              default_currency = coalesce(${defaultCurrency}, default_currency), updated_at = now()
          where id = ${id}::uuid`,
    );
  }
}
