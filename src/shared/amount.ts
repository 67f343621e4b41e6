/**
 * Amounts are whole numbers in a currency's minor unit, within +-(2^53-1): the integers that JSON
 * and JavaScript carry exactly.
 */
export const MAX_AMOUNT = Number.MAX_SAFE_INTEGER;

export function isAmount(value: unknown): value is number {
  return Number.isSafeInteger(value);
}
