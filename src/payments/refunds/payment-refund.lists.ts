import type { ReadSource } from "../../database/request-reads.js";
import { sql } from "../../database/sql.js";
import { Lists } from "../../listing/lists.js";
import type { RecordLoader } from "../../listing/loader.js";
import { byColumn } from "../../listing/parent.js";
import { ofMerchant } from "../payment-visibility.lists.js";
import { type PaymentRefund, paymentRefundRecord } from "./payment-refund.record.js";
import { paymentRefundLists } from "./payment-refund.type.js";

const DEFINITION = {
  record: paymentRefundRecord,
  visibleTo: ofMerchant(paymentRefundRecord.table),
  parents: { paymentCharge: byColumn(sql`payment_refunds.payment_charge_id`) },
} as const;

/** The lists of payment refunds: the merchant's, and those of a charge. */
export function readPaymentRefunds(source: ReadSource, loader: RecordLoader<PaymentRefund>) {
  return new Lists(source, DEFINITION, paymentRefundLists, loader.prime.bind(loader));
}

export type PaymentRefundReader = ReturnType<typeof readPaymentRefunds>;
