import { type Caller, requireMerchant } from "../callers/caller.js";
import type { ReadSource } from "../database/request-reads.js";
import { type Sql, sql } from "../database/sql.js";
import type { Context } from "../graphql/context.js";
import { Connection } from "../listing/connection.js";
import { Lists } from "../listing/lists.js";
import { byColumn } from "../listing/parent.js";
import type { PageArguments } from "../listing/page.js";
import { type Visible, rowsWith } from "../listing/visible.js";
import { paymentAuthorizationRecord } from "./authorizations/payment-authorization.record.js";
import { paymentChargeRecord } from "./charges/payment-charge.record.js";
import { paymentMethodRecord } from "./methods/payment-method.record.js";
import { paymentRefundRecord } from "./refunds/payment-refund.record.js";
import type { PaymentLoaders } from "./payment.loader.js";
import { paymentRecord } from "./payment.record.js";
import {
  paymentAuthorizationLists,
  paymentChargeLists,
  paymentLists,
  paymentMethodLists,
  paymentRefundLists,
} from "./payment.type.js";
import { providerSecretFilter } from "./secrets/provider-secret.lists.js";
import type { ProviderSecrets } from "./secrets/provider-secrets.js";
import { statusChangeRecord } from "./status-change.record.js";

/** The rows of the caller's merchant, and of no other. */
function ofMerchant(table: Sql): (caller: Caller) => Visible {
  return (caller) => rowsWith(sql`${table}.merchant_id`, requireMerchant(caller).merchantId);
}

const refundList = {
  record: paymentRefundRecord,
  visibleTo: ofMerchant(paymentRefundRecord.table),
  parents: { paymentCharge: byColumn(sql`payment_refunds.payment_charge_id`) },
} as const;

const chargeList = {
  record: paymentChargeRecord,
  visibleTo: ofMerchant(paymentChargeRecord.table),
  parents: {
    customer: byColumn(sql`payment_charges.customer_id`),
    order: byColumn(sql`payment_charges.order_id`),
    paymentAuthorization: byColumn(sql`payment_charges.payment_authorization_id`),
  },
} as const;

const statusChangeList = {
  record: statusChangeRecord,
  visibleTo: ofMerchant(statusChangeRecord.table),
  parents: { payment: byColumn(sql`payment_status_changes.payment_id`) },
} as const;

const OLDEST_FIRST = [{ field: "at", direction: "ASC" }] as const;

function plainList<R extends { readonly table: Sql }>(record: R) {
  return { record, visibleTo: ofMerchant(record.table), parents: {} } as const;
}

/** The lists of payments of every kind, whether of their own or nested. */
export class PaymentLists {
  readonly charges;
  readonly refunds;
  readonly authorizations;
  readonly methods;
  readonly payments;
  private readonly statusChanges;

  constructor(source: ReadSource, loaders: PaymentLoaders, secrets: ProviderSecrets) {
    const filters = (caller: Caller) => ({
      providerSecret: providerSecretFilter(caller, secrets),
    });
    this.charges = new Lists(
      source,
      { ...chargeList, filters },
      paymentChargeLists,
      (context, rows) => {
        loaders.charges.prime(context, rows);
      },
    );
    this.refunds = new Lists(source, refundList, paymentRefundLists, (context, rows) => {
      loaders.refunds.prime(context, rows);
    });
    this.authorizations = new Lists(
      source,
      plainList(paymentAuthorizationRecord),
      paymentAuthorizationLists,
      (context, rows) => {
        loaders.authorizations.prime(context, rows);
      },
    );
    this.methods = new Lists(
      source,
      plainList(paymentMethodRecord),
      paymentMethodLists,
      (context, rows) => {
        loaders.methods.prime(context, rows);
      },
    );
    this.payments = new Lists(source, plainList(paymentRecord), paymentLists);
    // At the primary: a history must not end before the status that a look-up shows.
    this.statusChanges = new Lists({ pool: source.pool }, statusChangeList, { Connection });
  }

  /** The statuses of a charge, a refund or an authorization, oldest first. */
  historyOf(
    id: string,
    context: Context,
    page: PageArguments,
  ): Connection<typeof statusChangeRecord> {
    return this.statusChanges.of("payment", [id], context, { ...page, sort: OLDEST_FIRST });
  }
}
