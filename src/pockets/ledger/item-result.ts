import type { Instant } from "../../shared/instant.js";
import type { ItemErrorCode } from "./item.js";
import type { LedgerEntry } from "./ledger-entry.js";
import type { PocketHold } from "./pocket-hold.js";

/** The outcome of one item. */
export type ItemResult = ItemSuccess | ItemRefusal;

export interface ItemSuccess {
  readonly status: "SUCCESS";
  /** The entry that was made; null for a release. */
  readonly entry: LedgerEntry | null;
  /** The hold that was made or changed. */
  readonly hold: PocketHold | null;
  /** What can be spent from the pocket after the item. */
  readonly available: number;
}

export interface ItemRefusal {
  readonly status: "ERROR";
  readonly code: ItemErrorCode;
  /** The entry that used the token, if it is the same merchant's. */
  readonly earlier: LedgerEntry | null;
  /** The hold that the item made before or refers to, if it is the same merchant's. */
  readonly hold: PocketHold | null;
  /** What can be spent from the pocket, if the item reached it. */
  readonly available: number | null;
  /** What is left of the entry or hold that the item refers to. */
  readonly remaining: number | null;
  /** What is wrong with the texts of the item, in words. */
  readonly problem: string | null;
  /** When a limit over time that refused the item gives something back; null if it was not such a limit. */
  readonly resetsAt: Instant | null;
  /** The region in which the phone number was read. */
  readonly phoneNumberRegion: string | null;
}
