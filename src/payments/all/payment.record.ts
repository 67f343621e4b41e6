import {
  amount,
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
import { PaymentOwnerType } from "../payment-enums.js";

/** A view over charges, refunds and authorizations: what it says is what they say. */
export const paymentRecord = defineRecord({
  name: "Payment",
  table: "payments",
  description:
    "One entry of the one list of all money movements: charges, refunds and authorizations. Its id, times, status and amounts are those of its owner.",
  fields: {
    merchantId: key("The merchant that the payment belongs to."),
    id: id("The owner's own UUIDv7: the same finds the charge, refund or authorization."),
    createdAt: dateTime("When the owner was recorded, by the database's clock; never changed.", {
      filter: true,
      sort: true,
    }),
    updatedAt: dateTime("When the owner was last changed.", { filter: true, sort: true }),
    status: text("How far the owner has come, as the enum of its kind names it."),
    amountInCents: amount(
      "The owner's amount without the deposit, in the minor unit of the currency.",
    ),
    depositInCents: amount(
      "What the owner has as a deposit beside the amount, in the minor unit of the currency.",
    ),
    totalInCents: amount("Amount and deposit together, in the minor unit of the currency."),
    currency: currency("The ISO 4217 code of all the owner's amounts."),
    orderId: nullable(
      reference("The id of the order that the owner belongs to; null when to none."),
    ),
    ownerType: hidden(
      enumeration(PaymentOwnerType, "What kind of record the owner is.", { filter: true }),
    ),
  },
});
export type Payment = RowOf<typeof paymentRecord>;
