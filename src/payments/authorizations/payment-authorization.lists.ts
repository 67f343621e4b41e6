import type { ReadSource } from "../../database/request-reads.js";
import { Lists } from "../../listing/lists.js";
import type { RecordLoader } from "../../listing/loader.js";
import { ofMerchant } from "../payment-visibility.lists.js";
import {
  type PaymentAuthorization,
  paymentAuthorizationRecord,
} from "./payment-authorization.record.js";
import { paymentAuthorizationLists } from "./payment-authorization.type.js";

const DEFINITION = {
  record: paymentAuthorizationRecord,
  visibleTo: ofMerchant(paymentAuthorizationRecord.table),
  parents: {},
} as const;

/** The list of the merchant's payment authorizations. */
export function readPaymentAuthorizations(
  source: ReadSource,
  loader: RecordLoader<PaymentAuthorization>,
) {
  return new Lists(source, DEFINITION, paymentAuthorizationLists, loader.prime.bind(loader));
}

export type PaymentAuthorizationReader = ReturnType<typeof readPaymentAuthorizations>;
