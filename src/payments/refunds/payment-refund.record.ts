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
} from "../../records/field.js";
import { type RowOf, defineRecord } from "../../records/record.js";
import { PaymentProvider, PaymentRefundStatus } from "../payment-enums.js";

const LISTED = { filter: true, sort: true } as const;

export const paymentRefundRecord = defineRecord({
  name: "PaymentRefund",
  table: "payment_refunds",
  description: "Money that goes back to a customer, of a payment charge or without one.",
  currencyField: "currency",
  fields: {
    merchantId: key("The merchant that refunds."),
    id: id("A UUIDv7 made by the server; never changed."),
    createdAt: dateTime("When the refund was recorded, by the database's clock; never changed.", {
      ...LISTED,
      group: true,
    }),
    updatedAt: dateTime("When the refund was last changed. Grows with every change.", LISTED),
    status: enumeration(
      PaymentRefundStatus,
      "How far the refund has come; `statusHistory` keeps every change.",
      {
        ...LISTED,
        group: true,
      },
    ),
    provider: enumeration(
      PaymentProvider,
      "Where the money moves: the charge's provider or NONE; never changed.",
      { filter: true, group: true },
    ),
    amountInCents: amount(
      "What goes back of the charge's amount, in the minor unit of the currency.",
      { ...LISTED, sum: true },
    ),
    depositInCents: amount(
      "What goes back of the charge's deposit, in the minor unit of the currency.",
      { filter: true, sum: true },
    ),
    totalInCents: amount("Amount and deposit together, in the minor unit of the currency.", {
      ...LISTED,
      sum: true,
    }),
    currency: currency(
      "The ISO 4217 code of all its amounts: the charge's, if there is one; never changed.",
      { filter: true, group: true },
    ),
    description: nullable(
      text("What the refund is for, in the merchant's words; null when nothing was said."),
    ),
    reason: nullable(
      text("Why the money goes back, in the merchant's words; null when nothing was said.", {
        filter: true,
      }),
    ),
    failureReason: nullable(
      text("Why the money did not go back, as the provider told it; null when nothing was said."),
    ),
    providerId: nullable(
      text("The provider's own name for the refund; null until it is told.", { filter: true }),
    ),
    providerMethod: nullable(
      text("How it goes back at the provider, such as `bank`; null until it is told."),
    ),
    succeededAt: nullable(
      dateTime(
        "When the status last became `SUCCEEDED`: the money had gone back. Null when it never did.",
        { ...LISTED, group: true },
      ),
    ),
    failedAt: nullable(dateTime("When the status last became `FAILED`; null when it never did.")),
    canceledAt: nullable(
      dateTime("When the status last became `CANCELED`; null when it never did."),
    ),
    expiredAt: nullable(dateTime("When the status last became `EXPIRED`; null when it never did.")),
    employeeId: nullable(
      reference("The id of whose token recorded the refund; null for a token of no employee."),
    ),
    orderId: nullable(
      reference(
        "The id of what had been paid for: the charge's order, if there is a charge; never changed.",
      ),
    ),
    customerId: nullable(
      reference(
        "The id of who gets the money back: the charge's customer, if it has one; never changed.",
      ),
    ),
    paymentChargeId: nullable(
      reference(
        "The id of the payment that goes back; null for money that was paid elsewhere. Never changed.",
      ),
    ),
  },
});
export type PaymentRefund = RowOf<typeof paymentRefundRecord>;
