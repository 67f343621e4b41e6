import {
  amount,
  bytes,
  currency,
  dateTime,
  enumeration,
  hidden,
  id,
  key,
  nullable,
  reference,
  text,
} from "../../records/field.js";
import { MERCHANT_DATA } from "../../records/merchant-data.js";
import { type RowOf, defineRecord } from "../../records/record.js";
import { eventsByStatus } from "../../records/record-event.js";
import {
  PaymentAuthorizationMode,
  PaymentAuthorizationStatus,
  PaymentProvider,
} from "../payment-enums.js";

const LISTED = { filter: true, sort: true } as const;

export const paymentAuthorizationRecord = defineRecord({
  name: "PaymentAuthorization",
  eventOf: eventsByStatus("PAYMENT_AUTHORIZATION"),
  table: "payment_authorizations",
  description:
    "An authorization: funds that a provider holds, which one payment charge can capture.",
  currencyField: "currency",
  fields: {
    merchantId: key("The merchant that the funds are held for."),
    id: id("The record's unique id: a UUIDv7 that the server generates."),
    createdAt: dateTime("When the authorization was created, by the database's clock.", {
      ...LISTED,
      group: true,
    }),
    updatedAt: dateTime(
      "When the authorization was last changed, by an update or a capture. Every change increases it.",
      LISTED,
    ),
    status: enumeration(
      PaymentAuthorizationStatus,
      "The status. `statusHistory` has every change.",
      {
        ...LISTED,
        group: true,
      },
    ),
    mode: enumeration(PaymentAuthorizationMode, "How the funds are authorized. Never changes."),
    provider: enumeration(PaymentProvider, "The provider that holds the funds. Never changes.", {
      filter: true,
      group: true,
    }),
    amountInCents: amount(
      "The held amount without the deposit, in the minor unit of the currency.",
      {
        sum: true,
      },
    ),
    depositInCents: amount(
      "The deposit held in addition to the amount, in the minor unit of the currency.",
      { sum: true },
    ),
    totalInCents: amount("The sum of amount and deposit, in the minor unit of the currency.", {
      ...LISTED,
      sum: true,
    }),
    currency: currency(
      "The currency of all amounts, and of charges that capture the authorization. Never changes.",
      {
        filter: true,
        group: true,
      },
    ),
    amountCapturedInCents: amount(
      "The captured part of the amount, in the minor unit of the currency. 0 until a capture.",
    ),
    depositCapturedInCents: amount(
      "The captured part of the deposit, in the minor unit of the currency. 0 until a capture.",
    ),
    description: nullable(
      text(
        "The purpose of the authorization, as the merchant described it. Null if none was given.",
      ),
    ),
    providerId: nullable(text("The provider's id of the authorization. Null until it is set.")),
    providerMethod: nullable(
      text("The provider's name of the method, such as `credit_card`. Null until it is set."),
    ),
    ...MERCHANT_DATA,
    providerSecretKeyId: nullable(hidden(text("The id of the key that encrypts the secret."))),
    providerSecretSealed: nullable(bytes("The encrypted secret.")),
    captureBefore: nullable(
      dateTime(
        "When the authorization expires and can no longer be captured. Null if no expiry is known.",
        LISTED,
      ),
    ),
    capturedAt: nullable(
      dateTime("When the funds were captured, which happens at most once. Null until then."),
    ),
    succeededAt: nullable(
      dateTime(
        "When the status last became `SUCCEEDED`, so that funds were held. Null if it never did.",
      ),
    ),
    failedAt: nullable(dateTime("When the status last became `FAILED`. Null if it never did.")),
    canceledAt: nullable(dateTime("When the status last became `CANCELED`. Null if it never did.")),
    expiredAt: nullable(dateTime("When the status last became `EXPIRED`. Null if it never did.")),
    employeeId: nullable(
      reference(
        "The id of the employee who created the authorization. Null if the token was tied to no employee.",
      ),
    ),
    orderId: nullable(
      reference(
        "The id of the order that the funds are held for. Null if there is none. Never changes.",
      ),
    ),
    customerId: nullable(
      reference("The id of the customer whose funds are held. Null if unknown. Never changes."),
    ),
    paymentMethodId: nullable(
      reference("The id of the payment method on which the funds are held. Null if there is none."),
    ),
  },
});
export type PaymentAuthorization = RowOf<typeof paymentAuthorizationRecord>;
