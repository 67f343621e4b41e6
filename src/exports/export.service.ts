import type { Caller } from "../callers/caller.js";
import type { Database } from "../database/database.js";
import { encodeCursor } from "../listing/cursor.js";
import type { ListDefinition } from "../listing/list-query.js";
import { type ListedRow, WholeList, type WholeListArguments } from "../listing/whole-list.js";
import { RateLimitedError } from "../shared/errors.js";
import { Slots } from "../shared/slots.js";
import { type ExportedFields, exportedFields } from "./export-columns.js";
import type { ExportEnd, ExportFormat } from "./export-format.js";
import { ExportSums } from "./export-sums.js";
import { ExportStore } from "./export.store.js";

/** Counts exports and their rows. */
export interface ExportMetrics {
  exportBegan(): void;
  exportedRows(count: number): void;
  /** @param outcome `ok`, or the code of the error. */
  exportEnded(outcome: string): void;
  exportRefused(): void;
}

/** What to export, for whom. */
export interface ExportRequest {
  readonly definition: ListDefinition;
  readonly caller: Caller;
  readonly args: WholeListArguments;
  /** Whether to count the rows first. */
  readonly counts: boolean;
  readonly format: (fields: ExportedFields) => ExportFormat;
  /** Shows the cursor of each row whose number is a multiple of this; undefined for no cursors. */
  readonly cursorEvery: number | undefined;
  /** Ends the export early. Its reason is the error that `run` throws. */
  readonly signal: AbortSignal;
}

/** Where an export goes. Reading pauses while a promise is pending. */
export interface ExportBody {
  /** @param total the number of rows; null if it was not requested. */
  readonly begin: (format: ExportFormat, total: number | null) => void;
  readonly write: (text: string) => Promise<void>;
}

/** How far an export has come. */
export interface ExportProgress {
  rows: number;
  cursor: string | null;
}

/** After this time, another export has often ended. */
const RETRY_AFTER_SECONDS = 30;

/** Exports whole lists: every row that the caller may see, from one snapshot, in bounded memory. */
export class ExportService {
  private readonly store: ExportStore;
  private readonly slots: Slots;

  /** @param maxRunning how many exports may run at a time. */
  constructor(
    database: Pick<Database, "pool">,
    maxRunning: number,
    private readonly metrics?: ExportMetrics,
  ) {
    this.store = new ExportStore(database, maxRunning);
    this.slots = new Slots({
      most: maxRunning,
      noun: "export",
      advice: "Nothing was exported. Send the same request again",
      retryAfterSeconds: RETRY_AFTER_SECONDS,
    });
  }

  /**
   * Exports a list. The caller is authorized, but sees only its own rows in any case.
   *
   * @param progress updated with each page that was written.
   * @returns the content of the last line.
   * @throws AppError BAD_USER_INPUT for wrong arguments, RATE_LIMITED if too many exports run, of all callers or of
   *   this merchant, or the signal's reason.
   */
  async run(
    request: ExportRequest,
    body: ExportBody,
    progress: ExportProgress,
  ): Promise<ExportEnd> {
    const { definition, caller, args, signal } = request;
    const of = exportedFields(definition.record);
    const stored = of.fields.filter(({ isJoined }) => !isJoined).map(({ name }) => name);
    const list = new WholeList(definition, caller, args, stored);
    const leave = this.enter(caller);
    let outcome = "INTERNAL_SERVER_ERROR";
    try {
      const exported = await this.write(request, list, of, body, progress);
      outcome = "ok";
      return exported;
    } catch (error) {
      const failure: unknown = signal.aborted ? signal.reason : error;
      if (failure instanceof Error && "code" in failure) outcome = String(failure.code);
      throw failure;
    } finally {
      leave(outcome);
    }
  }

  private enter({ merchantId }: Caller): (outcome: string) => void {
    const free = this.slots.take(merchantId);
    if (free instanceof RateLimitedError) {
      this.metrics?.exportRefused();
      throw free;
    }
    this.metrics?.exportBegan();
    return (outcome) => {
      free();
      this.metrics?.exportEnded(outcome);
    };
  }

  private async write(
    { definition: { record }, counts, cursorEvery, signal, format: formatOf }: ExportRequest,
    list: WholeList,
    of: ExportedFields,
    body: ExportBody,
    progress: ExportProgress,
  ): Promise<ExportEnd> {
    const format = formatOf(of);
    const sums = new ExportSums(of.currency, of.summed);
    const joined = of.fields.filter(({ isJoined }) => isJoined).map(({ name }) => name);
    const cursorOf = (row: ListedRow): string => encodeCursor(record, list.order, row);
    const page = async (rows: readonly ListedRow[]): Promise<void> => {
      let lines = "";
      rows.forEach((row, index) => {
        sums.add(row);
        const isShown =
          cursorEvery !== undefined && (progress.rows + index + 1) % cursorEvery === 0;
        const cursor = isShown ? cursorOf(row) : null;
        lines += format.row(row, cursorEvery === undefined ? undefined : cursor);
      });
      await body.write(lines);
      progress.rows += rows.length;
      const last = rows.at(-1);
      if (last !== undefined) progress.cursor = cursorOf(last);
      this.metrics?.exportedRows(rows.length);
    };
    const begin = async (total: number | null): Promise<void> => {
      body.begin(format, total);
      await body.write(format.head());
    };
    await this.store.read(list, { joined, counts, signal }, { begin, page });
    const { rows: count, cursor } = progress;
    return { count, sums: sums.total(), cursor };
  }

  /** Call it after all exports have ended. */
  close(): Promise<void> {
    return this.store.close();
  }
}
