import type { ListedRow } from "../listing/whole-list.js";
import { csvCell, quoted } from "../shared/csv-cell.js";
import { minorUnitsOf } from "../shared/currency.js";
import { decimalText } from "../shared/decimal-text.js";
import { deriveId } from "../shared/uuid.js";
import type { ExportedField, ExportedFields } from "./export-columns.js";
import type { ExportFormat } from "./export-format.js";

/** A column of a CSV: its name, and the cell of a row. */
interface CsvColumn {
  readonly name: string;
  readonly cell: (row: ListedRow) => string;
}

interface CsvOptions {
  /** Whether the file begins with a byte order mark, by which Excel recognizes UTF-8. */
  readonly hasMark: boolean;
  /** Whether there is a last column with cursors. */
  readonly hasCursors: boolean;
}

const LINE_BREAK = "\r\n";

/**
 * Writes CSV as RFC 4180 defines it. A missing value is an empty cell; an empty text is `""`. No cell of text begins
 * with a character by which spreadsheets recognize a formula.
 */
export function csvFormat(of: ExportedFields, { hasMark, hasCursors }: CsvOptions): ExportFormat {
  const columns = columnsOf(of);
  const names = [...columns.map(({ name }) => name), ...(hasCursors ? ["cursor"] : [])];
  // All lines have the same number of cells.
  const padding = ",".repeat(Math.max(0, names.length - 2));
  return {
    mediaType: "text/csv; charset=utf-8; header=present",
    head: () => `${hasMark ? "\ufeff" : ""}${names.join(",")}${LINE_BREAK}`,
    row: (row, cursor) => {
      let line = "";
      for (const { cell } of columns) line += line === "" ? cell(row) : `,${cell(row)}`;
      // The cursor's alphabet needs no quotes.
      return cursor === undefined ? line + LINE_BREAK : `${line},${cursor ?? ""}${LINE_BREAK}`;
    },
    last: (name, value) => `#${name},${quoted(JSON.stringify(value))}${padding}${LINE_BREAK}`,
  };
}

/** The names of the columns, without the one for cursors. */
export function csvColumnNames(of: ExportedFields): string[] {
  return columnsOf(of).map(({ name }) => name);
}

function columnsOf({ fields, currency }: ExportedFields): CsvColumn[] {
  return fields.flatMap((field) => {
    const column = { name: field.name, cell: cellOf(field) };
    if (field.form !== "amount" || currency === null) return [column];
    return [column, { name: decimalName(field.name), cell: decimalCell(field.name, currency) }];
  });
}

/** `amountInCents` becomes `amountDecimal`, `balance` becomes `balanceDecimal`. */
function decimalName(name: string): string {
  return `${name.replace(/InCents$/, "")}Decimal`;
}

function decimalCell(name: string, currency: string): CsvColumn["cell"] {
  return (row) => {
    const amount = row[name];
    const minorUnits = minorUnitsOf(String(row[currency]));
    return typeof amount === "number" && minorUnits !== null ? decimalText(amount, minorUnits) : "";
  };
}

function cellOf({ name, form, derivation }: ExportedField): CsvColumn["cell"] {
  return (row) => {
    const value = row[name];
    if (value === null || value === undefined) return "";
    switch (form) {
      case "text":
        // A missing value is an empty cell without quotes.
        return value === "" ? quoted("") : csvCell(value as string);
      case "json":
      case "metadata":
        return quoted(JSON.stringify(value));
      case "names":
        return quoted((value as readonly string[]).join(","));
      case "amount":
        return (value as number).toString();
      case "plain":
        return derivation === undefined
          ? (value as string | number | boolean).toString()
          : deriveId(value as string, derivation);
    }
  };
}
