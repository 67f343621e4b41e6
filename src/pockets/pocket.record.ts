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
    "A user's balance in a pocket group, identified by phone number. The first charge creates it.",
  currencyField: "currency",
  fields: {
    pocketGroupId: key("The pocket's group, which determines its currency and limits.", {
      group: true,
    }),
    pocketGroupSlug: virtual(
      text("The unique name of the pocket's group in requests, such as `my-pocket-group`.", {
        filter: true,
        letters: "lower",
      }),
      { key: "pocketGroupId", table: "pocket_groups", column: "slug" },
    ),
    currency: virtual(
      currency("The ISO 4217 code of the balance. All pockets in a group have the same.", {
        group: true,
      }),
      {
        key: "pocketGroupId",
        table: "pocket_groups",
        column: "currency",
      },
    ),
    id: id("The record's unique id: a UUIDv7 that the server generates."),
    phoneNumber: phoneNumber(
      "The user's mobile number in its canonical form, such as `989123456789`.",
      { filter: true, sort: true, unique: true },
    ),
    balance: amount(
      "The balance, which is the sum of all charges, in the minor unit of the group's currency.",
      {
        filter: true,
        sort: true,
        sum: true,
        average: true,
        extremes: true,
      },
    ),
    createdAt: dateTime("When the first charge created the pocket.", {
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
