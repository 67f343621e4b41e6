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
} from "../listing/field.js";
import { type RowOf, defineRecord } from "../listing/record.js";
import {
  PaymentAuthorizationMode,
  PaymentAuthorizationStatus,
  PaymentProvider,
} from "./payment-enums.js";

const LISTED = { filter: true, sort: true } as const;

export const paymentAuthorizationRecord = defineRecord({
  name: "PaymentAuthorization",
  table: "payment_authorizations",
  description: "Funds of a customer that are held, to be captured once by a payment charge.",
  currencyField: "currency",
  fields: {
    merchantId: key("The merchant that the funds are held for."),
    id: id("The authorization's UUIDv7."),
    createdAt: dateTime("When the authorization was recorded.", { ...LISTED, group: true }),
    updatedAt: dateTime(
      "When the authorization was last changed, by an update or by a capture. Grows with every change.",
      LISTED,
    ),
    status: enumeration(PaymentAuthorizationStatus, "How far the authorization has come.", {
      ...LISTED,
      group: true,
    }),
    mode: enumeration(PaymentAuthorizationMode, "How the funds come to be held."),
    provider: enumeration(PaymentProvider, "Who holds the funds.", { filter: true, group: true }),
    amountInCents: amount("What is authorized, without the deposit.", { sum: true }),
    depositInCents: amount("What is authorized as a deposit, beside the amount.", { sum: true }),
    totalInCents: amount("Amount and deposit together.", { ...LISTED, sum: true }),
    currency: currency("The currency of all amounts of the authorization.", {
      filter: true,
      group: true,
    }),
    amountCapturedInCents: amount("What was taken of the amount."),
    depositCapturedInCents: amount("What was taken of the deposit."),
    description: nullable(text("What the authorization is for, in the merchant's words.")),
    providerId: nullable(text("The provider's own name for the authorization.")),
    providerMethod: nullable(text("How it is held at the provider, such as `credit_card`.")),
    providerSecretKeyId: nullable(hidden(text("Which key the secret is sealed with."))),
    providerSecretSealed: nullable(bytes("The secret, sealed.")),
    captureBefore: nullable(
      dateTime("Until when the funds can be captured; null for no known end.", LISTED),
    ),
    capturedAt: nullable(dateTime("When the funds were taken; they are taken once.")),
    succeededAt: nullable(dateTime("Since when the funds are held.")),
    failedAt: nullable(dateTime("When the authorization failed last.")),
    canceledAt: nullable(dateTime("When the authorization was called off last.")),
    expiredAt: nullable(dateTime("When the authorization expired last.")),
    employeeId: nullable(reference("The employee whose token recorded the authorization.")),
    orderId: nullable(reference("The order that the funds are held for; never changed.")),
    customerId: nullable(reference("The customer whose funds are held; never changed.")),
    paymentMethodId: nullable(reference("The stored payment method that the funds are held on.")),
  },
});
export type PaymentAuthorization = RowOf<typeof paymentAuthorizationRecord>;
