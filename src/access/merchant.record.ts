import { boolean, currency, dateTime, id, text } from "../records/field.js";
import { type RowOf, defineRecord } from "../records/record.js";

export const merchantRecord = defineRecord({
  name: "Merchant",
  table: "merchants",
  description:
    "A business that charges pockets and records payments. Merchants are tenants: each sees only its own records.",
  fields: {
    id: id("The record's unique id: a UUIDv7 that the server generates."),
    name: text("The merchant's name. Not necessarily unique.", {
      filter: true,
      sort: true,
    }),
    isActive: boolean(
      "Whether the merchant's tokens are accepted. If false, all its requests are `FORBIDDEN`.",
      { filter: true },
    ),
    defaultCurrency: currency(
      "The currency of payments that specify none and belong to no order. Initially USD.",
    ),
    createdAt: dateTime("When the merchant was created, by the database's clock.", {
      filter: true,
      sort: true,
    }),
    updatedAt: dateTime("When the merchant was last updated, by the database's clock.", {
      sort: true,
    }),
  },
});
export type Merchant = RowOf<typeof merchantRecord>;
