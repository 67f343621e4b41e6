import type { ReadSource } from "../../database/request-reads.js";
import { sql } from "../../database/sql.js";
import type { RecordLoader } from "../../listing/loader.js";
import { byColumn } from "../../listing/parent.js";
import { ownedBy } from "../../listing/to-one.js";
import { paymentAuthorizationRecord } from "../authorizations/payment-authorization.record.js";
import { readerForMerchant } from "../merchant.reader.js";
import { paymentMethodRecord } from "../methods/payment-method.record.js";
import { PAYMENT_RELATIONS } from "../payment-relations.loader.js";
import { providerSecretFilter } from "../secrets/provider-secret.filter.js";
import type { ProviderSecrets } from "../secrets/provider-secrets.js";
import { type PaymentCharge, paymentChargeRecord } from "./payment-charge.record.js";
import { paymentChargeListTypes } from "./payment-charge.type.js";

/** The lists of payment charges: the merchant's, and those of a customer, an order or an authorization. */
export function readPaymentCharges(
  source: ReadSource,
  loader: RecordLoader<PaymentCharge>,
  secrets: ProviderSecrets,
) {
  return readerForMerchant(source, paymentChargeRecord, paymentChargeListTypes, {
    loader,
    toOne: {
      ...PAYMENT_RELATIONS,
      paymentAuthorization: ownedBy(paymentAuthorizationRecord, "paymentAuthorizationId"),
      paymentMethod: ownedBy(paymentMethodRecord, "paymentMethodId"),
    },
    parents: {
      customer: byColumn(sql`payment_charges.customer_id`),
      order: byColumn(sql`payment_charges.order_id`),
      paymentAuthorization: byColumn(sql`payment_charges.payment_authorization_id`),
    },
    filters: (caller) => ({ providerSecret: providerSecretFilter(caller, secrets) }),
  });
}

export type PaymentChargeReader = ReturnType<typeof readPaymentCharges>;
