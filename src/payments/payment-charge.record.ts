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
} from "../listing/field.js";
import { type RowOf, defineRecord } from "../listing/record.js";
import { PaymentChargeMode, PaymentChargeStatus, PaymentProvider } from "./payment-enums.js";

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
    id: id("The charge's UUIDv7."),
    createdAt: dateTime("When the charge was recorded.", {
      ...GROUPED,
      extremes: true,
    }),
    updatedAt: dateTime(
      "When the charge was last changed, by an update or by a refund. Grows with every change.",
      LISTED,
    ),
    status: enumeration(PaymentChargeStatus, "How far the payment has come.", GROUPED),
    isFrozen: hidden(boolean("True for good once the status has left CREATED.")),
    mode: enumeration(PaymentChargeMode, "How the payment is taken.", GROUPED),
    provider: enumeration(PaymentProvider, "Where the money moves.", GROUPED),
    amountInCents: amount("What is paid, without the deposit.", SUMMED),
    depositInCents: amount("What is paid as a deposit, beside the amount.", SUMMED),
    totalInCents: amount("Amount and deposit together.", SUMMED),
    currency: currency("The currency of all amounts of the charge.", GROUPED),
    description: nullable(text("What the payment is for, in the merchant's words.", LISTED)),
    providerId: nullable(text("The provider's own name for the payment.", LISTED)),
    providerMethod: nullable(
      text("How it is paid at the provider, such as `credit_card`, `cash` or `bank`.", GROUPED),
    ),
    providerSecret: virtual(nullable(text("The provider's secret of the payment.", FILTERED))),
    providerSecretKeyId: nullable(hidden(text("Which key the secret is sealed with."))),
    providerSecretSealed: nullable(bytes("The secret, sealed.")),
    refundable: boolean("Whether anything is left to be refunded.", FILTERED),
    amountRefundableInCents: amount("What is left of the amount.", FILTERED),
    amountRefundedInCents: amount("What went back of the amount.", { ...LISTED, sum: true }),
    amountRefundingInCents: hidden(amount("What refunds under way have set aside of the amount.")),
    depositRefundableInCents: amount("What is left of the deposit.", FILTERED),
    depositRefundedInCents: amount("What went back of the deposit.", { ...LISTED, sum: true }),
    depositRefundingInCents: hidden(
      amount("What refunds under way have set aside of the deposit."),
    ),
    totalRefundableInCents: amount("What is left of amount and deposit together.", FILTERED),
    totalRefundedInCents: amount("What went back of amount and deposit together.", {
      ...LISTED,
      sum: true,
    }),
    succeededAt: nullable(
      dateTime("When the payment succeeded last, as the caller told it or as it was recorded.", {
        ...GROUPED,
        extremes: true,
      }),
    ),
    failedAt: nullable(dateTime("When the payment failed last.", LISTED)),
    canceledAt: nullable(dateTime("When the payment was called off last.", LISTED)),
    expiredAt: nullable(dateTime("When the payment expired last.", LISTED)),
    employeeId: nullable(
      reference("The employee whose token recorded the charge.", { group: true }),
    ),
    orderId: nullable(reference("The order that is paid; never changed.", { group: true })),
    customerId: nullable(reference("The customer who pays; never changed.", { group: true })),
    paymentMethodId: nullable(reference("The stored payment method that is charged.")),
    paymentAuthorizationId: nullable(
      reference("The authorization that the payment is taken from; never changed."),
    ),
    capturedAuthorizationId: nullable(
      hidden(uuid("The authorization, once the charge has captured it.")),
    ),
  },
});
export type PaymentCharge = RowOf<typeof paymentChargeRecord>;
