import type { ImportBegin, ImportRow } from "./import-parts.js";

/** The columns that tell what became of a row. The server ignores them in a file. */
const ADDED = ["line", "row", "status", "code", "message"];

/**
 * The refused rows as a CSV: the columns of the file, the token of each row, and the reasons. Once its values are
 * corrected, it can be imported as it is. The tokens keep a row from being done twice, whichever file is sent again.
 */
export function refusedCsv({ columns }: ImportBegin, rows: readonly ImportRow[]): string {
  const isToken = (name: string): boolean => name.trim().toLowerCase() === "token";
  const kept = [...columns.keys()].filter((index) => {
    const name = columns[index] ?? "";
    return !isToken(name) && !ADDED.includes(name.trim().toLowerCase());
  });
  const header = [...kept.map((index) => columns[index] ?? ""), "token", ...ADDED];
  const lines = rows.map(({ cells, token, line, row, status, code, message }) => [
    ...kept.map((index) => cells[index] ?? ""),
    ...[token ?? "", String(line), String(row), status, code ?? "", message],
  ]);
  return [header, ...lines].map((cells) => `${cells.map(cellOf).join(",")}\r\n`).join("");
}

/** As in the server's `src/shared/csv-cell.ts`, of cells that may have their apostrophe already. */
const FORMULA = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;
const SPECIAL = /[",;\t\r\n]/;

/** A spreadsheet runs a cell that begins like a formula, unless an apostrophe is before it. The server removes it. */
function cellOf(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return SPECIAL.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
