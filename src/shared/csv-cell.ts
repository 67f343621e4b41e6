/**
 * A text that a spreadsheet would take for a formula, or that has become one by an apostrophe being removed. The last
 * four characters are the full-width forms of `=`, `+`, `-` and `@`, which some spreadsheets accept as well.
 */
const FORMULA = /^'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

/** Depending on its locale, a spreadsheet separates cells at semicolons or tabs as well. */
const SPECIAL = /[",;\t\r\n]/;

/** A text with an apostrophe before it if a spreadsheet would otherwise run it as a formula. */
export function escaped(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

/** The text of a cell, without the apostrophe that `escaped` adds. */
export function unescaped(cell: string): string {
  return cell.startsWith("'") && FORMULA.test(cell) ? cell.slice(1) : cell;
}

/** A cell of RFC 4180 that no spreadsheet runs as a formula. It has quotes only if it needs them. */
export function csvCell(text: string): string {
  const safe = escaped(text);
  return SPECIAL.test(safe) ? quoted(safe) : safe;
}

export function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
