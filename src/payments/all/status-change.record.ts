import { dateTime, hidden, id, key, nullable, text } from "../../records/field.js";
import { type RowOf, defineRecord } from "../../records/record.js";

/** A status change of a payment. Each kind of payment has its own GraphQL type for it. */
export const statusChangeRecord = defineRecord({
  name: "StatusChange",
  model: "PaymentStatusChange",
  table: "payment_status_changes",
  description: "A status change of a payment. History entries are never changed or deleted.",
  fields: {
    merchantId: key("The merchant that the payment belongs to."),
    paymentId: key("The charge, refund or authorization."),
    id: hidden(id("The record's unique id: a UUIDv7 that the server generates.")),
    fromStatus: hidden(
      nullable(text("The previous status. Null if the record was created with this change.")),
    ),
    toStatus: hidden(text("The status that the record entered with this change.")),
    at: dateTime("When the status changed, by the database's clock."),
    employeeId: nullable(key("The employee whose token made the change.")),
  },
});
export type StatusChange = RowOf<typeof statusChangeRecord>;
