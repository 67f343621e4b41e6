import { boolean, currency, dateTime, id, text } from "../records/field.js";
import { type RowOf, defineRecord } from "../records/record.js";

export const merchantRecord = defineRecord({
  name: "Merchant",
  table: "merchants",
  description:
    "The tenant: a business that charges pockets and takes payments. What belongs to one merchant is invisible to all others.",
  fields: {
    id: id("A UUIDv7 made by the server; never changed."),
    name: text("The name that people know the merchant by; two may share one.", {
      filter: true,
      sort: true,
    }),
    isActive: boolean(
      "False stops every token of the merchant: all its requests are `FORBIDDEN`.",
      { filter: true },
    ),
    defaultCurrency: currency(
      "The currency of payments that name none and belong to no order; USD unless it was set.",
    ),
    createdAt: dateTime("When the merchant was recorded, by the database's clock; never changed.", {
      filter: true,
      sort: true,
    }),
    updatedAt: dateTime("When the merchant was last changed.", { sort: true }),
  },
});
export type Merchant = RowOf<typeof merchantRecord>;
