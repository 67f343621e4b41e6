/**
 * Texts that differ in case alone become one: Unicode's lower case, with both small sigmas as one.
 * Folding does not depend on a letter's neighbours, so that a folded part is a part of the folded whole.
 *
 * The same rule as `foldedCase` of `database/fold-case.ts`, for what PostgreSQL does not see. Stored
 * texts are folded by PostgreSQL alone, which may know other versions of Unicode than Node.
 */
export function foldCase(text: string): string {
  return text.toLowerCase().replaceAll("ς", "σ");
}

/**
 * A code of ASCII capitals from a text that differs from it in case alone. `toUpperCase` would read
 * more: `ß` as SS, `ı` as I and `ſ` as S.
 */
export function codeInCapitals(text: string): string {
  return foldCase(text).replace(/[a-z]/g, (letter) => letter.toUpperCase());
}
