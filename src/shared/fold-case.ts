/**
 * Folds case by Unicode's lower case, with `ς` as `σ`: strings that differ only in case become equal.
 * Folding does not depend on a letter's neighbours, so that a folded part is a part of the folded whole.
 *
 * The same rule as `foldedCase` of `database/fold-case.ts`, for values that PostgreSQL does not fold.
 * Only PostgreSQL folds stored text, since its version of Unicode may differ from Node's.
 */
export function foldCase(text: string): string {
  return text.toLowerCase().replaceAll("ς", "σ");
}

/**
 * A code of ASCII capitals from a string that differs only in case. `toUpperCase` would accept more: `ß` as
 * SS, `ı` as I and `ſ` as S.
 */
export function codeInCapitals(text: string): string {
  return foldCase(text).replace(/[a-z]/g, (letter) => letter.toUpperCase());
}
