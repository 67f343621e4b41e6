import {
  amount,
  currency,
  dateTime,
  enumeration,
  id,
  integer,
  key,
  nullable,
  reference,
} from "../records/field.js";
import { MERCHANT_DATA } from "../records/merchant-data.js";
import { type RowOf, defineRecord } from "../records/record.js";
import { eventsByWrite } from "../records/record-event.js";
import { OrderStatus } from "./order-status.js";

export const orderRecord = defineRecord({
  name: "Order",
  eventOf: eventsByWrite("ORDER"),
  table: "orders",
  description: "An order of a customer at a merchant, with the details that payments need.",
  fields: {
    merchantId: key("The merchant that the order belongs to."),
    id: id("The record's unique id: a UUIDv7 that the server generates."),
    createdAt: dateTime("When the order was created, by the database's clock.", {
      filter: true,
      sort: true,
    }),
    updatedAt: dateTime("When the order was last updated, by the database's clock.", {
      sort: true,
    }),
    number: integer("A sequential number within the merchant, starting at 1 and without gaps.", {
      sort: true,
    }),
    status: enumeration(
      OrderStatus,
      "The order's status, as the merchant set it. Any status may follow any other.",
      { filter: true },
    ),
    currency: currency("The currency of the order and of all its payments. Never changes."),
    totalInCents: amount("The total price of the order, in the minor unit of its currency.", {
      filter: true,
      sort: true,
    }),
    customerId: nullable(reference("The id of the customer who ordered. Null if unknown.")),
    ...MERCHANT_DATA,
  },
});
export type Order = RowOf<typeof orderRecord>;
