import { unescaped } from "../shared/csv-cell.js";
import { type MetadataEntry } from "../shared/merchant-data.js";
import type { PocketChargeRequest } from "../pockets/pocket-charge.js";
import { readAmount } from "./import-amount.js";
import type { Columns } from "./import-columns.js";

/** One row of a file. */
export interface FileRow {
  /** The line of the file at which the row begins, from 1. The header counts. */
  readonly line: number;
  /** The number of the row, from 1. The header does not count. */
  readonly row: number;
  readonly cells: readonly string[];
}

/** Why a row cannot be sent, in words. The other reasons are found by the ledger. */
export interface RowProblem {
  readonly code: "INVALID_AMOUNT" | "INVALID_TEXT";
  readonly message: string;
}

/** A row as it was read. */
export interface ReadRow extends FileRow {
  /** Whether the file has a token for the row. */
  readonly hasOwnToken: boolean;
  readonly request: PocketChargeRequest;
  readonly problem: RowProblem | null;
}

/**
 * Reads a row.
 *
 * @param minorUnits the decimal digits of the group's currency; null if it has no minor unit.
 * @param tokenOf the token of a row without one.
 */
export function readRow(
  { at, metadata: metadataColumns }: Columns,
  minorUnits: number | null,
  row: FileRow,
  tokenOf: (row: number) => string,
): ReadRow {
  const cellOf = (index: number | undefined): string =>
    index === undefined ? "" : unescaped(row.cells[index] ?? "");
  const amount = readAmount(
    { whole: cellOf(at.amount), decimal: cellOf(at.amountDecimal) },
    minorUnits,
  );
  const metadata = readMetadata(cellOf(at.metadata));
  const byColumn = metadataColumns
    .map(({ key, at: index }) => ({ key, value: cellOf(index) }))
    .filter(({ value }) => value !== "");
  const sent = cellOf(at.token).trim();
  const request = {
    token: sent === "" ? tokenOf(row.row) : sent,
    phoneNumber: cellOf(at.phoneNumber),
    amount: typeof amount === "number" ? amount : 0,
    reference: cellOf(at.reference) || null,
    note: cellOf(at.note) || null,
    metadata: typeof metadata === "string" ? null : orNull([...metadata, ...byColumn]),
  };
  return { ...row, hasOwnToken: sent !== "", request, problem: problemOf(amount, metadata) };
}

function problemOf(amount: number | string, metadata: MetadataEntry[] | string): RowProblem | null {
  if (typeof amount === "string") return { code: "INVALID_AMOUNT", message: amount };
  return typeof metadata === "string" ? { code: "INVALID_TEXT", message: metadata } : null;
}

function orNull(entries: MetadataEntry[]): MetadataEntry[] | null {
  return entries.length === 0 ? null : entries;
}

/** Reads a JSON object of texts. @returns what is wrong with it, in words. */
function readMetadata(cell: string): MetadataEntry[] | string {
  if (cell.trim() === "") return [];
  const parsed = parseJson(cell);
  const isObject = typeof parsed === "object" && parsed !== null && !Array.isArray(parsed);
  const entries: [string, unknown][] = isObject ? Object.entries(parsed) : [];
  const texts = entries.flatMap(([key, value]) =>
    typeof value === "string" ? [{ key, value }] : [],
  );
  if (isObject && texts.length === entries.length) return texts;
  return 'The metadata must be a JSON object of texts, such as {"channel":"web"}.';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
