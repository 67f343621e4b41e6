import {
  amount,
  currency,
  dateTime,
  id,
  key,
  phoneNumber,
  text,
  uuid,
  virtual,
} from "../records/field.js";
import { type RowOf, defineRecord } from "../records/record.js";

export const pocketChargeRecord = defineRecord({
  name: "PocketCharge",
  table: "pocket_charges",
  description: "An amount that a merchant added to a pocket. Never changed and never removed.",
  currencyField: "currency",
  fields: {
    pocketGroupId: key("The wallet programme that was charged in.", { group: true }),
    pocketGroupSlug: virtual(
      text("The name in requests of the group that was charged in, such as `my-pocket-group`.", {
        filter: true,
        letters: "lower",
      }),
      { key: "pocketGroupId", table: "pocket_groups", column: "slug" },
    ),
    currency: virtual(
      currency("The ISO 4217 code of the amount: one for the whole group.", { group: true }),
      {
        key: "pocketGroupId",
        table: "pocket_groups",
        column: "currency",
      },
    ),
    merchantId: key("Whose token made it: merchants see their own alone.", { group: true }),
    id: id("The charge's UUIDv7, made by the server."),
    token: uuid(
      "The merchant's UUIDv7 that makes the charge safe to repeat; unique in the group.",
      { filter: true, unique: true },
    ),
    phoneNumber: phoneNumber(
      "The mobile number of the charged pocket in its stored form, such as `989123456789`.",
      { filter: true, sort: true, group: true },
    ),
    amount: amount(
      "What was added to the balance, in the minor unit of the group's currency; above 0.",
      {
        filter: true,
        sort: true,
        sum: true,
        average: true,
        extremes: true,
      },
    ),
    balanceAfter: amount(
      "What the pocket held right after this charge, which later ones do not change.",
      { filter: true },
    ),
    createdAt: dateTime(
      "When the charge was made. All charges of one request made together share it.",
      { filter: true, sort: true, extremes: true, group: true },
    ),
  },
});
export type PocketCharge = RowOf<typeof pocketChargeRecord>;
