import { byKey } from "../../database/by-key.js";
import type { Database } from "../../database/database.js";
import { sql } from "../../database/sql.js";
import type { Tx } from "../../database/transaction.js";
import type { Audit } from "../../records/audit.js";
import { ownedKey } from "../../records/record.js";
import { PaymentKindStore } from "../payment-kind.store.js";
import {
  type PaymentAuthorization,
  paymentAuthorizationRecord,
} from "./payment-authorization.record.js";

export class PaymentAuthorizationStore extends PaymentKindStore<typeof paymentAuthorizationRecord> {
  constructor(database: Database) {
    super(database, paymentAuthorizationRecord);
  }

  /** Locks the authorization that a charge refers to. Call it before locking the charge. */
  lockByCharge(tx: Tx, merchantId: string, chargeId: string): Promise<PaymentAuthorization | null> {
    const charge = byKey(...ownedKey(sql`${merchantId}::uuid`, sql`${chargeId}::uuid`));
    const id = sql`(select payment_authorization_id from payment_charges where ${charge})`;
    return this.lockSelected(tx, merchantId, id, "lock_payment_authorization_of_charge");
  }

  /** Captures the funds of a charge from a locked authorization, which releases the remaining funds. */
  async capture(
    tx: Tx,
    authorization: PaymentAuthorization,
    charge: { readonly amountInCents: number; readonly depositInCents: number },
    employeeId: string | null,
    audit: Audit,
  ): Promise<void> {
    const changes = {
      status: "CAPTURED",
      amountCapturedInCents: charge.amountInCents,
      depositCapturedInCents: charge.depositInCents,
    };
    await this.update(tx, authorization, changes, employeeId, audit);
  }
}
