import { codeInCapitals } from "./fold-case.js";

declare const currency: unique symbol;

/** An ISO 4217 alphabetic code in upper case. */
export type Currency = string & { readonly [currency]: true };

const CODES = new Set(Intl.supportedValuesOf("currency"));

/** @returns the code in upper case, or null when ISO 4217 has no such currency. */
export function parseCurrency(text: string): Currency | null {
  const upper = codeInCapitals(text);
  return CODES.has(upper) ? (upper as Currency) : null;
}
