import type { Audit } from "../records/audit.js";
import type { Database } from "../database/database.js";
import { nextRecordNumber } from "../database/record-number.js";
import { findOwned } from "../records/record.js";
import { type Values, insertRow, originValues, updateOwned } from "../records/write-row.js";
import type { Origin } from "../shared/origin.js";
import { type Customer, customerRecord } from "./customer.record.js";

export class CustomerStore {
  constructor(private readonly database: Database) {}

  findByIds(merchantId: string, ids: readonly string[]): Promise<Customer[]> {
    return findOwned(this.database.pool, customerRecord, merchantId, ids);
  }

  insert(merchantId: string, values: Values, audit: Audit, origin?: Origin): Promise<Customer> {
    const { beside, number } = nextRecordNumber(merchantId, "customer");
    const row = { ...values, merchantId, number, ...originValues(origin) };
    return insertRow(this.database.pool, customerRecord, row, audit, beside);
  }

  update(merchantId: string, id: string, changes: Values, audit: Audit): Promise<Customer | null> {
    return updateOwned(this.database.pool, customerRecord, { merchantId, id }, changes, audit);
  }
}
