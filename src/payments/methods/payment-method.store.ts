import type { Database } from "../../database/database.js";
import type { NewRow } from "../../database/models.js";
import type { Audit } from "../../records/audit.js";
import { findOwnRecord, findRecords } from "../../records/find-record.js";
import { changeRecord, createRecord, originValues } from "../../records/write-record.js";
import type { Origin } from "../../shared/origin.js";
import { type PaymentMethod, paymentMethodRecord } from "./payment-method.record.js";

export class PaymentMethodStore {
  constructor(private readonly database: Database) {}

  findByIds(merchantId: string, ids: readonly string[]): Promise<PaymentMethod[]> {
    return findRecords(this.database, paymentMethodRecord, { merchantId, id: { in: [...ids] } });
  }

  find(merchantId: string, id: string): Promise<PaymentMethod | null> {
    return findOwnRecord(this.database, paymentMethodRecord, merchantId, id);
  }

  insert(
    values: Omit<NewRow<"PaymentMethod">, "id">,
    audit: Audit,
    origin?: Origin,
  ): Promise<PaymentMethod> {
    const row = { ...values, ...originValues(origin) };
    return createRecord(this.database, paymentMethodRecord, row, audit);
  }

  detach(
    { merchantId, id }: { readonly merchantId: string; readonly id: string },
    audit: Audit,
  ): Promise<PaymentMethod | null> {
    const detached = (): { customerId: null } => ({ customerId: null });
    return changeRecord(this.database, paymentMethodRecord, { merchantId, id }, detached, audit);
  }
}
