import { isAmount } from "../shared/amount.js";
import { withoutSeparators } from "../shared/phone-number.js";
import { shown } from "../shared/shown-text.js";

const SHOWN_LENGTH = 40;

/** The cells of a row that have its amount. A file may have either column or both. */
export interface AmountCells {
  /** In the minor unit of the currency. */
  readonly whole: string;
  /** In the currency, such as `12.50`. */
  readonly decimal: string;
}

/**
 * Reads an amount in digits of any script.
 *
 * @param minorUnits the decimal digits of the currency; null if it has no minor unit.
 * @returns the amount in the minor unit, or what is wrong with it, in words.
 */
export function readAmount(cells: AmountCells, minorUnits: number | null): number | string {
  if (cells.decimal.trim() === "") return readWhole(cells.whole);
  const decimal = readDecimal(cells.decimal, minorUnits);
  if (typeof decimal === "string" || cells.whole.trim() === "") return decimal;
  const whole = readWhole(cells.whole);
  if (typeof whole === "string" || whole === decimal) return whole;
  return `The columns amount and amount_decimal differ: ${quoted(cells.whole)} in the minor unit is not ${quoted(cells.decimal)}.`;
}

function readWhole(cell: string): number | string {
  const plain = PLAIN_AMOUNT.test(cell) ? cell : withAsciiDigits(cell);
  if (PLAIN_AMOUNT.test(plain)) return inRange(plain);
  if (plain === "") return "The amount is missing.";
  const problem = `The amount ${quoted(cell)}`;
  // The client cannot see the mark in what it has written.
  if (DIRECTION_MARK.test(plain)) return `${problem} ${HAS_MARK}`;
  if (SEPARATED.test(plain))
    return `${problem} has a separator. Write it in the minor unit of the group's currency, as digits alone: 1250 and not 12.50 or 1,250. Or name the column amount_decimal.`;
  return `${problem} is not a whole number in digits.`;
}

function readDecimal(cell: string, minorUnits: number | null): number | string {
  const plain = withAsciiDigits(cell).replace("٫", ".");
  const problem = `The decimal amount ${quoted(cell)}`;
  if (DIRECTION_MARK.test(plain)) return `${problem} ${HAS_MARK}`;
  const [, whole, fraction = ""] = PLAIN_DECIMAL.exec(plain) ?? [];
  if (whole === undefined)
    return `${problem} is not a number in digits, with a point before the decimals: 1250.50 and not 1,250.50.`;
  const digits = minorUnits ?? 0;
  if (fraction.length > digits)
    return `${problem} has more than the ${String(digits)} decimals of the group's currency.`;
  return inRange(whole + fraction.padEnd(digits, "0"));
}

function inRange(digits: string): number | string {
  const amount = Number(digits);
  return isAmount(amount)
    ? amount
    : "The amount is above the largest amount, 9007199254740991 in the minor unit.";
}

function quoted(cell: string): string {
  return JSON.stringify(shown(cell, SHOWN_LENGTH));
}

const HAS_MARK =
  "has an invisible direction mark between its digits. Write it again, as digits alone.";

const PLAIN_AMOUNT = /^-?[0-9]+$/;
const PLAIN_DECIMAL = /^(-?[0-9]+)(?:\.([0-9]+))?$/;
/** Digits with separators of decimals or thousands, in Latin or Arabic script. */
const SEPARATED = /^-?[0-9][0-9.,'’٫٬،_ ]*$/;

/** Spaces and invisible direction marks at both ends. The lookbehind keeps long runs of them linear. */
const SURROUNDING =
  /^[\p{Z}\s\p{Bidi_Control}]+|(?<![\p{Z}\s\p{Bidi_Control}])[\p{Z}\s\p{Bidi_Control}]+$/gu;
const DIRECTION_MARK = /\p{Bidi_Control}/u;

/** Persian, Arabic-Indic and full-width digits in ASCII, without surrounding spaces and invisible direction marks. */
function withAsciiDigits(cell: string): string {
  const trimmed = cell.replace(SURROUNDING, "");
  // A minus sign is a separator of phone numbers, so nothing is left of it.
  return trimmed.replace(/[٠-٩۰-۹０-９−]/g, (sign) => withoutSeparators(sign) || "-");
}
