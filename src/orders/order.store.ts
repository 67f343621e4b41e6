import type { Audit } from "../records/audit.js";
import type { Database } from "../database/database.js";
import { nextRecordNumber } from "../database/record-number.js";
import { findOwned } from "../records/record.js";
import { type Values, insertRow, originValues, updateOwned } from "../records/write-row.js";
import type { Origin } from "../shared/origin.js";
import { type Order, orderRecord } from "./order.record.js";

export class OrderStore {
  constructor(private readonly database: Database) {}

  findByIds(merchantId: string, ids: readonly string[]): Promise<Order[]> {
    return findOwned(this.database.pool, orderRecord, merchantId, ids);
  }

  insert(merchantId: string, values: Values, audit: Audit, origin?: Origin): Promise<Order> {
    const { beside, number } = nextRecordNumber(merchantId, "order");
    const row = { ...values, merchantId, number, ...originValues(origin) };
    return insertRow(this.database.pool, orderRecord, row, audit, beside);
  }

  update(merchantId: string, id: string, changes: Values, audit: Audit): Promise<Order | null> {
    return updateOwned(this.database.pool, orderRecord, { merchantId, id }, changes, audit);
  }
}
