import { type Database, type Queryable, execute } from "../../database/database.js";
import { byKey } from "../../database/by-key.js";
import { sql } from "../../database/sql.js";
import type { Tx } from "../../database/transaction.js";
import { findOwned, findRows, ownedKey } from "../../records/record.js";
import { type Values, assignments } from "../../records/write-row.js";
import { type PaymentCharge, paymentChargeRecord } from "./payment-charge.record.js";
import { updatePayment } from "../payment.store.js";

/**
 * Locks are taken in one order by everybody, so that no two transactions wait for each other: an
 * idempotency key, then an authorization, then a charge, then a refund.
 */
export class PaymentChargeStore {
  constructor(private readonly database: Database) {}

  findByIds(merchantId: string, ids: readonly string[]): Promise<PaymentCharge[]> {
    return findOwned(this.database.pool, paymentChargeRecord, merchantId, ids);
  }

  async find(on: Queryable, merchantId: string, id: string): Promise<PaymentCharge | null> {
    return (await findOwned(on, paymentChargeRecord, merchantId, [id]))[0] ?? null;
  }

  /** The charge as it is and stays until the transaction ends. */
  async lock(tx: Tx, merchantId: string, id: string): Promise<PaymentCharge | null> {
    const key = ownedKey(sql`${merchantId}::uuid`, sql`${id}::uuid`);
    const condition = sql`${byKey(...key)} for no key update`;
    return (await findRows(tx, paymentChargeRecord, condition, "lock_payment_charge"))[0] ?? null;
  }

  /**
   * Writes the sums of a locked charge's refunds. What refunds under way have set aside is nothing that
   * the charge shows, so that it does not count as changed by them.
   */
  async moveSums(tx: Tx, charge: PaymentCharge, sums: Values): Promise<void> {
    if (Object.keys(sums).length === 0) return;
    if ("amountRefundedInCents" in sums || "depositRefundedInCents" in sums) {
      await updatePayment(tx, paymentChargeRecord, charge, sums, null);
      return;
    }
    await execute(
      tx,
      sql`update payment_charges set ${assignments(sums)}
          where merchant_id = ${charge.merchantId}::uuid and id = ${charge.id}::uuid`,
    );
  }

  /** As `lock`, by a refund of the charge. */
  async lockByRefund(tx: Tx, merchantId: string, refundId: string): Promise<PaymentCharge | null> {
    const refund = ownedKey(sql`${merchantId}::uuid`, sql`${refundId}::uuid`);
    const chargeId = sql`(select payment_charge_id from payment_refunds where ${byKey(...refund)})`;
    const condition = sql`${byKey(...ownedKey(sql`${merchantId}::uuid`, chargeId))} for no key update`;
    const rows = await findRows(
      tx,
      paymentChargeRecord,
      condition,
      "lock_payment_charge_of_refund",
    );
    return rows[0] ?? null;
  }
}
