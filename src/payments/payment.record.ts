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
} from "../listing/field.js";
import { type RowOf, defineRecord } from "../listing/record.js";
import { PaymentOwnerType } from "./payment-enums.js";

/** A view over charges, refunds and authorizations: what it says is what they say. */
export const paymentRecord = defineRecord({
  name: "Payment",
  table: "payments",
  description:
    "One entry of the one list of all money movements: charges, refunds and authorizations. Its id, times, status and amounts are those of its owner.",
  fields: {
    merchantId: key("The merchant that the payment belongs to."),
    id: id("The id of the owner."),
    createdAt: dateTime("When the owner was recorded.", { filter: true, sort: true }),
    updatedAt: dateTime("When the owner was last changed.", { filter: true, sort: true }),
    status: text("The owner's status, as its own enum names it."),
    amountInCents: amount("The owner's amount, without the deposit."),
    depositInCents: amount("The owner's deposit."),
    totalInCents: amount("Amount and deposit together."),
    currency: currency("The currency of the amounts."),
    orderId: nullable(reference("The order that the owner belongs to.")),
    ownerType: hidden(
      enumeration(PaymentOwnerType, "What kind of record the owner is.", { filter: true }),
    ),
  },
});
export type Payment = RowOf<typeof paymentRecord>;
