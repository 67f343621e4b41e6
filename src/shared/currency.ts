import { ACTIVE, WITHDRAWN, type WithdrawnRow } from "./iso-4217.js";

declare const currency: unique symbol;

/** An ISO 4217 alphabetic code in upper case, active or withdrawn. */
export type Currency = string & { readonly [currency]: true };

interface CurrencyFacts {
  /** The number of decimal digits of the minor unit; null if ISO 4217 defines no minor unit. */
  readonly minorUnits: number | null;
  readonly withdrawal: WithdrawnRow | null;
}

type Entry = readonly [code: string, facts: CurrencyFacts];

const CURRENCIES: ReadonlyMap<string, CurrencyFacts> = new Map<string, CurrencyFacts>([
  ...ACTIVE.flatMap(([minorUnits, codes]) =>
    codes.split(/\s+/).map((code): Entry => [code, { minorUnits, withdrawal: null }]),
  ),
  ...WITHDRAWN.map((row): Entry => [row[0], { minorUnits: row[1], withdrawal: row }]),
]);

/**
 * @returns the code in upper case, or null if ISO 4217 never had it. Accepts withdrawn codes, because stored
 * records may have them; `unusableReason` refuses them in new values.
 */
export function parseCurrency(text: string): Currency | null {
  // Test for ASCII first: `toUpperCase` converts some other letters, such as ligatures, to ASCII.
  const upper = /^[A-Za-z]{3}$/.test(text) ? text.toUpperCase() : "";
  return CURRENCIES.has(upper) ? (upper as Currency) : null;
}

/** The number of decimal digits of an amount; null if the currency has no minor unit. */
export function minorUnitsOf(code: string): number | null {
  return CURRENCIES.get(code)?.minorUnits ?? null;
}

/**
 * The reason why new values must not have a currency.
 *
 * @returns null if they may; otherwise the rest of a sentence that begins with the code.
 */
export function unusableReason(code: string): string | null {
  const facts = CURRENCIES.get(code);
  if (facts === undefined) return "is not an ISO 4217 code";
  if (facts.withdrawal !== null) {
    const [, , since, successor] = facts.withdrawal;
    return `was withdrawn from ISO 4217 in ${since}${successor ? `; use ${successor}` : ""}`;
  }
  return facts.minorUnits === null ? "has no minor unit, so it cannot have amounts" : null;
}
