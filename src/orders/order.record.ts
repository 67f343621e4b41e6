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
import { type RowOf, defineRecord } from "../records/record.js";
import { OrderStatus } from "./order-status.js";

export const orderRecord = defineRecord({
  name: "Order",
  table: "orders",
  description: "What a customer ordered from a merchant, as far as payments need to know it.",
  fields: {
    merchantId: key("The merchant that the order belongs to."),
    id: id("A UUIDv7 made by the server; never changed."),
    createdAt: dateTime("When the order was recorded, by the database's clock; never changed.", {
      filter: true,
      sort: true,
    }),
    updatedAt: dateTime("When the order was last changed.", { sort: true }),
    number: integer("Counted from 1 at each merchant, without gaps.", { sort: true }),
    status: enumeration(
      OrderStatus,
      "How far it has come, in the merchant's own judgement: any status may follow any.",
      { filter: true },
    ),
    currency: currency("The currency of the order and of all its payments; never changed."),
    totalInCents: amount("What the order costs, in the minor unit of its currency.", {
      filter: true,
      sort: true,
    }),
    customerId: nullable(reference("The id of who ordered; null when that is not known.")),
  },
});
export type Order = RowOf<typeof orderRecord>;
