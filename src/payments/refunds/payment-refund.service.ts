import type { MerchantCaller } from "../../callers/caller.js";
import type { Database } from "../../database/database.js";
import type { Tx } from "../../database/transaction.js";
import type { PaymentCharge } from "../charges/payment-charge.record.js";
import type { PaymentChargeStore } from "../charges/payment-charge.store.js";
import {
  type ChangeRule,
  type DraftRule,
  PaymentKindService,
  type WriteRelated,
} from "../payment-kind.service.js";
import type { PaymentKindStore } from "../payment-kind.store.js";
import type { ProviderSecrets } from "../secrets/provider-secrets.js";
import {
  type CreatePaymentRefund,
  type UpdatePaymentRefund,
  changeRefund,
  draftRefund,
  moveRefund,
} from "./payment-refund.js";
import type { PaymentRefund, paymentRefundRecord } from "./payment-refund.record.js";

/** A refund updates the refundable amount of its charge in the same transaction. */
export class PaymentRefundService extends PaymentKindService<
  PaymentRefund,
  CreatePaymentRefund,
  UpdatePaymentRefund
> {
  constructor(
    database: Database,
    store: PaymentKindStore<typeof paymentRefundRecord>,
    private readonly charges: PaymentChargeStore,
    secrets: ProviderSecrets,
  ) {
    super("payment refund", database, store, secrets);
  }

  protected async lockForCreate(
    tx: Tx,
    { merchantId }: MerchantCaller,
    input: CreatePaymentRefund,
  ): Promise<DraftRule> {
    const charge = await this.charges.lock(tx, merchantId, input.paymentChargeId);
    return (references) => {
      const { errors, values } = draftRefund(input, references, charge);
      return { errors, values, writeRelated: this.moving(tx, charge, values, null, values.status) };
    };
  }

  protected async lockForUpdate(
    tx: Tx,
    { merchantId }: MerchantCaller,
    id: string,
    input: UpdatePaymentRefund,
  ): Promise<ChangeRule<PaymentRefund>> {
    const charge =
      input.status == null ? null : await this.charges.lockByRefund(tx, merchantId, id);
    return (refund) => {
      const { errors, changes } = changeRefund(input, refund, charge);
      const to = changes.status ?? refund.status;
      return { errors, changes, writeRelated: this.moving(tx, charge, refund, refund.status, to) };
    };
  }

  private moving(
    tx: Tx,
    charge: PaymentCharge | null,
    refund: Parameters<typeof moveRefund>[1],
    from: PaymentRefund["status"] | null,
    to: PaymentRefund["status"],
  ): WriteRelated | null {
    if (charge === null) return null;
    const sums = moveRefund(charge, refund, from, to);
    return (audit) => this.charges.moveSums(tx, charge, sums, audit);
  }
}
