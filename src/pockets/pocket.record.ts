import { type Sql, sql } from "../database/sql.js";
import {
  amount,
  boolean,
  computed,
  currency,
  dateTime,
  enumeration,
  id,
  key,
  nullable,
  phoneNumber,
  text,
  virtual,
} from "../records/field.js";
import { type RowOf, defineRecord } from "../records/record.js";
import { PocketFreeze } from "./ledger/pocket-freeze.js";

/** What the open holds of a pocket reserve. Most pockets have none, and need no look at them. */
function heldAmountOf(pocket: Sql): Sql {
  return sql`case when ${pocket}.held_amount = 0 then 0 else coalesce((
    select sum(holds.amount - holds.captured_amount) from pocket_holds holds
    where holds.pocket_group_id = ${pocket}.pocket_group_id and holds.phone_number = ${pocket}.phone_number
      and holds.status = 'OPEN' and (holds.expires_at is null or holds.expires_at > statement_timestamp())
  ), 0)::bigint end`;
}

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
      "The balance, which is the sum of all entries, in the minor unit of the group's currency.",
      {
        filter: true,
        sort: true,
        sum: true,
        average: true,
        extremes: true,
      },
    ),
    heldAmount: computed(
      amount("What open holds reserve of the balance, in the minor unit of the group's currency.", {
        filter: true,
        sum: true,
      }),
      heldAmountOf,
    ),
    available: computed(
      amount(
        "What can be spent: the balance without what open holds reserve, in the minor unit of the group's currency. Never below 0.",
        { filter: true, sort: true, sum: true },
      ),
      (pocket) => sql`(${pocket}.balance - ${heldAmountOf(pocket)})`,
    ),
    isFrozen: computed(
      boolean("Whether anything is refused by a freeze; see `freezeScope`.", { filter: true }),
      (pocket) => sql`(${pocket}.freeze_scope <> 'NONE')`,
    ),
    freezeScope: enumeration(PocketFreeze, "Which changes of the pocket are refused.", {
      filter: true,
    }),
    freezeReason: nullable(
      text("Why the pocket was frozen, or why the freeze was lifted. Null if no reason was given."),
    ),
    createdAt: dateTime("When the first charge created the pocket.", {
      filter: true,
      sort: true,
      extremes: true,
      group: true,
    }),
    updatedAt: dateTime("When the pocket was last changed, by an entry, a hold or a freeze.", {
      filter: true,
      sort: true,
      extremes: true,
    }),
  },
});
export type Pocket = RowOf<typeof pocketRecord>;
