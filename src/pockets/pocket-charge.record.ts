import {
  amount,
  currency,
  dateTime,
  id,
  key,
  nullable,
  phoneNumber,
  text,
  uuid,
  virtual,
} from "../records/field.js";
import { MERCHANT_DATA } from "../records/merchant-data.js";
import { type RowOf, defineRecord } from "../records/record.js";

/** The entries of kind `CHARGE`, which a view selects. */
export const pocketChargeRecord = defineRecord({
  name: "PocketCharge",
  table: "pocket_charges",
  description:
    "An amount that a merchant added to a pocket: an entry of kind `CHARGE`. Charges are never changed or deleted.",
  currencyField: "currency",
  fields: {
    pocketGroupId: key(
      "The group of the charged pocket, which determines the currency and limits.",
      { group: true },
    ),
    pocketGroupSlug: virtual(
      text("The unique name of the pocket group in requests, such as `my-pocket-group`.", {
        filter: true,
        letters: "lower",
      }),
      { key: "pocketGroupId", table: "pocket_groups", column: "slug" },
    ),
    currency: virtual(
      currency("The ISO 4217 code of the amount. All charges in a pocket group have the same.", {
        group: true,
      }),
      {
        key: "pocketGroupId",
        table: "pocket_groups",
        column: "currency",
      },
    ),
    merchantId: key("The merchant that made the charge. Merchants see only their own charges.", {
      group: true,
    }),
    id: id("The charge's unique id: a UUIDv7 that the server generates."),
    token: uuid(
      "The UUIDv7 with which the merchant sent the charge. Unique in the group, so that retries do not charge twice.",
      { filter: true, unique: true },
    ),
    phoneNumber: phoneNumber(
      "The mobile number of the charged pocket in its canonical form, such as `989123456789`.",
      { filter: true, sort: true, group: true },
    ),
    amount: amount(
      "The amount added to the balance, above 0, in the minor unit of the group's currency.",
      {
        filter: true,
        sort: true,
        sum: true,
        average: true,
        extremes: true,
      },
    ),
    balanceAfter: amount(
      "The pocket's balance immediately after this charge, in the minor unit of the group's currency. Later charges do not change it.",
      { filter: true },
    ),
    ...MERCHANT_DATA,
    note: nullable(text("The text for people that was sent. Null if there is none.")),
    createdAt: dateTime(
      "When the charge was made. Charges that are made together in one request share it.",
      { filter: true, sort: true, extremes: true, group: true },
    ),
  },
});
export type PocketCharge = RowOf<typeof pocketChargeRecord>;
