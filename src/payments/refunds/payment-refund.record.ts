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
import { MERCHANT_DATA } from "../../records/merchant-data.js";
import { type RowOf, defineRecord } from "../../records/record.js";
import { eventsByStatus } from "../../records/record-event.js";
import { PaymentProvider, PaymentRefundStatus } from "../payment-enums.js";

const LISTED = { filter: true, sort: true } as const;

export const paymentRefundRecord = defineRecord({
  name: "PaymentRefund",
  eventOf: eventsByStatus("PAYMENT_REFUND"),
  table: "payment_refunds",
  description: "A refund: money returned to a customer, for a payment charge or without one.",
  currencyField: "currency",
  fields: {
    merchantId: key("The merchant that refunds."),
    id: id("The record's unique id: a UUIDv7 that the server generates."),
    createdAt: dateTime("When the refund was created, by the database's clock.", {
      ...LISTED,
      group: true,
    }),
    updatedAt: dateTime("When the refund was last changed. Every change increases it.", LISTED),
    status: enumeration(
      PaymentRefundStatus,
      "The refund's status. `statusHistory` has every change.",
      {
        ...LISTED,
        group: true,
      },
    ),
    provider: enumeration(
      PaymentProvider,
      "The provider that moves the money: the charge's or NONE. Never changes.",
      { filter: true, group: true },
    ),
    amountInCents: amount(
      "The refunded part of the charge's amount, in the minor unit of the currency.",
      { ...LISTED, sum: true },
    ),
    depositInCents: amount(
      "The refunded part of the charge's deposit, in the minor unit of the currency.",
      { filter: true, sum: true },
    ),
    totalInCents: amount("The sum of amount and deposit, in the minor unit of the currency.", {
      ...LISTED,
      sum: true,
    }),
    currency: currency(
      "The currency of all amounts. It is the charge's, if there is a charge. Never changes.",
      { filter: true, group: true },
    ),
    description: nullable(
      text("The merchant's description of the refund. Null if none was given."),
    ),
    reason: nullable(
      text("The reason for the refund, as the merchant gave it. Null if none was given.", {
        filter: true,
      }),
    ),
    failureReason: nullable(
      text(
        "The reason why the refund failed, as the provider reported it. Null if none was given.",
      ),
    ),
    providerId: nullable(
      text("The provider's id of the refund. Null until it is set.", { filter: true }),
    ),
    providerMethod: nullable(
      text("The provider's name of the method, such as `bank`. Null until it is set."),
    ),
    ...MERCHANT_DATA,
    succeededAt: nullable(
      dateTime(
        "When the status last became `SUCCEEDED`, so that the money was returned. Null if it never did.",
        { ...LISTED, group: true },
      ),
    ),
    failedAt: nullable(dateTime("When the status last became `FAILED`. Null if it never did.")),
    canceledAt: nullable(dateTime("When the status last became `CANCELED`. Null if it never did.")),
    expiredAt: nullable(dateTime("When the status last became `EXPIRED`. Null if it never did.")),
    employeeId: nullable(
      reference(
        "The id of the employee who created the refund. Null if the token was tied to no employee.",
      ),
    ),
    orderId: nullable(
      reference(
        "The id of the order that was paid. It is the charge's, if there is a charge. Null if there is none. Never changes.",
      ),
    ),
    customerId: nullable(
      reference(
        "The id of the customer who is refunded. It is the charge's, if that has one. Null if unknown. Never changes.",
      ),
    ),
    paymentChargeId: nullable(
      reference(
        "The id of the refunded charge. Null for a payment that is not recorded here. Never changes.",
      ),
    ),
  },
});
export type PaymentRefund = RowOf<typeof paymentRefundRecord>;
