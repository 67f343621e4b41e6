import { formatTime } from "../shared/time.js";
import { refusesCredits, refusesDebits } from "./freeze.js";
import { moneyText } from "./pocket-money.js";
import type { Entry, Freeze, Group, Hold } from "./pocket-queries.js";

const HOUR_MS = 3_600_000;

const KINDS: Readonly<Record<Entry["kind"], string>> = {
  CHARGE: "Charge",
  DEBIT: "Debit",
  EXPIRY: "Expiry",
  REVERSAL: "Reversal",
};

/** What tells the kinds of entries apart. */
interface NamedEntry {
  readonly kind: Entry["kind"];
  readonly pocketHold: object | null;
  readonly reversalOf: { readonly kind: Entry["kind"] } | null;
}

/** What an entry is, in words. */
export function nameOf(entry: NamedEntry): string {
  if (entry.kind === "DEBIT" && entry.pocketHold) return "Capture of a hold";
  if (entry.kind === "REVERSAL" && entry.reversalOf) {
    return `Reversal of a ${KINDS[entry.reversalOf.kind].toLowerCase()}`;
  }
  return KINDS[entry.kind];
}

const TOKEN_END_LENGTH = 8;

/** An entry in words that tell it from others of the same amount. */
export function describe(entry: Entry, group: Group): string {
  return describeAs(KINDS[entry.kind].toLowerCase(), entry, group);
}

/** A hold in such words. */
export function describeHold(hold: Hold, group: Group): string {
  return describeAs("hold", hold, group);
}

/** Tokens that are made at the same time begin alike, so the end tells them apart. */
function describeAs(noun: string, made: Entry | Hold, group: Group): string {
  const { amount, createdAt, reference, token } = made;
  const sum = moneyText(Math.abs(amount), group);
  // The isolates keep a reference in another script from reordering the sentence.
  const which =
    reference === null
      ? `token ending in ${token.slice(-TOKEN_END_LENGTH)}`
      : `reference \u2068${reference}\u2069`;
  return `${noun} of ${sum} on ${formatTime(createdAt)}, ${which}`;
}

/** What can still be taken back of an entry. */
export function reversibleAmountOf(entry: Entry): number {
  const isReversible = entry.kind === "CHARGE" || entry.kind === "DEBIT";
  return isReversible ? Math.abs(entry.amount) - entry.reversedAmount : 0;
}

/** Whether the group's time for reversals has passed. */
export function isTooOldToReverse(entry: Entry, group: Group): boolean {
  const hours = group.reversalWindowHours;
  return hours !== null && Date.now() > Date.parse(entry.createdAt) + hours * HOUR_MS;
}

/** The reversal of a charge takes out, that of a debit adds. */
export function refusesReversal(entry: Entry, freeze: Freeze): boolean {
  return entry.kind === "CHARGE" ? refusesDebits(freeze) : refusesCredits(freeze);
}

/** What a hold still reserves, if it is open. */
export function uncapturedAmountOf(hold: Hold): number {
  return hold.amount - hold.capturedAmount;
}
