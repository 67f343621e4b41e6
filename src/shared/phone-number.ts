import {
  type NumberingPlan,
  countryPlans,
  planOfCountry,
  plansOfCallingCode,
} from "./numbering-plan.js";

declare const phoneNumber: unique symbol;

/** A mobile number in its stored form: the digits of E.164, which begin with the country's calling code. */
export type PhoneNumber = string & { readonly [phoneNumber]: true };

/** The accepted forms, for the descriptions of both APIs. */
export const PHONE_NUMBER_FORMS = formsOf("the group's region");
/** The forms that filters accept. */
export const SEARCHED_PHONE_NUMBER_FORMS = formsOf("its own country");

function formsOf(country: string): string {
  const international = "`+989123456789`, `00989123456789` or `989123456789`";
  const national = `as it is dialed in ${country}, such as \`09123456789\` or \`9123456789\``;
  const characters = "with any spaces, hyphens and brackets, in ASCII, Persian or Arabic digits";
  return `in international form, such as ${international}, or ${national}, ${characters}`;
}

/**
 * Reads a mobile number of a region in international form, which is E.164 after `+`, `00` or nothing, or in a national
 * form of the region. Digits may be Persian, Arabic-Indic or full-width. Spaces, tabs, line breaks, hyphens, brackets
 * and invisible direction marks are ignored. A number in its stored form is always read as itself.
 *
 * @param region an ISO 3166-1 alpha-2 code; null for any country, whose numbers have only international forms.
 * @returns null for anything else.
 */
export function readPhoneNumber(text: string, region: string | null): PhoneNumber | null {
  // Most numbers are plain, and batches have many.
  const written = PLAIN.test(text) ? text : withoutSeparators(text);
  const digits = written.replace(INTERNATIONAL_PREFIX, "");
  if (region === null) return readInternational(digits);
  const { callingCode, isMobile, nationalNumberOf } = planOfCountry(region);
  if (digits.startsWith(callingCode) && isMobile(digits.slice(callingCode.length))) {
    return digits as PhoneNumber;
  }
  const national = digits === written ? nationalNumberOf(digits) : null;
  return national === null ? null : ((callingCode + national) as PhoneNumber);
}

/**
 * The stored forms of the numbers that can be written so: in international form, or in the national form of any
 * country. It contains what `readPhoneNumber` reads in each region.
 */
export function numbersWrittenAs(text: string): PhoneNumber[] {
  const written = withoutSeparators(text);
  const digits = written.replace(INTERNATIONAL_PREFIX, "");
  const found = new Set<PhoneNumber | null>([readInternational(digits)]);
  if (digits === written) {
    for (const { callingCode, nationalNumberOf } of countryPlans().values()) {
      const national = nationalNumberOf(digits);
      if (national !== null) found.add((callingCode + national) as PhoneNumber);
    }
  }
  return [...found].filter((number) => number !== null);
}

/** Whether a text is a form of a stored number, in international form or as it is dialed in the number's country. */
export function isWrittenAs(number: string, text: string): boolean {
  const written = withoutSeparators(text);
  const digits = written.replace(INTERNATIONAL_PREFIX, "");
  if (digits === number) return true;
  return (
    digits === written &&
    plansOf(number).some(({ plan, national }) => plan.nationalNumberOf(digits) === national)
  );
}

const PLAIN = /^\+?[0-9]+$/;
export const INTERNATIONAL_PREFIX = /^(?:\+|00)/;

function readInternational(digits: string): PhoneNumber | null {
  const isMobile = plansOf(digits).some(({ plan, national }) => plan.isMobile(national));
  return isMobile ? (digits as PhoneNumber) : null;
}

const CALLING_CODE_LENGTHS = [1, 2, 3];

/** The plans of the calling code that the digits begin with, and the digits after it. */
function plansOf(digits: string): { plan: NumberingPlan; national: string }[] {
  return CALLING_CODE_LENGTHS.flatMap((length) =>
    plansOfCallingCode(digits.slice(0, length)).map((plan) => ({
      plan,
      national: digits.slice(length),
    })),
  );
}

/** Parts of character classes. The invisible ones are direction marks, joiners and the soft hyphen. */
const SPACE = String.raw`\p{Z}\t\n\r`;
const HYPHEN = String.raw`\p{Pd}\u2212`;
const OPENING = String.raw`(\[\uff08\uff3b`;
const CLOSING = String.raw`)\]\uff09\uff3d`;
const INVISIBLE = String.raw`\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff`;

/** The separators allowed in a number, as the content of a character class (flag `u`). */
export const PHONE_NUMBER_SEPARATORS = SPACE + HYPHEN + OPENING + CLOSING + INVISIBLE;

const anyOf = (characters: string): RegExp => new RegExp(`[${characters}]`, "gu");
const SEPARATORS = anyOf(PHONE_NUMBER_SEPARATORS);
const OTHER_DIGITS = /[\u0660-\u0669\u06f0-\u06f9\uff10-\uff19]/g;
const IN_ASCII = [
  [anyOf(INVISIBLE), ""],
  [anyOf(SPACE), " "],
  [anyOf(HYPHEN), "-"],
  [anyOf(OPENING), "("],
  [anyOf(CLOSING), ")"],
] as const;

/** Longer than any number with its separators. */
const MAX_WRITTEN_LENGTH = 200;

/** A number as written, converted to ASCII. Other characters are unchanged, and so is a long string. */
export function inAscii(text: string): string {
  if (text.length > MAX_WRITTEN_LENGTH) return text;
  return IN_ASCII.reduce((so, [from, to]) => so.replace(from, to), withAsciiSigns(text));
}

/** The digits, and the `+` before them. Other characters are unchanged, and so is a long string. */
export function withoutSeparators(text: string): string {
  if (text.length > MAX_WRITTEN_LENGTH) return text;
  return withAsciiSigns(text).replace(SEPARATORS, "");
}

function withAsciiSigns(text: string): string {
  // Each block of digits begins at a multiple of 16.
  return text
    .replace(OTHER_DIGITS, (digit) => String(digit.charCodeAt(0) % 16))
    .replaceAll("＋", "+");
}
