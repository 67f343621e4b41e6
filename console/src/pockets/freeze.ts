import type { Freeze } from "./pocket-queries.js";

/** What a freeze refuses, in words. */
export const FREEZES: Readonly<Record<Freeze, string>> = {
  NONE: "Not frozen",
  DEBITS: "Nothing can be taken out",
  CREDITS: "Nothing can be added",
  BOTH: "Nothing can be added or taken out",
};

export function refusesCredits(freeze: Freeze): boolean {
  return freeze === "CREDITS" || freeze === "BOTH";
}

export function refusesDebits(freeze: Freeze): boolean {
  return freeze === "DEBITS" || freeze === "BOTH";
}
