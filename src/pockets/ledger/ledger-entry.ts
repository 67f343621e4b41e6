import { type ValueOf, defineEnumeration } from "../../shared/enumeration.js";
import type { Instant } from "../../shared/instant.js";
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

/** The kinds of rows that do not change the balance. */
export type LedgerNote = "HOLD" | "RELEASE" | "HOLD_EXPIRY" | "FREEZE" | "UNFREEZE";

/** The kinds of rows. */
export type LedgerKind = PocketEntryKind | LedgerNote;

/**
 * One row of `pocket_ledger`, the append-only list of a group: one event of a pocket. A pocket's balance is the sum of
 * the amounts of its rows.
 */
export interface LedgerEntry {
  readonly pocketGroupId: string;
  readonly merchantId: string;
  readonly id: UuidV7;
  /** The token of the item. Rows without an item, such as releases, have a new one. */
  readonly token: UuidV7;
  readonly kind: LedgerKind;
  readonly phoneNumber: PhoneNumber;
  /** The effect on the balance: above 0 for money in, below 0 for money out, 0 for all other events. */
  readonly amount: number;
  readonly balanceAfter: number;
  /** The entry that a reversal takes back. */
  readonly reversalOfId: UuidV7 | null;
  /** The hold that a debit captures, or whose release or expiry the row is. */
  readonly pocketHoldId: UuidV7 | null;
  readonly reference: string | null;
  readonly note: string | null;
  readonly metadata: Metadata;
  /** The reference, if the group wants the references of a merchant to be unique. */
  readonly uniqueReference: string | null;
  /** The number of the event among those of its pocket, from 1. Null for sample data in the past, which is not an event. */
  readonly sequence: number | null;
  readonly createdAt: Instant;
}
