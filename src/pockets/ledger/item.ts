import { isAmount } from "../../shared/amount.js";
import type { Instant } from "../../shared/instant.js";
import type { Metadata } from "../../shared/merchant-data.js";
import type { PhoneNumber } from "../../shared/phone-number.js";
import type { UuidV7 } from "../../shared/uuid.js";
import type { PeriodLimit } from "./period-limit.js";

/** What a merchant keeps with an entry. */
export interface ItemData {
  readonly reference: string | null;
  readonly note: string | null;
  readonly metadata: Metadata;
  /** What is wrong with them, in words; null if they can be stored. */
  readonly problem: string | null;
}

/** What the items of a request are, for metrics, traces and messages. */
export type PocketOperation = "charge" | "debit" | "reverse" | "hold" | "capture" | "release";

/** The parts that every item has. Values that could not be read are null, and are refused during settlement. */
interface AnyItem {
  readonly token: UuidV7 | null;
  /** The pocket that the item changes. */
  readonly phoneNumber: PhoneNumber | null;
}

/** Adds an amount to a pocket, which is created if it does not exist. */
export interface ChargeItem extends AnyItem, ItemData {
  readonly kind: "CHARGE";
  /** The phone number as it was sent. */
  readonly writtenPhoneNumber: string;
  readonly amount: number;
}

/** Takes an amount out of a pocket. */
export interface DebitItem extends AnyItem, ItemData {
  readonly kind: "DEBIT";
  readonly writtenPhoneNumber: string;
  readonly amount: number;
}

/** Takes back a charge or a debit, or a part of it. */
export interface ReversalItem extends AnyItem {
  readonly kind: "REVERSAL";
  /** The token of the entry to take back. */
  readonly ofToken: UuidV7 | null;
  /** Null for all that is left of it. */
  readonly amount: number | null;
  readonly note: string | null;
  readonly problem: string | null;
}

/** Reserves an amount of a pocket. */
export interface HoldItem extends AnyItem, ItemData {
  readonly kind: "HOLD";
  readonly writtenPhoneNumber: string;
  readonly amount: number;
  /** Null if the hold stays open until it is captured or released. */
  readonly expiresAt: Instant | null;
}

/** Debits the pocket by an amount that a hold has reserved. */
export interface CaptureItem extends AnyItem {
  readonly kind: "CAPTURE";
  readonly holdToken: UuidV7 | null;
  /** Null for all that is left of the hold. */
  readonly amount: number | null;
  /** Whether the hold is closed even if a part of it is left. */
  readonly isFinal: boolean;
}

/** Closes a hold without a debit. It has no token of its own. */
export interface ReleaseItem {
  readonly kind: "RELEASE";
  readonly token: null;
  readonly phoneNumber: PhoneNumber | null;
  readonly holdToken: UuidV7 | null;
}

/** One item of a request, as it was read. */
export type LedgerItem =
  ChargeItem | DebitItem | ReversalItem | HoldItem | CaptureItem | ReleaseItem;

/** The reason why an item was refused. The GraphQL enum of the same name is built from this one. */
export const PocketEntryErrorCode = {
  DUPLICATE_TOKEN: "DUPLICATE_TOKEN",
  TOKEN_CONFLICT: "TOKEN_CONFLICT",
  INVALID_TOKEN: "INVALID_TOKEN",
  INVALID_PHONE_NUMBER: "INVALID_PHONE_NUMBER",
  INVALID_AMOUNT: "INVALID_AMOUNT",
  INVALID_TEXT: "INVALID_TEXT",
  REFERENCE_TAKEN: "REFERENCE_TAKEN",
  INVALID_EXPIRY: "INVALID_EXPIRY",
  POCKET_NOT_FOUND: "POCKET_NOT_FOUND",
  POCKET_FROZEN: "POCKET_FROZEN",
  INSUFFICIENT_FUNDS: "INSUFFICIENT_FUNDS",
  BELOW_MIN_DEBIT_AMOUNT: "BELOW_MIN_DEBIT_AMOUNT",
  ABOVE_MAX_DEBIT_AMOUNT: "ABOVE_MAX_DEBIT_AMOUNT",
  ABOVE_MAX_POCKET_BALANCE: "ABOVE_MAX_POCKET_BALANCE",
  ABOVE_PERIOD_LIMIT: "ABOVE_PERIOD_LIMIT",
  ENTRY_NOT_FOUND: "ENTRY_NOT_FOUND",
  NOT_REVERSIBLE: "NOT_REVERSIBLE",
  ALREADY_REVERSED: "ALREADY_REVERSED",
  ABOVE_REVERSIBLE_AMOUNT: "ABOVE_REVERSIBLE_AMOUNT",
  REVERSAL_WINDOW_ENDED: "REVERSAL_WINDOW_ENDED",
  HOLD_NOT_FOUND: "HOLD_NOT_FOUND",
  HOLD_EXPIRED: "HOLD_EXPIRED",
  HOLD_CLOSED: "HOLD_CLOSED",
  ABOVE_HELD_AMOUNT: "ABOVE_HELD_AMOUNT",
} as const;
export type PocketEntryErrorCode = keyof typeof PocketEntryErrorCode;

/** The reasons that concern charges alone. */
type ChargeLimitCode = "BELOW_MIN_CHARGE_AMOUNT" | "ABOVE_MAX_CHARGE_AMOUNT";
export type ItemErrorCode = PocketEntryErrorCode | ChargeLimitCode;

/** The numbers and amounts that a pocket group takes; null means no limit. */
export interface GroupLimits {
  readonly phoneNumberRegion: string | null;
  readonly minChargeAmount: number | null;
  readonly maxChargeAmount: number | null;
  readonly maxPocketBalance: number | null;
  readonly minDebitAmount: number | null;
  readonly maxDebitAmount: number | null;
  /** The time in hours after which an entry cannot be reversed any more. */
  readonly reversalWindowHours: number | null;
  readonly periodLimits: readonly PeriodLimit[];
  /** The time zone of the days and months of these limits. */
  readonly timeZone: string;
  /** Whether a merchant can use a reference only once. */
  readonly hasUniqueReferences: boolean;
}

/** Whether an amount of an item is above 0 and exact. */
export function isPositive(amount: number): boolean {
  return isAmount(amount) && amount > 0;
}

/** @returns the reason to refuse the amount of a charge regardless of the pocket's balance, or null. */
export function refuseChargeAmount(amount: number, limits: GroupLimits): ItemErrorCode | null {
  if (!isPositive(amount)) return "INVALID_AMOUNT";
  if (limits.minChargeAmount !== null && amount < limits.minChargeAmount)
    return "BELOW_MIN_CHARGE_AMOUNT";
  if (limits.maxChargeAmount !== null && amount > limits.maxChargeAmount)
    return "ABOVE_MAX_CHARGE_AMOUNT";
  return null;
}

/** @returns the reason to refuse the amount of a debit or a hold regardless of the pocket's balance, or null. */
export function refuseDebitAmount(amount: number, limits: GroupLimits): ItemErrorCode | null {
  if (!isPositive(amount)) return "INVALID_AMOUNT";
  if (limits.minDebitAmount !== null && amount < limits.minDebitAmount)
    return "BELOW_MIN_DEBIT_AMOUNT";
  if (limits.maxDebitAmount !== null && amount > limits.maxDebitAmount)
    return "ABOVE_MAX_DEBIT_AMOUNT";
  return null;
}

/** The distinct tokens of the items and of what they refer to. Settling needs the entries that used them. */
export function tokensOf(items: readonly LedgerItem[]): UuidV7[] {
  return distinct([...items.map(({ token }) => token), ...items.map(referredToken)]);
}

/** The distinct phone numbers of the pockets that the items may change, regardless of the group's limits. */
export function phoneNumbersOf(items: readonly LedgerItem[]): PhoneNumber[] {
  return distinct(items.filter(mayChange).map(({ phoneNumber }) => phoneNumber));
}

/** The token of the entry or hold that the item refers to; null if it refers to none. */
export function referredToken(item: LedgerItem): UuidV7 | null {
  if (item.kind === "REVERSAL") return item.ofToken;
  return item.kind === "CAPTURE" || item.kind === "RELEASE" ? item.holdToken : null;
}

/** The item refers to a token, or has a valid token and amount of its own. */
function mayChange(item: LedgerItem): boolean {
  if (item.kind === "RELEASE") return true;
  return item.token !== null && (item.amount === null || item.amount > 0);
}

function distinct<T>(values: readonly (T | null)[]): T[] {
  return [...new Set(values)].filter((value) => value !== null);
}

/** The items of one merchant's request. */
export interface ItemRequest {
  readonly merchantId: string;
  readonly items: readonly LedgerItem[];
}

/** A reference of a merchant. */
export interface UsedReference {
  readonly merchantId: string;
  readonly reference: string;
}

/** What the settlement of items needs to know of the ledger. */
export interface Wanted {
  /** The pockets to lock. */
  readonly phoneNumbers: readonly PhoneNumber[];
  readonly tokens: readonly UuidV7[];
  /** The tokens of the entries whose reversed amounts are needed. */
  readonly reversedTokens: readonly UuidV7[];
  readonly references: readonly UsedReference[];
  /**
   * Whether the holds are needed: by items that refer to holds or make them, and by items that spend, if their pockets
   * have holds. Charges ignore them.
   */
  readonly needsHolds: "ALWAYS" | "IF_HELD" | "NEVER";
}

export function wantedBy(requests: readonly ItemRequest[]): Wanted {
  const items = requests.flatMap((request) => request.items);
  const reversals = items.filter(({ kind }) => kind === "REVERSAL");
  return {
    phoneNumbers: phoneNumbersOf(items),
    tokens: tokensOf(items),
    reversedTokens: distinct(reversals.map(referredToken)),
    references: items.every((item) => referenceOf(item) === null) ? [] : referencesOf(requests),
    needsHolds: items.some(concernsHolds)
      ? "ALWAYS"
      : items.some(({ kind }) => kind !== "CHARGE")
        ? "IF_HELD"
        : "NEVER",
  };
}

function referencesOf(requests: readonly ItemRequest[]): UsedReference[] {
  return requests.flatMap(({ merchantId, items }) =>
    distinct(items.map(referenceOf)).map((reference) => ({ merchantId, reference })),
  );
}

function referenceOf(item: LedgerItem): string | null {
  return "reference" in item ? item.reference : null;
}

function concernsHolds({ kind }: LedgerItem): boolean {
  return kind === "HOLD" || kind === "CAPTURE" || kind === "RELEASE";
}
