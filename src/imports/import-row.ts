import { isAmount } from "../shared/amount.js";
import { unescaped } from "../shared/csv-cell.js";
import { type MetadataEntry } from "../shared/merchant-data.js";
import { withoutSeparators } from "../shared/phone-number.js";
import { shown } from "../shared/shown-text.js";
import type { PocketChargeRequest } from "../pockets/pocket-charge.js";
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

const SHOWN_LENGTH = 40;

/**
 * Reads a row.
 *
 * @param tokenOf the token of a row without one.
 */
export function readRow(
  { at, metadata: metadataColumns }: Columns,
  row: FileRow,
  tokenOf: (row: number) => string,
): ReadRow {
  const cellOf = (index: number | undefined): string =>
    index === undefined ? "" : unescaped(row.cells[index] ?? "");
  const amount = readAmount(cellOf(at.amount));
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

/** Reads an amount in digits of any script. @returns what is wrong with it, in words. */
function readAmount(cell: string): number | string {
  const plain = PLAIN_AMOUNT.test(cell) ? cell : withAsciiDigits(cell);
  if (PLAIN_AMOUNT.test(plain)) {
    const amount = Number(plain);
    if (isAmount(amount)) return amount;
    return "The amount is above the largest amount, 9007199254740991.";
  }
  const written = JSON.stringify(shown(cell, SHOWN_LENGTH));
  if (plain === "") return "The amount is missing.";
  // The client cannot see the mark in what it has written.
  if (DIRECTION_MARK.test(plain))
    return `The amount ${written} has an invisible direction mark between its digits. Write it again, as digits alone.`;
  if (SEPARATED.test(plain))
    return `The amount ${written} has a separator. Write it in the minor unit of the group's currency, as digits alone: 1250 and not 12.50 or 1,250.`;
  return `The amount ${written} is not a whole number in digits.`;
}

const PLAIN_AMOUNT = /^-?[0-9]+$/;
/** Digits with separators of decimals or thousands, in Latin or Arabic script. */
const SEPARATED = /^-?[0-9][0-9.,'’٫٬،_ ]*$/;

/** Spaces and invisible direction marks at both ends. The lookbehind keeps long runs of them linear. */
const SURROUNDING =
  /^[\p{Z}\s\p{Bidi_Control}]+|(?<![\p{Z}\s\p{Bidi_Control}])[\p{Z}\s\p{Bidi_Control}]+$/gu;
const DIRECTION_MARK = /\p{Bidi_Control}/u;

/** Persian, Arabic-Indic and full-width digits in ASCII, without surrounding spaces and invisible direction marks. */
function withAsciiDigits(cell: string): string {
  const trimmed = cell.replace(SURROUNDING, "");
  // A minus sign is a separator of phone numbers, so nothing is left of it.
  return trimmed.replace(/[٠-٩۰-۹０-９−]/g, (sign) => withoutSeparators(sign) || "-");
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
