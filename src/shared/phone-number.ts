declare const phoneNumber: unique symbol;

/** An Iranian mobile number in its one stored form: `989` and nine digits. */
export type PhoneNumber = string & { readonly [phoneNumber]: true };

const IRANIAN_MOBILE = /^(?:\+98|0098|98|0)?(9[0-9]{9})$/;

/** What an API's reference says of the forms that are read. */
export const PHONE_NUMBER_FORMS =
  "`989123456789`, `+989123456789`, `00989123456789`, `09123456789` or `9123456789`, with Persian and Arabic digits, spaces, hyphens and brackets as people paste them";

/**
 * Reads an Iranian mobile number in any of its five usual forms: `989123456789`, `+989123456789`,
 * `00989123456789`, `09123456789`, `9123456789`. Digits may be Persian or Arabic-Indic. Spaces, tabs,
 * line breaks, hyphens, brackets and invisible marks of direction are ignored.
 *
 * @returns the stored form, or null for anything else.
 */
export function parsePhoneNumber(text: string): PhoneNumber | null {
  // Most numbers are plain, and charges are many.
  const match = IRANIAN_MOBILE.exec(text) ?? IRANIAN_MOBILE.exec(withoutSeparators(text));
  const subscriber = match?.[1];
  return subscriber === undefined ? null : (`98${subscriber}` as PhoneNumber);
}

/** Parts of character classes. Invisible are marks of direction, joiners and the soft hyphen. */
const SPACE = String.raw`\p{Zs}\t\n\r`;
const HYPHEN = String.raw`\p{Pd}\u2212`;
const OPENING = String.raw`(\[\uff08\uff3b`;
const CLOSING = String.raw`)\]\uff09\uff3d`;
const INVISIBLE = String.raw`\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff`;

/** What may stand between the characters of a number, as the inside of a character class (flag `u`). */
export const PHONE_NUMBER_SEPARATORS = SPACE + HYPHEN + OPENING + CLOSING + INVISIBLE;

const anyOf = (characters: string): RegExp => new RegExp(`[${characters}]`, "gu");
const SEPARATORS = anyOf(PHONE_NUMBER_SEPARATORS);
const OTHER_DIGITS = /[\u0660-\u0669\u06f0-\u06f9]/g;
const IN_ASCII = [
  [anyOf(INVISIBLE), ""],
  [anyOf(SPACE), " "],
  [anyOf(HYPHEN), "-"],
  [anyOf(OPENING), "("],
  [anyOf(CLOSING), ")"],
] as const;

/** No number is written with as many characters, however it is parted. */
const MAX_WRITTEN_LENGTH = 200;

/** A number as it was written, in ASCII characters. What no number has stays as it is, and so does a long text. */
export function inAscii(text: string): string {
  if (text.length > MAX_WRITTEN_LENGTH) return text;
  return IN_ASCII.reduce((so, [from, to]) => so.replace(from, to), withAsciiDigits(text));
}

/** Digits with the `+` before them. What no number has stays as it is, and so does a long text. */
export function withoutSeparators(text: string): string {
  if (text.length > MAX_WRITTEN_LENGTH) return text;
  return withAsciiDigits(text).replace(SEPARATORS, "");
}

function withAsciiDigits(text: string): string {
  // Both blocks of digits begin at a multiple of 16.
  return text.replace(OTHER_DIGITS, (digit) => String(digit.charCodeAt(0) % 16));
}
