import { type Sql, sql } from "../database/sql.js";
import {
  amount,
  computed,
  currency,
  dateTime,
  enumeration,
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
import { PocketHoldStatus } from "./ledger/ledger-hold.record.js";

/** Whether a hold has expired and is still stored as open: it is closed with the next change of its pocket. */
function hasExpired(hold: Sql): Sql {
  return sql`${hold}.status = 'OPEN' and ${hold}.expires_at <= statement_timestamp()`;
}

export const pocketHoldRecord = defineRecord({
  name: "PocketHold",
  table: "pocket_holds",
  description:
    "An amount of a pocket that a merchant has reserved. It cannot be spent otherwise until the hold is captured, released or expired.",
  currencyField: "currency",
  fields: {
    pocketGroupId: key("The group of the pocket, which determines the currency and limits.", {
      group: true,
    }),
    pocketGroupSlug: virtual(
      text("The unique name of the pocket group in requests, such as `my-pocket-group`.", {
        filter: true,
        letters: "lower",
      }),
      { key: "pocketGroupId", table: "pocket_groups", column: "slug" },
    ),
    currency: virtual(
      currency("The ISO 4217 code of the amount. All holds in a pocket group have the same.", {
        group: true,
      }),
      { key: "pocketGroupId", table: "pocket_groups", column: "currency" },
    ),
    merchantId: key("The merchant that made the hold. Merchants see only their own holds.", {
      group: true,
    }),
    id: id("The hold's unique id: a UUIDv7 that the server generates."),
    token: uuid(
      "The UUIDv7 with which the merchant sent the hold. Unique in the group over charges, debits, reversals and holds, so that retries have no effect.",
      { filter: true, unique: true },
    ),
    phoneNumber: phoneNumber(
      "The mobile number of the pocket in its canonical form, such as `989123456789`.",
      { filter: true, sort: true, group: true },
    ),
    amount: amount(
      "The amount that the hold reserved, in the minor unit of the group's currency.",
      {
        filter: true,
        sort: true,
        sum: true,
        average: true,
        extremes: true,
      },
    ),
    capturedAmount: amount(
      "How much of it was captured, in the minor unit of the group's currency.",
      { filter: true, sum: true },
    ),
    status: computed(
      enumeration(PocketHoldStatus, "Whether the hold still reserves an amount.", {
        filter: true,
        group: true,
      }),
      (hold) => sql`case when ${hasExpired(hold)} then 'EXPIRED' else ${hold}.status end`,
    ),
    expiresAt: nullable(
      dateTime("When the hold expires. Null if it stays open until it is captured or released.", {
        filter: true,
        sort: true,
      }),
    ),
    closedAt: computed(
      nullable(
        dateTime("When the hold was captured, released or expired. Null while it is open.", {
          filter: true,
        }),
      ),
      (hold) =>
        sql`case when ${hasExpired(hold)} then ${hold}.expires_at else ${hold}.closed_at end`,
    ),
    ...MERCHANT_DATA,
    note: nullable(text("The text for people that was sent. Null if there is none.")),
    createdAt: dateTime("When the amount was reserved. Holds of one request share it.", {
      filter: true,
      sort: true,
      extremes: true,
      group: true,
    }),
    updatedAt: dateTime("When the hold was last changed by the merchant.", {
      filter: true,
      sort: true,
    }),
  },
});
export type PocketHoldRow = RowOf<typeof pocketHoldRecord>;
