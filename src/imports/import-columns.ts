import { shown } from "../shared/shown-text.js";
import { type FileProblem, ImportFileError, fileError } from "./import-file-error.js";

/** The columns of a file, by name without case, spaces, hyphens and underscores. */
const NAMES = {
  phonenumber: "phoneNumber",
  amount: "amount",
  amountdecimal: "amountDecimal",
  reference: "reference",
  note: "note",
  metadata: "metadata",
  token: "token",
} as const;
type ColumnName = (typeof NAMES)[keyof typeof NAMES];

/** The columns of a result, which is accepted as a file: the refused rows of an import can be repaired and sent again. */
const IGNORED: ReadonlySet<string> = new Set(["line", "row", "status", "code", "message"]);

/** The columns of which a file needs one. */
const REQUIRED = [
  { anyOf: ["phoneNumber"], word: "phone_number" },
  { anyOf: ["amount", "amountDecimal"], word: "amount" },
] as const;
const METADATA_KEY = /^metadata\.(.+)$/i;
const KNOWN_WORDS =
  "phone_number, amount, amount_decimal, reference, note, metadata, metadata.<key> and token";
const SHOWN_LENGTH = 60;
const MAX_COLUMNS = 100;

/** Where the values of a row are. */
export interface Columns {
  /** The header as it was written. */
  readonly names: readonly string[];
  readonly at: Readonly<Partial<Record<ColumnName, number>>>;
  readonly metadata: readonly { readonly key: string; readonly at: number }[];
  /** Whether rows have tokens of their own. */
  readonly hasTokens: boolean;
  /** The places of the columns that a result adds. */
  readonly ignored: ReadonlySet<number>;
}

/** Reads the header of a file. @throws ImportFileError with everything that is wrong with it. */
export function readColumns(names: readonly string[], line: number): Columns {
  const problems: FileProblem[] = [];
  const refuse = (message: string): void => {
    problems.push({ code: "WRONG_COLUMNS", message, line, row: null });
  };
  if (names.length > MAX_COLUMNS) {
    const count = `${String(names.length)} columns; at most ${String(MAX_COLUMNS)}`;
    throw fileError("WRONG_COLUMNS", `The header has ${count} are taken.`, line);
  }
  const at: Partial<Record<ColumnName, number>> = {};
  const metadata: { key: string; at: number }[] = [];
  const ignored = new Set<number>();
  const seen = new Set<string>();
  for (const [index, written] of names.entries()) {
    const key = METADATA_KEY.exec(written.trim())?.[1];
    const name = key === undefined ? plain(written) : `metadata.${key}`;
    const known = Object.hasOwn(NAMES, name) ? NAMES[name as keyof typeof NAMES] : undefined;
    if (name !== "" && seen.has(name)) refuse(`The column ${quoted(written)} is there twice.`);
    seen.add(name);
    if (key !== undefined) metadata.push({ key, at: index });
    else if (known !== undefined) at[known] = index;
    else if (IGNORED.has(name)) ignored.add(index);
    else refuse(unknownColumn(written, index));
  }
  for (const { anyOf, word } of REQUIRED)
    if (anyOf.every((column) => at[column] === undefined))
      refuse(`The column ${word} is missing. The first line must name the columns.`);
  if (problems.length > 0) throw new ImportFileError(problems);
  return { names, at, metadata, hasTokens: at.token !== undefined, ignored };
}

function unknownColumn(written: string, index: number): string {
  return written.trim() === ""
    ? `Column ${String(index + 1)} of the header has no name. Remove it, or name it.`
    : `The column ${quoted(written)} is unknown. The columns are ${KNOWN_WORDS}. Remove or rename it.`;
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[\s_-]/g, "");
}

function quoted(name: string): string {
  return JSON.stringify(shown(name, SHOWN_LENGTH));
}

const DELIMITERS = [",", ";", "\t"];

/** The delimiter of a file: the one that separates its header into the most known columns. */
export function delimiterOf(header: string): string {
  const scores = DELIMITERS.map((delimiter) => {
    const cells = header.split(delimiter).map((cell) => cell.replaceAll('"', ""));
    const known = cells.filter((cell) => Object.hasOwn(NAMES, plain(cell))).length;
    return { delimiter, score: known * MAX_COLUMNS + cells.length };
  });
  return scores.reduce((best, one) => (one.score > best.score ? one : best)).delimiter;
}
