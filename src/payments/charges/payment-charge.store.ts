import { byKey } from "../../database/by-key.js";
import { type Database, execute } from "../../database/database.js";
import { sql } from "../../database/sql.js";
import type { Tx } from "../../database/transaction.js";
import type { Audit } from "../../records/audit.js";
import { ownedKey } from "../../records/record.js";
import { type Values, assignments } from "../../records/write-row.js";
import { PaymentKindStore } from "../payment-kind.store.js";
import { type PaymentCharge, paymentChargeRecord } from "./payment-charge.record.js";

export class PaymentChargeStore extends PaymentKindStore<typeof paymentChargeRecord> {
  constructor(database: Database) {
    super(database, paymentChargeRecord);
  }

  /**
   * Writes the refund sums of a locked charge. The sums of pending refunds are not shown, so changing only them
   * leaves `updatedAt` as it is, and is not an event.
   */
  async moveSums(tx: Tx, charge: PaymentCharge, sums: Values, audit: Audit): Promise<void> {
    if (Object.keys(sums).length === 0) return;
    if ("amountRefundedInCents" in sums || "depositRefundedInCents" in sums) {
      await this.update(tx, charge, sums, null, audit);
      return;
    }
    await execute(
      tx,
      sql`update payment_charges set ${assignments(sums)}
          where merchant_id = ${charge.merchantId}::uuid and id = ${charge.id}::uuid`,
    );
  }

  /** Locks the charge that a refund refers to. */
  lockByRefund(tx: Tx, merchantId: string, refundId: string): Promise<PaymentCharge | null> {
    const refund = byKey(...ownedKey(sql`${merchantId}::uuid`, sql`${refundId}::uuid`));
    const id = sql`(select payment_charge_id from payment_refunds where ${refund})`;
    return this.lockSelected(tx, merchantId, id, "lock_payment_charge_of_refund");
  }
}
