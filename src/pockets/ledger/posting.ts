import type { PhoneNumber } from "../../shared/phone-number.js";
import type { UuidV7 } from "../../shared/uuid.js";
import type { LedgerItem, PocketOperation } from "./item.js";

/** What a merchant asks of the pockets of one group. */
export interface Posting {
  /** What the items are, for metrics and traces. */
  readonly operation: PocketOperation;
  /** The argument that lists the items, for errors. */
  readonly argument: string;
  readonly count: number;
  /** The tokens of the entries and holds that the items refer to. */
  readonly refersTo: readonly UuidV7[];
  /**
   * Reads the items.
   *
   * @param region the region of the group, in which phone numbers are read.
   * @param pocketOf the pocket in which a token was used, for items that refer to an earlier one.
   */
  readonly read: (region: string | null, pocketOf: PocketOfToken) => readonly LedgerItem[];
}

export type PocketOfToken = (token: UuidV7) => PhoneNumber | null;
