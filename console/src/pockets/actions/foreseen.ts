import { reversibleAmountOf, uncapturedAmountOf } from "../entry.js";
import type { Entry, Group, Hold, Pocket } from "../pocket-queries.js";
import { refusalTextOf } from "./refusals.js";

/** Why the server would refuse an amount, as far as the page knows it; undefined if it knows no reason. */
export type Foreseen = string | undefined;

/** @param pocket null if it is not known, such as that of a new number. */
export function foreseeCharge(
  amount: number,
  pocket: Pick<Pocket, "balance"> | null,
  group: Group,
): Foreseen {
  const { minChargeAmount, maxChargeAmount, maxPocketBalance } = group;
  if (isBelow(amount, minChargeAmount)) return refusalTextOf("BELOW_MIN_CHARGE_AMOUNT", group);
  if (isAbove(amount, maxChargeAmount)) return refusalTextOf("ABOVE_MAX_CHARGE_AMOUNT", group);
  return isAbove((pocket?.balance ?? 0) + amount, maxPocketBalance)
    ? refusalTextOf("ABOVE_MAX_POCKET_BALANCE", group)
    : undefined;
}

/** Also for a hold, which has the limits of a debit. */
export function foreseeDebit(amount: number, { available }: Pocket, group: Group): Foreseen {
  const { minDebitAmount, maxDebitAmount } = group;
  if (isBelow(amount, minDebitAmount)) return refusalTextOf("BELOW_MIN_DEBIT_AMOUNT", group);
  if (isAbove(amount, maxDebitAmount)) return refusalTextOf("ABOVE_MAX_DEBIT_AMOUNT", group);
  return amount > available ? refusalTextOf("INSUFFICIENT_FUNDS", group, { available }) : undefined;
}

export function foreseeCapture(amount: number, hold: Hold, group: Group): Foreseen {
  const remaining = uncapturedAmountOf(hold);
  return amount > remaining ? refusalTextOf("ABOVE_HELD_AMOUNT", group, { remaining }) : undefined;
}

/** The reversal of a charge takes out what is available, that of a debit adds. */
export function foreseeReversal(
  amount: number,
  entry: Entry,
  { available }: Pocket,
  group: Group,
): Foreseen {
  const remaining = reversibleAmountOf(entry);
  if (amount > remaining) return refusalTextOf("ABOVE_REVERSIBLE_AMOUNT", group, { remaining });
  return entry.kind === "CHARGE" && amount > available
    ? refusalTextOf("INSUFFICIENT_FUNDS", group, { available })
    : undefined;
}

function isBelow(amount: number, limit: number | null): boolean {
  return limit !== null && amount < limit;
}

function isAbove(amount: number, limit: number | null): boolean {
  return limit !== null && amount > limit;
}
