/**
 * Amounts are integers in a currency's minor unit, within +-(2^53-1): the range that JSON clients and
 * JavaScript represent exactly.
 */
export const MAX_AMOUNT = Number.MAX_SAFE_INTEGER;

export function isAmount(value: unknown): value is number {
  return Number.isSafeInteger(value);
}
