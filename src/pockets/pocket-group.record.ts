import {
  amount,
  boolean,
  currency,
  dateTime,
  id,
  integer,
  json,
  nullable,
  text,
} from "../records/field.js";
import { type RowOf, defineRecord } from "../records/record.js";
import type { PeriodLimit } from "./ledger/period-limit.js";

export const pocketGroupRecord = defineRecord({
  name: "PocketGroup",
  table: "pocket_groups",
  description: "A wallet programme: a set of pockets with the same currency and limits.",
  fields: {
    id: id("The record's unique id: a UUIDv7 that the server generates."),
    slug: text("The group's unique name in requests, such as `my-pocket-group`. Never changes.", {
      filter: true,
      sort: true,
      letters: "lower",
    }),
    name: text("The group's display name. Not necessarily unique.", { filter: true, sort: true }),
    currency: currency("The currency of every balance and entry in the group. Never changes.", {
      filter: true,
    }),
    phoneNumberRegion: nullable(
      text(
        "The ISO 3166-1 alpha-2 code of the country whose mobile numbers the group takes, such as `IR`. Null if it takes the numbers of any country.",
        { filter: true, sort: true, letters: "upper" },
      ),
    ),
    isActive: boolean(
      "Whether the group's pockets can be changed. If false, its records can still be read.",
      { filter: true },
    ),
    minChargeAmount: nullable(
      amount(
        "The minimum amount of one charge, in the minor unit of the currency. Null if any amount above 0 is allowed.",
      ),
    ),
    maxChargeAmount: nullable(
      amount(
        "The maximum amount of one charge, in the minor unit of the currency. Null for no limit.",
      ),
    ),
    maxPocketBalance: nullable(
      amount(
        "The maximum balance that a charge may result in, in the minor unit of the currency. Null for no limit.",
      ),
    ),
    minDebitAmount: nullable(
      amount(
        "The minimum amount of one debit or hold, in the minor unit of the currency. Null if any amount above 0 is allowed.",
      ),
    ),
    maxDebitAmount: nullable(
      amount(
        "The maximum amount of one debit or hold, in the minor unit of the currency. Null for no limit.",
      ),
    ),
    reversalWindowHours: nullable(
      integer(
        "The number of hours after which a charge or debit can no longer be reversed. Null for no limit.",
      ),
    ),
    hasUniqueReferences: boolean(
      "Whether a merchant can use each `reference` only once in this group. If false, references may repeat.",
    ),
    timeZone: text(
      "The IANA time zone in which days and months of `periodLimits` begin, such as `Asia/Tehran`.",
    ),
    periodLimits: json<readonly PeriodLimit[]>(
      "What a pocket may be charged or debited in a day, a month or some hours.",
    ),
    createdAt: dateTime("When the group was created, by the database's clock.", {
      filter: true,
      sort: true,
    }),
    updatedAt: dateTime("When the group was last updated, by the database's clock.", {
      filter: true,
      sort: true,
    }),
  },
});
export type PocketGroup = RowOf<typeof pocketGroupRecord>;
