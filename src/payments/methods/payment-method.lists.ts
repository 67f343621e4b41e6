import type { ReadSource } from "../../database/request-reads.js";
import { Lists } from "../../listing/lists.js";
import type { RecordLoader } from "../../listing/loader.js";
import { ofMerchant } from "../payment-visibility.lists.js";
import { type PaymentMethod, paymentMethodRecord } from "./payment-method.record.js";
import { paymentMethodLists } from "./payment-method.type.js";

const DEFINITION = {
  record: paymentMethodRecord,
  visibleTo: ofMerchant(paymentMethodRecord.table),
  parents: {},
} as const;

/** The list of the merchant's payment methods. */
export function readPaymentMethods(source: ReadSource, loader: RecordLoader<PaymentMethod>) {
  return new Lists(source, DEFINITION, paymentMethodLists, loader.prime.bind(loader));
}

export type PaymentMethodReader = ReturnType<typeof readPaymentMethods>;
