import { type RowIn, column, rowOf } from "../../database/row.js";
import { type ValueOf, defineEnumeration } from "../../shared/enumeration.js";
import type { Metadata } from "../../shared/merchant-data.js";
import type { PhoneNumber } from "../../shared/phone-number.js";
import type { UuidV7 } from "../../shared/uuid.js";

/** The kinds of entries that change a balance. */
export const PocketEntryKind = defineEnumeration(
  "PocketEntryKind",
  "What changed the balance of a pocket.",
  {
    CHARGE: "A merchant added an amount (top-up).",
    DEBIT: "A merchant took out an amount, directly or by capturing a hold.",
    REVERSAL: "A merchant took back a charge or a debit, or a part of it.",
    EXPIRY: "Reserved for amounts that expire. No entry has this kind yet.",
  },
);
export type PocketEntryKind = ValueOf<typeof PocketEntryKind>;

/** What a token was used for. `HOLD` reserves an amount and leaves the balance as it is. */
export type LedgerKind = PocketEntryKind | "HOLD";

/**
 * One row of `pocket_ledger`, the append-only list of a group: what a token was used for. A pocket's balance is the sum
 * of the amounts of its rows.
 */
export const LEDGER_ENTRY = rowOf({
  pocketGroupId: column.uuid(),
  merchantId: column.uuid(),
  id: column.uuid<UuidV7>(),
  token: column.uuid<UuidV7>(),
  kind: column.text<LedgerKind>(),
  phoneNumber: column.text<PhoneNumber>(),
  /** The effect on the balance: above 0 for money in, below 0 for money out, 0 for a hold. */
  amount: column.bigint(),
  balanceAfter: column.bigint(),
  /** The entry that a reversal takes back. */
  reversalOfId: column.nullable(column.uuid<UuidV7>()),
  /** The hold that a debit captures. */
  pocketHoldId: column.nullable(column.uuid<UuidV7>()),
  reference: column.nullable(column.text()),
  note: column.nullable(column.text()),
  metadata: column.json<Metadata>(),
  /** The reference, if the group wants the references of a merchant to be unique. */
  uniqueReference: column.nullable(column.text()),
  createdAt: column.timestamp(),
});
export type LedgerEntry = RowIn<typeof LEDGER_ENTRY>;
