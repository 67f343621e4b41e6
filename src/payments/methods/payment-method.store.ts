import type { Audit } from "../../records/audit.js";
import type { Database } from "../../database/database.js";
import { findOwned } from "../../records/record.js";
import { type Values, insertRow, originValues, updateOwned } from "../../records/write-row.js";
import type { Origin } from "../../shared/origin.js";
import { type PaymentMethod, paymentMethodRecord } from "./payment-method.record.js";

export class PaymentMethodStore {
  constructor(private readonly database: Database) {}

  findByIds(merchantId: string, ids: readonly string[]): Promise<PaymentMethod[]> {
    return findOwned(this.database.pool, paymentMethodRecord, merchantId, ids);
  }

  insert(values: Values, audit: Audit, origin?: Origin): Promise<PaymentMethod> {
    const row = { ...values, ...originValues(origin) };
    return insertRow(this.database.pool, paymentMethodRecord, row, audit);
  }

  detach(key: { merchantId: string; id: string }, audit: Audit): Promise<PaymentMethod | null> {
    const changes = { customerId: null };
    return updateOwned(this.database.pool, paymentMethodRecord, key, changes, audit);
  }
}
