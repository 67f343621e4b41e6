import { requireMerchant } from "../callers/caller.js";
import type { Database } from "../database/database.js";
import { withinTime } from "../database/request-reads.js";
import { type Context, perRequest } from "../graphql/context.js";
import { RecordLoader, toOneLoader } from "../listing/loader.js";
import type { PaymentAuthorizationStore } from "./authorizations/payment-authorization.store.js";
import type { PaymentChargeStore } from "./charges/payment-charge.store.js";
import type { PaymentMethodStore } from "./methods/payment-method.store.js";
import type { PaymentRefundStore } from "./refunds/payment-refund.store.js";
import { findPaidAmounts } from "./charges/paid-amount.store.js";

export interface PaymentStores {
  readonly charges: PaymentChargeStore;
  readonly refunds: PaymentRefundStore;
  readonly authorizations: PaymentAuthorizationStore;
  readonly methods: PaymentMethodStore;
}

/** What payments' relations are read by: those asked for at once in one statement. */
export class PaymentLoaders {
  readonly charges;
  readonly refunds;
  readonly authorizations;
  readonly methods;

  constructor(
    private readonly database: Database,
    stores: PaymentStores,
  ) {
    const { charges, refunds, authorizations, methods } = stores;
    this.charges = new RecordLoader(charges.findByIds.bind(charges));
    this.refunds = new RecordLoader(refunds.findByIds.bind(refunds));
    this.authorizations = new RecordLoader(authorizations.findByIds.bind(authorizations));
    this.methods = new RecordLoader(methods.findByIds.bind(methods));
  }

  /** By the order's id. */
  readonly paidAmounts = perRequest((context) =>
    toOneLoader<string, { orderId: string; paidInCents: number }>(
      (orderIds) => findPaidAmounts(this.readsOf(context), merchantOf(context), orderIds),
      (of) => (typeof of === "string" ? of : of.orderId),
    ),
  );

  private readsOf(context: Context) {
    return withinTime(this.database.pool, context);
  }
}

function merchantOf({ caller }: Context): string {
  return requireMerchant(caller).merchantId;
}
