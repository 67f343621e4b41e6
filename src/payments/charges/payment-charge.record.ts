import {
  amount,
  boolean,
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
  uuid,
  virtual,
} from "../../records/field.js";
import { type RowOf, defineRecord } from "../../records/record.js";
import { PaymentChargeMode, PaymentChargeStatus, PaymentProvider } from "../payment-enums.js";

const LISTED = { filter: true, sort: true } as const;
const GROUPED = { ...LISTED, group: true } as const;
const SUMMED = { ...LISTED, sum: true, average: true, extremes: true } as const;
const FILTERED = { filter: true } as const;

export const paymentChargeRecord = defineRecord({
  name: "PaymentCharge",
  table: "payment_charges",
  description:
    "A record of one payment and its progress. It moves no money: the provider's fields tell where that happened.",
  currencyField: "currency",
  fields: {
    merchantId: key("The merchant that is paid."),
    id: id("A UUIDv7 made by the server; never changed."),
    createdAt: dateTime("When the charge was recorded, by the database's clock; never changed.", {
      ...GROUPED,
      extremes: true,
    }),
    updatedAt: dateTime(
      "When the charge was last changed, by an update or by a refund. Grows with every change.",
      LISTED,
    ),
    status: enumeration(
      PaymentChargeStatus,
      "How far the payment has come; `statusHistory` keeps every change.",
      GROUPED,
    ),
    isFrozen: hidden(boolean("True for good once the status has left CREATED.")),
    mode: enumeration(
      PaymentChargeMode,
      "How the payment is taken; fixed once the status has left `CREATED`.",
      GROUPED,
    ),
    provider: enumeration(
      PaymentProvider,
      "Where the money moves; fixed once the status has left `CREATED`.",
      GROUPED,
    ),
    amountInCents: amount(
      "What is paid, without the deposit, in the minor unit of the currency.",
      SUMMED,
    ),
    depositInCents: amount(
      "What is paid as a deposit beside the amount, in the minor unit of the currency.",
      SUMMED,
    ),
    totalInCents: amount("Amount and deposit together, in the minor unit of the currency.", SUMMED),
    currency: currency(
      "The ISO 4217 code of all amounts of the charge; fixed once the status has left `CREATED`.",
      GROUPED,
    ),
    description: nullable(
      text("What the payment is for, in the merchant's words; null when nothing was said.", LISTED),
    ),
    providerId: nullable(
      text("The provider's own name for the payment; null until it is told.", LISTED),
    ),
    providerMethod: nullable(
      text(
        "How it is paid at the provider, such as `credit_card`, `cash` or `bank`; null until it is told.",
        GROUPED,
      ),
    ),
    providerSecret: virtual(
      nullable(
        text(
          "The secret, found whole or not at all: operators on its letters are refused, and tokens without `PROVIDER_SECRETS_READ`.",
          FILTERED,
        ),
      ),
    ),
    providerSecretKeyId: nullable(hidden(text("Which key the secret is sealed with."))),
    providerSecretSealed: nullable(bytes("The secret, sealed.")),
    refundable: boolean(
      "Whether anything is left to give back: `totalRefundableInCents` above 0, true before success as well.",
      FILTERED,
    ),
    amountRefundableInCents: amount(
      "The amount less what succeeded refunds gave back of it; those under way are not taken off.",
      FILTERED,
    ),
    amountRefundedInCents: amount("What succeeded refunds gave back of the amount.", {
      ...LISTED,
      sum: true,
    }),
    amountRefundingInCents: hidden(amount("What refunds under way have set aside of the amount.")),
    depositRefundableInCents: amount(
      "The deposit less what succeeded refunds gave back of it; those under way are not taken off.",
      FILTERED,
    ),
    depositRefundedInCents: amount("What succeeded refunds gave back of the deposit.", {
      ...LISTED,
      sum: true,
    }),
    depositRefundingInCents: hidden(
      amount("What refunds under way have set aside of the deposit."),
    ),
    totalRefundableInCents: amount(
      "Amount and deposit less what succeeded refunds gave back; those under way are not taken off.",
      FILTERED,
    ),
    totalRefundedInCents: amount(
      "What succeeded refunds gave back of amount and deposit together.",
      {
        ...LISTED,
        sum: true,
      },
    ),
    succeededAt: nullable(
      dateTime(
        "When the payment succeeded last, as the caller told it or as it was recorded; null when it never did.",
        {
          ...GROUPED,
          extremes: true,
        },
      ),
    ),
    failedAt: nullable(
      dateTime("When the status last became `FAILED`; null when it never did.", LISTED),
    ),
    canceledAt: nullable(
      dateTime("When the status last became `CANCELED`; null when it never did.", LISTED),
    ),
    expiredAt: nullable(
      dateTime("When the status last became `EXPIRED`; null when it never did.", LISTED),
    ),
    employeeId: nullable(
      reference("The id of whose token recorded the charge; null for a token of no employee.", {
        group: true,
      }),
    ),
    orderId: nullable(
      reference("The id of what is paid for, if it was ordered here; never changed.", {
        group: true,
      }),
    ),
    customerId: nullable(
      reference("The id of who pays, if that is known; never changed.", { group: true }),
    ),
    paymentMethodId: nullable(
      reference("The id of the stored way to pay that is charged; null when none is."),
    ),
    paymentAuthorizationId: nullable(
      reference("The id of the held funds that it is taken from; never changed."),
    ),
    capturedAuthorizationId: nullable(
      hidden(uuid("The authorization, once the charge has captured it.")),
    ),
  },
});
export type PaymentCharge = RowOf<typeof paymentChargeRecord>;
