import type { Database, Queryable } from "../../database/database.js";
import { byKey } from "../../database/by-key.js";
import { sql } from "../../database/sql.js";
import type { Tx } from "../../database/transaction.js";
import { findOwned, findRows, ownedKey } from "../../records/record.js";
import { type PaymentRefund, paymentRefundRecord } from "./payment-refund.record.js";

export class PaymentRefundStore {
  constructor(private readonly database: Database) {}

  findByIds(merchantId: string, ids: readonly string[]): Promise<PaymentRefund[]> {
    return findOwned(this.database.pool, paymentRefundRecord, merchantId, ids);
  }

  async find(on: Queryable, merchantId: string, id: string): Promise<PaymentRefund | null> {
    return (await findOwned(on, paymentRefundRecord, merchantId, [id]))[0] ?? null;
  }

  /** The refund as it is and stays until the transaction ends. Its charge is locked before it. */
  async lock(tx: Tx, merchantId: string, id: string): Promise<PaymentRefund | null> {
    const key = ownedKey(sql`${merchantId}::uuid`, sql`${id}::uuid`);
    const condition = sql`${byKey(...key)} for no key update`;
    return (await findRows(tx, paymentRefundRecord, condition, "lock_payment_refund"))[0] ?? null;
  }
}
