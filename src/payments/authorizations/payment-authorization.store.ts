import type { Database, Queryable } from "../../database/database.js";
import { byKey } from "../../database/by-key.js";
import { sql } from "../../database/sql.js";
import type { Tx } from "../../database/transaction.js";
import { findOwned, findRows, ownedKey } from "../../records/record.js";
import {
  type PaymentAuthorization,
  paymentAuthorizationRecord,
} from "./payment-authorization.record.js";
import { updatePayment } from "../payment.store.js";

export class PaymentAuthorizationStore {
  constructor(private readonly database: Database) {}

  findByIds(merchantId: string, ids: readonly string[]): Promise<PaymentAuthorization[]> {
    return findOwned(this.database.pool, paymentAuthorizationRecord, merchantId, ids);
  }

  async find(on: Queryable, merchantId: string, id: string): Promise<PaymentAuthorization | null> {
    return (await findOwned(on, paymentAuthorizationRecord, merchantId, [id]))[0] ?? null;
  }

  /** The authorization as it is and stays until the transaction ends. */
  async lock(tx: Tx, merchantId: string, id: string): Promise<PaymentAuthorization | null> {
    const key = ownedKey(sql`${merchantId}::uuid`, sql`${id}::uuid`);
    const condition = sql`${byKey(...key)} for no key update`;
    const rows = await findRows(
      tx,
      paymentAuthorizationRecord,
      condition,
      "lock_payment_authorization",
    );
    return rows[0] ?? null;
  }

  /** As `lock`, by a charge that refers to the authorization: it is locked before the charge is. */
  async lockByCharge(
    tx: Tx,
    merchantId: string,
    chargeId: string,
  ): Promise<PaymentAuthorization | null> {
    const charge = ownedKey(sql`${merchantId}::uuid`, sql`${chargeId}::uuid`);
    const id = sql`(select payment_authorization_id from payment_charges where ${byKey(...charge)})`;
    const condition = sql`${byKey(...ownedKey(sql`${merchantId}::uuid`, id))} for no key update`;
    const rows = await findRows(
      tx,
      paymentAuthorizationRecord,
      condition,
      "lock_payment_authorization_of_charge",
    );
    return rows[0] ?? null;
  }

  /** Takes the funds of a charge out of a locked authorization, whose rest is thereby released. */
  async capture(
    tx: Tx,
    authorization: PaymentAuthorization,
    charge: { readonly amountInCents: number; readonly depositInCents: number },
    employeeId: string | null,
  ): Promise<void> {
    const changes = {
      status: "CAPTURED",
      amountCapturedInCents: charge.amountInCents,
      depositCapturedInCents: charge.depositInCents,
    };
    await updatePayment(tx, paymentAuthorizationRecord, authorization, changes, employeeId);
  }
}
