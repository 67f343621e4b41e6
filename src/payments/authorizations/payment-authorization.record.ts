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
import { type RowOf, defineRecord } from "../../records/record.js";
import {
  PaymentAuthorizationMode,
  PaymentAuthorizationStatus,
  PaymentProvider,
} from "../payment-enums.js";

const LISTED = { filter: true, sort: true } as const;

export const paymentAuthorizationRecord = defineRecord({
  name: "PaymentAuthorization",
  table: "payment_authorizations",
  description: "Funds of a customer that are held, to be captured once by a payment charge.",
  currencyField: "currency",
  fields: {
    merchantId: key("The merchant that the funds are held for."),
    id: id("A UUIDv7 made by the server; never changed."),
    createdAt: dateTime(
      "When the authorization was recorded, by the database's clock; never changed.",
      { ...LISTED, group: true },
    ),
    updatedAt: dateTime(
      "When the authorization was last changed, by an update or by a capture. Grows with every change.",
      LISTED,
    ),
    status: enumeration(
      PaymentAuthorizationStatus,
      "How far it has come; `statusHistory` keeps every change.",
      {
        ...LISTED,
        group: true,
      },
    ),
    mode: enumeration(PaymentAuthorizationMode, "How the funds come to be held; never changed."),
    provider: enumeration(PaymentProvider, "Who holds the funds; never changed.", {
      filter: true,
      group: true,
    }),
    amountInCents: amount("What is held without the deposit, in the minor unit of the currency.", {
      sum: true,
    }),
    depositInCents: amount(
      "What is held as a deposit beside the amount, in the minor unit of the currency.",
      { sum: true },
    ),
    totalInCents: amount("Amount and deposit together, in the minor unit of the currency.", {
      ...LISTED,
      sum: true,
    }),
    currency: currency(
      "The ISO 4217 code of all its amounts, and of charges that take from it; never changed.",
      {
        filter: true,
        group: true,
      },
    ),
    amountCapturedInCents: amount(
      "What was taken of the amount, by a charge here or in full elsewhere; 0 until then.",
    ),
    depositCapturedInCents: amount(
      "What was taken of the deposit, by a charge here or in full elsewhere; 0 until then.",
    ),
    description: nullable(
      text("What the funds are held for, in the merchant's words; null when nothing was said."),
    ),
    providerId: nullable(
      text("The provider's own name for the authorization; null until it is told."),
    ),
    providerMethod: nullable(
      text("How it is held at the provider, such as `credit_card`; null until it is told."),
    ),
    providerSecretKeyId: nullable(hidden(text("Which key the secret is sealed with."))),
    providerSecretSealed: nullable(bytes("The secret, sealed.")),
    captureBefore: nullable(
      dateTime("Until when the funds can be captured; null for no known end.", LISTED),
    ),
    capturedAt: nullable(
      dateTime("When the funds were taken, once and for ever; null until then."),
    ),
    succeededAt: nullable(
      dateTime(
        "When the status last became `SUCCEEDED`, so that funds were held; null when it never did.",
      ),
    ),
    failedAt: nullable(dateTime("When the status last became `FAILED`; null when it never did.")),
    canceledAt: nullable(
      dateTime("When the status last became `CANCELED`; null when it never did."),
    ),
    expiredAt: nullable(dateTime("When the status last became `EXPIRED`; null when it never did.")),
    employeeId: nullable(
      reference("The id of whose token recorded it; null for a token of no employee."),
    ),
    orderId: nullable(
      reference("The id of what the funds are held for, if it was ordered here; never changed."),
    ),
    customerId: nullable(
      reference("The id of whose funds are held, if that is known; never changed."),
    ),
    paymentMethodId: nullable(
      reference(
        "The id of the stored way to pay that the funds are held on; null when there is none.",
      ),
    ),
  },
});
export type PaymentAuthorization = RowOf<typeof paymentAuthorizationRecord>;
