import type { Instant } from "../../shared/instant.js";
import type { PhoneNumber } from "../../shared/phone-number.js";
import type { UsedReference } from "./item.js";
import type { LedgerEntry } from "./ledger-entry.js";
import type { PocketFreeze } from "./pocket-freeze.js";
import type { PocketHold } from "./pocket-hold.js";

/** A pocket that the transaction has locked. */
export interface LockedPocket {
  readonly balance: number;
  /** The stored sum of its holds, which includes holds that have expired since it was written. */
  readonly heldAmount: number;
  readonly freezeScope: PocketFreeze;
  /** The number of its events so far. */
  readonly eventCount: number;
}

/** The state that the items are settled against. Its pockets are locked. */
export interface Ledger {
  /** The entries that already used one of the items' tokens, or that the items refer to. */
  readonly entries: readonly LedgerEntry[];
  /** The holds with one of these tokens, and those of the items' pockets that have expired and are stored as open. */
  readonly holds: readonly PocketHold[];
  /** How much of an entry was taken back, by its id. Entries that were not reversed are missing. */
  readonly reversedAmounts: ReadonlyMap<string, number>;
  /** The references of the items that were used before, where they must be unique. */
  readonly usedReferences: readonly UsedReference[];
  /** The items' pockets. Pockets that do not exist yet are missing. */
  readonly pockets: ReadonlyMap<PhoneNumber, LockedPocket>;
  /** A time after the locks were taken, so that a pocket's entries are in the same order by time and by balance. */
  readonly now: Instant;
  /** The position of the new events: at least that of their pockets' earlier events. Null for sample data in the past. */
  readonly position: number | null;
}

/** What settling adds to the ledger and changes in it. */
export interface LedgerChanges {
  readonly newEntries: readonly LedgerEntry[];
  readonly newHolds: readonly PocketHold[];
  /** The holds that were captured or released, or have expired. */
  readonly changedHolds: readonly PocketHold[];
  /** The pockets with another balance or other holds, including new pockets. */
  readonly changedPockets: ReadonlyMap<PhoneNumber, PocketAmounts>;
}

export interface PocketAmounts {
  readonly balance: number;
  readonly heldAmount: number;
  readonly eventCount: number;
}
