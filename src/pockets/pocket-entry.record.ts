import { type Sql, sql } from "../database/sql.js";
import {
  amount,
  computed,
  currency,
  dateTime,
  derivedId,
  enumeration,
  key,
  nullable,
  phoneNumber,
  reference,
  text,
  uuid,
  virtual,
} from "../records/field.js";
import { MERCHANT_DATA } from "../records/merchant-data.js";
import { type RowOf, defineRecord } from "../records/record.js";
import { PocketEntryKind } from "./ledger/ledger-entry.js";

/** How much of an entry was taken back. */
export function reversedAmountOf(entry: Sql): Sql {
  return sql`coalesce((
    select sum(abs(reversals.amount)) from pocket_ledger reversals
    where reversals.pocket_group_id = ${entry}.pocket_group_id and reversals.reversal_of_id = ${entry}.id
  ), 0)::bigint`;
}

export const pocketEntryRecord = defineRecord({
  name: "PocketEntry",
  table: "pocket_entries",
  description:
    "A movement of a pocket: a charge, a debit or a reversal. The balance of a pocket is the sum of its entries. Entries are never changed or deleted.",
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
      currency("The ISO 4217 code of the amount. All entries in a pocket group have the same.", {
        group: true,
      }),
      { key: "pocketGroupId", table: "pocket_groups", column: "currency" },
    ),
    merchantId: key("The merchant that made the entry. Merchants see only their own entries.", {
      group: true,
    }),
    id: derivedId(
      "The entry's own id: a UUIDv8 that the server derives from the id of its charge, debit or reversal by changing the version digit from 7 to 8. Filters by it also accept that id.",
    ),
    token: uuid(
      "The UUIDv7 with which the merchant sent the item. Unique in the group over charges, debits, reversals and holds, so that retries have no effect.",
      { filter: true, unique: true },
    ),
    kind: enumeration(PocketEntryKind, "What changed the balance.", {
      filter: true,
      sort: true,
      group: true,
    }),
    phoneNumber: phoneNumber(
      "The mobile number of the pocket in its canonical form, such as `989123456789`.",
      { filter: true, sort: true, group: true },
    ),
    amount: amount(
      "The effect on the balance in the minor unit of the group's currency: above 0 if it was added, below 0 if it was taken out.",
      { filter: true, sort: true, sum: true, average: true, extremes: true },
    ),
    balanceAfter: amount(
      "The pocket's balance immediately after this entry, in the minor unit of the group's currency. Later entries do not change it.",
      { filter: true },
    ),
    reversalOfId: nullable(
      reference("The id of the entry that this reversal takes back. Null for other kinds.", {
        derivation: "version",
      }),
    ),
    pocketHoldId: nullable(
      reference("The id of the hold that this debit captures. Null if there is none."),
    ),
    reversedAmount: virtual(
      computed(
        amount("How much of this entry was taken back by reversals.", { filter: true }),
        reversedAmountOf,
      ),
    ),
    ...MERCHANT_DATA,
    note: nullable(text("The text for people that was sent. Null if there is none.")),
    createdAt: dateTime(
      "When the entry was made. Entries that are made together in one request share it.",
      { filter: true, sort: true, extremes: true, group: true },
    ),
  },
});
export type PocketEntry = RowOf<typeof pocketEntryRecord>;
