import { CsvError, type Parser, parse } from "csv-parse";
import {
  type FileErrorCode,
  type ImportFileError,
  fileError,
  placeOf,
} from "./import-file-error.js";
import { type Columns, delimiterOf, readColumns } from "./import-columns.js";
import type { FileRow } from "./import-row.js";
import { FileText } from "./file-text.js";
import { MAX_ROWS } from "./import-tokens.js";

/** The most bytes of a row. The metadata of a row has at most 43,000. */
const MAX_ROW_BYTES = 65_536;

/** Longer than a header with the most columns. */
const MAX_HEADER_BYTES = 16_384;

/** A first line that names the delimiter for Excel. */
const NAMED_DELIMITER = /^sep=([,;\t])$/i;

const LINE_BREAK = /\r\n|\r|\n/g;

/**
 * Reads a CSV file piece by piece. Each piece returns the rows that end in it. The delimiter is a comma, a semicolon or
 * a tab; quoted cells may contain line breaks. Empty lines are skipped, and rows of blank cells, as spreadsheets leave
 * them below the last row.
 */
export class CsvRows {
  private readonly text = new FileText();
  private parser: Parser | undefined;
  private found: Columns | undefined;
  private pending: string[][] = [];
  private start: Buffer = Buffer.alloc(0);
  /** The line at which the next record begins. */
  private line = 1;
  private rowCount = 0;
  private failure: Error | undefined;

  /** The columns. Undefined before the header was read. */
  get columns(): Columns | undefined {
    return this.found;
  }

  get count(): number {
    return this.rowCount;
  }

  /** @throws ImportFileError if the file cannot be read up to here. */
  async push(bytes: Buffer): Promise<FileRow[]> {
    return this.parse(this.text.push(bytes));
  }

  /** @throws ImportFileError if the file is incomplete, or has no rows. */
  async end(): Promise<FileRow[]> {
    const rows = await this.parse(this.text.end());
    const parser = this.parser ?? this.open();
    const ended = new Promise<void>((resolve) => {
      parser.once("end", resolve).once("error", resolve);
    });
    if (this.start.length > 0) parser.write(this.start);
    this.start = Buffer.alloc(0);
    parser.end();
    await ended;
    rows.push(...this.taken());
    if (this.found === undefined)
      throw fileError("EMPTY_FILE", "The file is empty. Its first line must name the columns.", 1);
    if (this.rowCount === 0) {
      throw fileError("EMPTY_FILE", "The file has only a header. Add a row below it.", this.line);
    }
    return rows;
  }

  private async parse(text: Buffer): Promise<FileRow[]> {
    let piece = text;
    if (this.parser === undefined) {
      this.start = Buffer.concat([this.start, text]);
      // The delimiter is detected from the whole header.
      if (
        !/[^\s][^]*[\r\n]/.test(this.start.toString("latin1")) &&
        this.start.length < MAX_HEADER_BYTES
      )
        return [];
      piece = this.start;
      this.start = Buffer.alloc(0);
    }
    const parser = this.parser ?? this.open(piece);
    await new Promise<void>((resolve) => {
      if (parser.destroyed) resolve();
      else
        parser.write(piece, () => {
          resolve();
        });
    });
    return this.taken();
  }

  private open(start: Buffer = this.start): Parser {
    const header =
      start
        .toString("utf8", 0, MAX_HEADER_BYTES)
        .trimStart()
        .split(/[\r\n]/)[0] ?? "";
    const parser = parse({
      delimiter: NAMED_DELIMITER.exec(header)?.[1] ?? delimiterOf(header),
      record_delimiter: ["\r\n", "\n", "\r"],
      // The number of cells is checked here, with the line.
      relax_column_count: true,
      max_record_size: MAX_ROW_BYTES,
    });
    parser.on("data", (record: string[]) => this.pending.push(record));
    parser.on("error", (error) => (this.failure ??= error));
    return (this.parser = parser);
  }

  /** The rows that the parser has found, with their lines. */
  private taken(): FileRow[] {
    const rows: FileRow[] = [];
    for (const cells of this.pending) {
      const line = this.line;
      this.line += linesIn(cells);
      if (cells.every((cell) => cell.trim() === "")) continue;
      if (this.found === undefined) {
        if (!/^sep=$/i.test(cells.join(""))) this.found = readColumns(cells, line);
      } else rows.push(this.checked(line, cells, this.found.names.length));
    }
    this.pending = [];
    if (this.failure !== undefined) throw this.refusal(this.failure);
    return rows;
  }

  private checked(line: number, cells: string[], width: number): FileRow {
    const row = ++this.rowCount;
    const place = placeOf(line, row);
    if (row > MAX_ROWS)
      throw fileError(
        "TOO_MANY_ROWS",
        `The file has more than ${MAX_ROWS.toLocaleString("en")} rows. Divide it.`,
        line,
        row,
      );
    if (cells.length === width) return { line, row, cells };
    const counts = `has ${String(cells.length)} cells, but the header has ${String(width)}`;
    throw fileError(
      "WRONG_CELLS",
      `${place} ${counts}. Write a cell that contains the delimiter in quotes.`,
      line,
      row,
    );
  }

  private refusal(error: Error): ImportFileError {
    const [code, what] =
      (error instanceof CsvError ? REASONS[error.code] : undefined) ?? UNREADABLE;
    const row = this.found === undefined ? null : this.rowCount + 1;
    const place = row === null ? `Line ${String(this.line)}` : placeOf(this.line, row);
    return fileError(code, `${place} ${what}`, this.line, row);
  }
}

function linesIn(cells: readonly string[]): number {
  let count = 1;
  for (const cell of cells)
    if (cell.includes("\n") || cell.includes("\r")) count += cell.match(LINE_BREAK)?.length ?? 0;
  return count;
}

type Reason = readonly [code: FileErrorCode, what: string];

const UNREADABLE: Reason = ["WRONG_QUOTES", "cannot be read as CSV."];

/** What the parser's errors mean, by its codes. */
const REASONS: Readonly<Record<string, Reason>> = {
  CSV_QUOTE_NOT_CLOSED: ["WRONG_QUOTES", "begins a row with a quote that never closes."],
  INVALID_OPENING_QUOTE: [
    "WRONG_QUOTES",
    'has a quote in a cell that does not begin with one. Write the cell in quotes, with each of its own quotes twice: "5"" pipe".',
  ],
  CSV_INVALID_CLOSING_QUOTE: [
    "WRONG_QUOTES",
    "has a quoted cell with something after its closing quote. Write each quote in a cell twice.",
  ],
  CSV_MAX_RECORD_SIZE: [
    "ROW_TOO_LONG",
    `begins a row of more than ${MAX_ROW_BYTES.toLocaleString("en")} bytes. A quote may not be closed.`,
  ],
};
