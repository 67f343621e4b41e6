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

/** The amount as the viewer would type it, which `parseMoney` reads. */
export function editableMoney(
  amount: MinorUnits,
  minorUnits: number | null,
  language?: string,
): string {
  return decimalOf(amount, minorUnits).replace(".", separatorsOf(language).decimal);
}

/** The amount in the viewer's language without its currency, for a sentence that has named it. */
export function formatAmount(
  amount: MinorUnits,
  minorUnits: number | null,
  language?: string,
): string {
  const format = new Intl.NumberFormat(language, { minimumFractionDigits: minorUnits ?? 0 });
  return format.format(decimalOf(amount, minorUnits) as Intl.StringNumericLiteral);
}

/** The amount in the viewer's language, with the digits of its currency. */
export function formatMoney(
  amount: MinorUnits,
  currency: string,
  minorUnits: number | null,
  language?: string,
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
 * The minor units of an amount that a person typed in their language, with the currency's decimals or fewer. Thousands may
 * be separated, but only in groups of three: `12,50` is no amount in English, instead of 1,250. Accepts Persian and
 * Arabic-Indic digits and separators in every language. Null if it is not such an amount.
 */
export function parseMoney(
  text: string,
  minorUnits: number | null,
  language?: string,
): number | null {
  const { group, decimal } = separatorsOf(language);
  const plain = text
    .trim()
    .replace(/[۰-۹]/g, (digit) => String(digit.charCodeAt(0) - 0x6f0))
    .replace(/[٠-٩]/g, (digit) => String(digit.charCodeAt(0) - 0x660))
    .replaceAll("٫", decimal)
    .replaceAll("٬", group)
    .replace(/\s/g, " ");
  const [whole = "", fraction = "", ...others] = plain.split(decimalIn(plain, group, decimal));
  const digits = minorUnits ?? 0;
  const isGrouped = new RegExp(`^\\d{1,3}(${escaped(group)}\\d{3})+$`).test(whole);
  const isWhole = /^\d{1,16}$/.test(whole) || isGrouped;
  const hasFraction = new RegExp(`^\\d{0,${String(digits)}}$`).test(fraction);
  if (!isWhole || !hasFraction || others.length > 0) return null;
  const amount = Number(whole.replaceAll(group, "") + fraction.padEnd(digits, "0"));
  return Number.isSafeInteger(amount) ? amount : null;
}

interface Separators {
  readonly group: string;
  readonly decimal: string;
}

function separatorsOf(language?: string): Separators {
  const parts = new Intl.NumberFormat(language).formatToParts(1_234_567.8);
  const valueOf = (type: string): string | undefined =>
    parts.find((part) => part.type === type)?.value;
  // Every space is a plain one by then.
  return {
    group: (valueOf("group") ?? ",").replace(/\s/, " "),
    decimal: valueOf("decimal") ?? ".",
  };
}

/** A point is also a decimal separator where it does not separate thousands, because keyboards have it. */
function decimalIn(text: string, group: string, decimal: string): string {
  return group !== "." && text.includes(".") ? "." : decimal;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
