import type { Freeze } from "./pocket-queries.js";

/** What a freeze blocks, in words. */
export const FREEZES: Readonly<Record<Freeze, string>> = {
  NONE: "Not frozen",
  DEBITS: "Frozen: spending is blocked",
  CREDITS: "Frozen: charges are blocked",
  BOTH: "Frozen: spending and charges are blocked",
};

const REFUSED: Readonly<Record<Exclude<Freeze, "NONE">, string>> = {
  DEBITS: "Debits, holds, captures and reversals of charges",
  CREDITS: "Charges and reversals of debits",
  BOTH: "Charges, debits, holds, captures and reversals",
};

/** What the server refuses while the freeze lasts. */
export function refusalOf(freeze: Exclude<Freeze, "NONE">): string {
  return `${REFUSED[freeze]} are refused until the pocket is unfrozen.`;
}

/** Why the available amount cannot be spent; null if it can. */
export function unspendableNoteOf(freeze: Freeze): string | null {
  if (!refusesDebits(freeze)) return null;
  return freeze === "BOTH" ? "Frozen: cannot be spent or charged" : "Frozen: cannot be spent";
}

export function refusesCredits(freeze: Freeze): boolean {
  return freeze === "CREDITS" || freeze === "BOTH";
}

export function refusesDebits(freeze: Freeze): boolean {
  return freeze === "DEBITS" || freeze === "BOTH";
}
