import type { ImportListener } from "./import-attempt.js";
import type { ImportBegin, ImportedRow } from "./import-parts.js";
import type { ImportResults } from "./import-results.js";
import { ProgressLine } from "./progress-line.js";
import { readColumns } from "../imports/import-columns.js";
import { ResultCsv } from "../imports/result-csv.js";
import { present } from "../shared/assert.js";

/** The most refused rows that are printed. */
const MAX_PRINTED = 20;

/**
 * Shows an import to the person who runs the command: its progress, its first refused rows, and the file with the
 * results.
 */
export class ImportReport implements ImportListener {
  private progress = new ProgressLine("bytes");
  private begin: ImportBegin | undefined;
  private csv: ResultCsv | undefined;
  private printed = 0;
  private hasProgressed: () => void = () => undefined;

  /** @param results the file with the results; null for none. */
  constructor(private readonly results: ImportResults | null) {}

  get beginning(): ImportBegin {
    return present(this.begin, "the beginning of an import that has ended");
  }

  /** Prepares for an attempt, which sends all results from the first row. */
  async restart(hasProgressed: () => void): Promise<void> {
    this.hasProgressed = hasProgressed;
    await this.close();
    this.progress = new ProgressLine("bytes");
    this.printed = 0;
    await this.results?.begin();
  }

  sent(bytes: number, of: number): void {
    this.progress.show(bytes, of);
  }

  begun(begin: ImportBegin): void {
    this.begin = begin;
    this.progress.clear();
    if (begin.firstImportedAt !== null && !begin.isDryRun)
      this.print(
        `This file was first imported at ${begin.firstImportedAt}. What was done then is not done again.`,
      );
    this.progress = new ProgressLine("rows");
    this.csv = new ResultCsv(readColumns(begin.columns, 1));
    this.results?.write(this.csv.header());
  }

  row(row: ImportedRow): void {
    this.results?.write(present(this.csv, "the columns of the file").line(row));
    if (row.status !== "REFUSED" || ++this.printed > MAX_PRINTED) return;
    this.print(`Line ${String(row.line)}: ${row.message} (${row.code ?? ""})`);
    if (this.printed === MAX_PRINTED) this.print("Further refused rows are only counted here.");
  }

  progressed(rows: number, of: number): void {
    this.results?.check();
    this.hasProgressed();
    this.progress.show(rows, of);
  }

  print(message: string): void {
    this.progress.print(message);
  }

  /** Completes the file with the results. @throws ClientError if it cannot be written. */
  async end(): Promise<void> {
    this.progress.clear();
    await this.results?.complete();
  }

  /** Removes a file that is not complete. */
  async close(): Promise<void> {
    this.progress.clear();
    await this.results?.discard();
  }
}
