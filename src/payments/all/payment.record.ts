import {
  amount,
  currency,
  dateTime,
  derivedId,
  enumeration,
  hidden,
  key,
  nullable,
  reference,
  text,
} from "../../records/field.js";
import { type RowOf, defineRecord } from "../../records/record.js";
import { PaymentOwnerType } from "../payment-enums.js";

/** A view that combines charges, refunds and authorizations. */
export const paymentRecord = defineRecord({
  name: "Payment",
  table: "payments",
  description:
    "An entry in the combined list of charges, refunds and authorizations. Its timestamps, status and amounts are those of the owner: the charge, refund or authorization.",
  fields: {
    merchantId: key("The merchant that the payment belongs to."),
    id: derivedId(
      "The payment's own id: a UUIDv8 that the server derives from the owner's id by changing the version digit from 7 to 8. Filters by it also accept the owner's id.",
    ),
    createdAt: dateTime(
      "When the charge, refund or authorization was created, by the database's clock.",
      {
        filter: true,
        sort: true,
      },
    ),
    updatedAt: dateTime(
      "When the charge, refund or authorization was last updated, by the database's clock.",
      {
        filter: true,
        sort: true,
      },
    ),
    status: text("The owner's status, as a value of the status enum for its type."),
    amountInCents: amount(
      "The owner's amount without the deposit, in the minor unit of the currency.",
    ),
    depositInCents: amount("The owner's deposit, in the minor unit of the currency."),
    totalInCents: amount("The sum of amount and deposit, in the minor unit of the currency."),
    currency: currency("The currency of all the owner's amounts."),
    orderId: nullable(reference("The id of the owner's order. Null if there is none.")),
    ownerType: hidden(
      enumeration(
        PaymentOwnerType,
        "The type of the owner: a charge, a refund or an authorization.",
        { filter: true },
      ),
    ),
  },
});
export type Payment = RowOf<typeof paymentRecord>;
