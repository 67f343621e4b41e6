import type { MerchantCaller } from "../../callers/caller.js";
import type { Audit } from "../../records/audit.js";
import type { Database } from "../../database/database.js";
import { type Tx, together } from "../../database/transaction.js";
import { AppError } from "../../shared/errors.js";
import type { Origin } from "../../shared/origin.js";
import { type Outcome, done, refused } from "../../shared/user-error.js";
import { parseUuid } from "../../shared/uuid.js";
import { type Draft, type Making, createOnce } from "../create-once.service.js";
import type { PaymentCharge } from "../charges/payment-charge.record.js";
import type { PaymentChargeStore } from "../charges/payment-charge.store.js";
import type { PaymentRefundStatus } from "../payment-enums.js";
import { checkNotStale } from "../payment-input.js";
import { findReferences } from "../payment-reference.store.js";
import type { References } from "../payment-references.js";
import {
  type CreatePaymentRefund,
  type UpdatePaymentRefund,
  changeRefund,
  draftRefund,
  moveRefund,
} from "./payment-refund.js";
import { type PaymentRefund, paymentRefundRecord } from "./payment-refund.record.js";
import type { PaymentRefundStore } from "./payment-refund.store.js";
import { insertPayment, updatePayment } from "../payment.store.js";
import { updateOnce } from "../update-once.service.js";

export class PaymentRefundService {
  constructor(
    private readonly database: Database,
    private readonly store: PaymentRefundStore,
    private readonly charges: PaymentChargeStore,
  ) {}

  /** @returns null for what is not there, and for another merchant's. */
  async find({ merchantId }: MerchantCaller, id: string): Promise<PaymentRefund | null> {
    const uuid = parseUuid(id);
    return uuid === null ? null : this.store.find(this.database.pool, merchantId, uuid);
  }

  /**
   * Records a refund and, in the same transaction, what it takes from its charge.
   *
   * @param origin for a record of the past; made now, under a new id, when left out.
   */
  create(
    caller: MerchantCaller,
    input: CreatePaymentRefund,
    origin?: Origin,
  ): Promise<Outcome<PaymentRefund>> {
    const creation = {
      operation: "createPaymentRefund",
      find: this.store.find.bind(this.store),
      draft: (tx: Tx, id: string, audit: Audit) =>
        this.draft(tx, caller, input, { id, audit, at: origin?.at }),
    };
    return createOnce(this.database, caller, input, creation, origin?.id);
  }

  private async draft(
    tx: Tx,
    { merchantId, employeeId }: MerchantCaller,
    input: CreatePaymentRefund,
    { id, audit, at }: Making,
  ): Promise<Draft<PaymentRefund>> {
    const chargeId = input.paymentChargeId == null ? null : parseUuid(input.paymentChargeId);
    const [charge, references] = await together(
      chargeId === null ? null : this.charges.lock(tx, merchantId, chargeId),
      findReferences(tx, merchantId, input),
    );
    const draftFor = (found: References) => draftRefund(input, found, charge);
    const { errors, refund } = draftFor(references);
    const write = async (): Promise<Outcome<PaymentRefund>> => {
      const values = { ...refund, merchantId, id, employeeId };
      const made = await insertPayment(tx, paymentRefundRecord, values, audit, at);
      await this.moveSums(tx, charge, made, null, made.status);
      return done(made);
    };
    return { errors, references, valuesFor: (found) => draftFor(found).refund, write };
  }

  /**
   * Changes a refund, field by field, and in the same transaction what it takes from its charge.
   *
   * @throws AppError NOT_FOUND.
   */
  update(
    caller: MerchantCaller,
    id: string,
    input: UpdatePaymentRefund,
  ): Promise<Outcome<PaymentRefund>> {
    return updateOnce(this.database, caller, id, {
      operation: "updatePaymentRefund",
      missing: noSuchRefund,
      find: this.store.find.bind(this.store),
      lock: this.store.lock.bind(this.store),
      change: (tx, uuid, audit) => this.change(tx, caller, uuid, input, audit),
    });
  }

  private async change(
    tx: Tx,
    { merchantId, employeeId }: MerchantCaller,
    id: string,
    input: UpdatePaymentRefund,
    audit: Audit,
  ): Promise<Outcome<PaymentRefund>> {
    const [charge, refund] = await together(
      input.status == null ? null : this.charges.lockByRefund(tx, merchantId, id),
      this.store.lock(tx, merchantId, id),
    );
    if (refund === null) throw noSuchRefund(id);
    const { errors, changes } = changeRefund(input, refund, charge);
    const isChanged = Object.keys(changes).length > 0;
    checkNotStale(errors, input.expectedUpdatedAt, refund);
    if (errors.all.length > 0) return refused(...errors.all);
    if (!isChanged) return done(refund);
    const changed = await updatePayment(
      tx,
      paymentRefundRecord,
      refund,
      changes,
      employeeId,
      audit,
    );
    await this.moveSums(tx, charge, changed, refund.status, changed.status);
    return done(changed);
  }

  private async moveSums(
    tx: Tx,
    charge: PaymentCharge | null,
    refund: PaymentRefund,
    from: PaymentRefundStatus | null,
    to: PaymentRefundStatus,
  ): Promise<void> {
    if (charge === null || from === to) return;
    await this.charges.moveSums(tx, charge, moveRefund(charge, refund, from, to));
  }
}

function noSuchRefund(id: string): AppError {
  return new AppError("NOT_FOUND", `There is no payment refund with the id ${id}.`);
}
