import type { Database } from "../database/database.js";
import { findOwned } from "../listing/record.js";
import { type Values, insertRow, updateOwned } from "../listing/write-row.js";
import { type PaymentMethod, paymentMethodRecord } from "./payment-method.record.js";

export class PaymentMethodStore {
  constructor(private readonly database: Database) {}

  findByIds(merchantId: string, ids: readonly string[]): Promise<PaymentMethod[]> {
    return findOwned(this.database.pool, paymentMethodRecord, merchantId, ids);
  }

  insert(values: Values): Promise<PaymentMethod> {
    return insertRow(this.database.pool, paymentMethodRecord, values);
  }

  detach(key: { merchantId: string; id: string }): Promise<PaymentMethod | null> {
    return updateOwned(this.database.pool, paymentMethodRecord, key, { customerId: null });
  }
}
