import { amount, boolean, currency, dateTime, id, nullable, text } from "../records/field.js";
import { type RowOf, defineRecord } from "../records/record.js";

export const pocketGroupRecord = defineRecord({
  name: "PocketGroup",
  table: "pocket_groups",
  description:
    "A named wallet programme: the pockets of one purpose, in one currency, under one set of limits.",
  fields: {
    id: id("A UUIDv7 made by the server; never changed."),
    slug: text(
      "The group's name in requests, such as `my-pocket-group`; unique and never changed.",
      { filter: true, sort: true, letters: "lower" },
    ),
    name: text("What people call the group; two may share a name.", { filter: true, sort: true }),
    currency: currency("The currency of every balance and charge in the group; never changed.", {
      filter: true,
    }),
    isActive: boolean("False refuses all charges; reading goes on.", { filter: true }),
    minChargeAmount: nullable(
      amount(
        "The least that one charge may add, in the minor unit of the currency; null for any amount above 0.",
      ),
    ),
    maxChargeAmount: nullable(
      amount(
        "The most that one charge may add, in the minor unit of the currency; null for no limit.",
      ),
    ),
    maxPocketBalance: nullable(
      amount("The balance that no charge may lift a pocket over; null for no limit."),
    ),
    createdAt: dateTime("When the group was recorded, by the database's clock; never changed.", {
      filter: true,
      sort: true,
    }),
    updatedAt: dateTime("When the group was last changed.", { filter: true, sort: true }),
  },
});
export type PocketGroup = RowOf<typeof pocketGroupRecord>;
