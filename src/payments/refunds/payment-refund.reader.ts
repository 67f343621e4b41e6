import type { ReadSource } from "../../database/request-reads.js";
import { sql } from "../../database/sql.js";
import type { RecordLoader } from "../../listing/loader.js";
import { byColumn } from "../../listing/parent.js";
import { ownedBy } from "../../listing/to-one.js";
import { paymentChargeRecord } from "../charges/payment-charge.record.js";
import { readerForMerchant } from "../merchant.reader.js";
import { PAYMENT_RELATIONS } from "../payment-relations.loader.js";
import { type PaymentRefund, paymentRefundRecord } from "./payment-refund.record.js";
import { paymentRefundListTypes } from "./payment-refund.type.js";

/** The lists of payment refunds: the merchant's, and those of a charge. */
export function readPaymentRefunds(source: ReadSource, loader: RecordLoader<PaymentRefund>) {
  return readerForMerchant(source, paymentRefundRecord, paymentRefundListTypes, {
    loader,
    toOne: {
      ...PAYMENT_RELATIONS,
      paymentCharge: ownedBy(paymentChargeRecord, "paymentChargeId"),
    },
    parents: { paymentCharge: byColumn(sql`payment_refunds.payment_charge_id`) },
  });
}

export type PaymentRefundReader = ReturnType<typeof readPaymentRefunds>;
