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

/** What a token was used for. `HOLD` reserves an amount and leaves the balance as it is. */
export type LedgerKind = PocketEntryKind | "HOLD";

/**
 * One row of `pocket_ledger`, the append-only list of a group: what a token was used for. A pocket's balance is the sum
 * of the amounts of its rows.
 */
export interface LedgerEntry {
  readonly pocketGroupId: string;
  readonly merchantId: string;
  readonly id: UuidV7;
  readonly token: UuidV7;
  readonly kind: LedgerKind;
  readonly phoneNumber: PhoneNumber;
  /** The effect on the balance: above 0 for money in, below 0 for money out, 0 for a hold. */
  readonly amount: number;
  readonly balanceAfter: number;
  /** The entry that a reversal takes back. */
  readonly reversalOfId: UuidV7 | null;
  /** The hold that a debit captures. */
  readonly pocketHoldId: UuidV7 | null;
  readonly reference: string | null;
  readonly note: string | null;
  readonly metadata: Metadata;
  /** The reference, if the group wants the references of a merchant to be unique. */
  readonly uniqueReference: string | null;
  readonly createdAt: Instant;
}
