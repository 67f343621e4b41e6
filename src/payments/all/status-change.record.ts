import { dateTime, hidden, id, key, nullable, text } from "../../records/field.js";
import { type RowOf, defineRecord } from "../../records/record.js";

/** One step of a payment from status to status. Each kind of payment shows it by a type of its own. */
export const statusChangeRecord = defineRecord({
  name: "StatusChange",
  table: "payment_status_changes",
  description: "One step of a payment from status to status, kept permanently.",
  fields: {
    merchantId: key("The merchant that the payment belongs to."),
    paymentId: key("The charge, refund or authorization."),
    id: hidden(id("A UUIDv7 made by the server; never changed.")),
    fromStatus: hidden(nullable(text("The previous status; null when the record was created."))),
    toStatus: hidden(text("What was entered.")),
    at: dateTime("When it was recorded, by the database's clock."),
    employeeId: nullable(key("The employee whose token made the change.")),
  },
});
export type StatusChange = RowOf<typeof statusChangeRecord>;
