/**
 * Folds case to Unicode's lower case, with `ς` as `σ`: strings that differ only in case become equal.
 * Folding a letter does not depend on its neighbours, so that a folded substring is part of the folded string.
 *
 * The same rule as `foldedCase` of `database/fold-case.ts`, for values that PostgreSQL does not fold.
 * Only PostgreSQL folds stored text, since its version of Unicode may differ from Node's.
 */
export function foldCase(text: string): string {
  return text.toLowerCase().replaceAll("ς", "σ");
}

/**
 * Converts a string to ASCII capitals. Unlike `toUpperCase`, it does not accept other letters: `ß` as SS, `ı` as I
 * or `ſ` as S.
 */
export function upperCaseCode(text: string): string {
  return foldCase(text).replace(/[a-z]/g, (letter) => letter.toUpperCase());
}
