import {
  amount,
  currency,
  dateTime,
  id,
  key,
  phoneNumber,
  text,
  virtual,
} from "../records/field.js";
import { type RowOf, defineRecord } from "../records/record.js";

export const pocketRecord = defineRecord({
  name: "Pocket",
  table: "pockets",
  description:
    "One user's balance in a pocket group. Made by its first charge and found by phone number.",
  currencyField: "currency",
  fields: {
    pocketGroupId: key("The wallet programme that the pocket belongs to.", { group: true }),
    pocketGroupSlug: virtual(
      text("The name in requests of the group that it belongs to, such as `my-pocket-group`.", {
        filter: true,
        letters: "lower",
      }),
      { key: "pocketGroupId", table: "pocket_groups", column: "slug" },
    ),
    currency: virtual(
      currency("The ISO 4217 code of the balance: one for the whole group.", { group: true }),
      {
        key: "pocketGroupId",
        table: "pocket_groups",
        column: "currency",
      },
    ),
    id: id("A UUIDv7 made by the server; never changed."),
    phoneNumber: phoneNumber(
      "The user's mobile number in its stored form, such as `989123456789`.",
      { filter: true, sort: true, unique: true },
    ),
    balance: amount(
      "The sum of all charges of the pocket, in the minor unit of the group's currency.",
      {
        filter: true,
        sort: true,
        sum: true,
        average: true,
        extremes: true,
      },
    ),
    createdAt: dateTime("When the first charge made the pocket.", {
      filter: true,
      sort: true,
      extremes: true,
      group: true,
    }),
    updatedAt: dateTime("When the last charge changed the balance.", {
      filter: true,
      sort: true,
      extremes: true,
    }),
  },
});
export type Pocket = RowOf<typeof pocketRecord>;
