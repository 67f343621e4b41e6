import {
  amount,
  currency,
  dateTime,
  enumeration,
  id,
  key,
  nullable,
  reference,
  text,
} from "../listing/field.js";
import { type RowOf, defineRecord } from "../listing/record.js";
import { PaymentProvider, PaymentRefundStatus } from "./payment-enums.js";

const LISTED = { filter: true, sort: true } as const;

export const paymentRefundRecord = defineRecord({
  name: "PaymentRefund",
  table: "payment_refunds",
  description: "Money that goes back to a customer, of a payment charge or without one.",
  currencyField: "currency",
  fields: {
    merchantId: key("The merchant that refunds."),
    id: id("The refund's UUIDv7."),
    createdAt: dateTime("When the refund was recorded.", { ...LISTED, group: true }),
    updatedAt: dateTime("When the refund was last changed. Grows with every change.", LISTED),
    status: enumeration(PaymentRefundStatus, "How far the refund has come.", {
      ...LISTED,
      group: true,
    }),
    provider: enumeration(PaymentProvider, "Where the money moves.", { filter: true, group: true }),
    amountInCents: amount("What goes back of the charge's amount.", { ...LISTED, sum: true }),
    depositInCents: amount("What goes back of the charge's deposit.", { filter: true, sum: true }),
    totalInCents: amount("Amount and deposit together.", { ...LISTED, sum: true }),
    currency: currency("The currency of all amounts of the refund.", { filter: true, group: true }),
    description: nullable(text("What the refund is for, in the merchant's words.")),
    reason: nullable(text("Why the money goes back.", { filter: true })),
    failureReason: nullable(text("Why the refund failed, as the provider told it.")),
    providerId: nullable(text("The provider's own name for the refund.", { filter: true })),
    providerMethod: nullable(text("How it goes back at the provider, such as `bank`.")),
    succeededAt: nullable(dateTime("When the refund succeeded last.", { ...LISTED, group: true })),
    failedAt: nullable(dateTime("When the refund failed last.")),
    canceledAt: nullable(dateTime("When the refund was called off last.")),
    expiredAt: nullable(dateTime("When the refund expired last.")),
    employeeId: nullable(reference("The employee whose token recorded the refund.")),
    orderId: nullable(reference("The order that was paid; the charge's, if there is one.")),
    customerId: nullable(reference("The customer who is refunded; the charge's, if it has one.")),
    paymentChargeId: nullable(reference("The charge that is refunded; never changed.")),
  },
});
export type PaymentRefund = RowOf<typeof paymentRefundRecord>;
