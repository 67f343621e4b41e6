/**
 * An amount in the minor unit as a decimal of its currency: 12345 is `123.45` with two digits, `12345` with none.
 *
 * @param amount an integer within ±(2^53-1).
 */
export function decimalText(amount: number, minorUnits: number): string {
  const digits = String(Math.abs(amount)).padStart(minorUnits + 1, "0");
  const sign = amount < 0 ? "-" : "";
  if (minorUnits === 0) return sign + digits;
  return `${sign}${digits.slice(0, -minorUnits)}.${digits.slice(-minorUnits)}`;
}
