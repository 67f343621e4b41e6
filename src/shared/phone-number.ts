declare const phoneNumber: unique symbol;

/** An Iranian mobile number in its canonical form: `989` and nine digits. */
export type PhoneNumber = string & { readonly [phoneNumber]: true };

const IRANIAN_MOBILE = /^(?:\+98|0098|98|0)?(9[0-9]{9})$/;

/** The accepted forms, for the descriptions of both APIs. */
export const PHONE_NUMBER_FORMS =
  "`989123456789`, `+989123456789`, `00989123456789`, `09123456789` or `9123456789`, with any spaces, hyphens and brackets, in ASCII, Persian or Arabic digits";

/**
 * Parses an Iranian mobile number in any of its five usual forms: `989123456789`, `+989123456789`,
 * `00989123456789`, `09123456789`, `9123456789`. Digits may be Persian, Arabic-Indic or full-width. Spaces, tabs,
 * line breaks, hyphens, brackets and invisible direction marks are ignored.
 *
 * @returns the canonical form, or null for anything else.
 */
export function parsePhoneNumber(text: string): PhoneNumber | null {
  // Fast path: most numbers are plain, and batches have many.
  const match = IRANIAN_MOBILE.exec(text) ?? IRANIAN_MOBILE.exec(withoutSeparators(text));
  const subscriber = match?.[1];
  return subscriber === undefined ? null : (`98${subscriber}` as PhoneNumber);
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
