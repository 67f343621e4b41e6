import { amount, currency, dateTime, id, key, text, uuid, virtual } from "../listing/field.js";
import { type RowOf, defineRecord } from "../listing/record.js";

export const pocketChargeRecord = defineRecord({
  name: "PocketCharge",
  table: "pocket_charges",
  description: "An amount that a merchant added to a pocket. Never changed and never removed.",
  currencyField: "currency",
  fields: {
    pocketGroupId: key("The group of the charged pocket.", { group: true }),
    pocketGroupSlug: virtual(
      text("The slug of the charged pocket's group.", { filter: true, letters: "lower" }),
      { key: "pocketGroupId", table: "pocket_groups", column: "slug" },
    ),
    currency: virtual(currency("The currency of the charged pocket's group.", { group: true }), {
      key: "pocketGroupId",
      table: "pocket_groups",
      column: "currency",
    }),
    merchantId: key("The merchant that made the charge.", { group: true }),
    id: id("The charge's UUIDv7, made by the server."),
    token: uuid(
      "The merchant's UUIDv7 that makes the charge safe to repeat; unique in the group.",
      { filter: true },
    ),
    phoneNumber: text(
      "The mobile number of the charged pocket in its stored form, such as `989123456789`.",
      { filter: true, sort: true, group: true, letters: "lower" },
    ),
    amount: amount("What was added to the balance, in the group's currency; above 0.", {
      filter: true,
      sort: true,
      sum: true,
      average: true,
      extremes: true,
    }),
    balanceAfter: amount("The pocket's balance right after this charge.", { filter: true }),
    createdAt: dateTime(
      "When the charge was made. All charges of one request made together share it.",
      { filter: true, sort: true, extremes: true, group: true },
    ),
  },
});
export type PocketCharge = RowOf<typeof pocketChargeRecord>;
