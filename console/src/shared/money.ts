/** A whole number of minor units: a JSON integer, or the digits of a sum that may exceed 2^53-1. */
export type MinorUnits = number | string | bigint;

/** The exact decimal, such as `-12.34`. `minorUnits` null means that the currency is unknown: it is shown undivided. */
export function decimalOf(amount: MinorUnits, minorUnits: number | null): string {
  const digits = minorUnits ?? 0;
  const value = BigInt(amount);
  const sign = value < 0n ? "-" : "";
  const text = (value < 0n ? -value : value).toString().padStart(digits + 1, "0");
  if (digits === 0) return sign + text;
  return `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

/** The amount in the viewer's language, with the digits of its currency. */
export function formatMoney(
  amount: MinorUnits,
  currency: string,
  minorUnits: number | null,
  language: string = navigator.language,
): string {
  const decimal = decimalOf(amount, minorUnits);
  const digits = minorUnits ?? 0;
  const format = new Intl.NumberFormat(language, {
    style: "currency",
    currency,
    currencyDisplay: "code",
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  // A number would round above 2^53; a string is formatted exactly.
  return format.format(decimal as Intl.StringNumericLiteral);
}

/**
 * The minor units of an amount that a person typed, with the currency's decimals or fewer. Accepts Persian and
 * Arabic-Indic digits and separators of thousands. Null if it is not such an amount.
 */
export function parseMoney(text: string, minorUnits: number | null): number | null {
  const plain = text
    .replace(/[۰-۹]/g, (digit) => String(digit.charCodeAt(0) - 0x6f0))
    .replace(/[٠-٩]/g, (digit) => String(digit.charCodeAt(0) - 0x660))
    .replace(/٫/g, ".")
    .replace(/[\s,٬'_]/g, "");
  const digits = minorUnits ?? 0;
  const match = /^(\d{1,16})(?:\.(\d*))?$/.exec(plain);
  if (!match) return null;
  const [, whole = "", fraction = ""] = match;
  if (fraction.length > digits) return null;
  const amount = Number(whole + fraction.padEnd(digits, "0"));
  return Number.isSafeInteger(amount) ? amount : null;
}
