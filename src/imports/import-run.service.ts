import { setTimeout as sleep } from "node:timers/promises";
import type { MerchantCaller } from "../callers/caller.js";
import { RateLimitedError } from "../shared/errors.js";
import { MAX_ITEMS } from "../shared/request-limits.js";
import type { Columns } from "./import-columns.js";
import type { ImportTotals, RowOutcome } from "./import-outcome.js";
import { type FileRow, type ReadRow, readRow } from "./import-row.js";
import type { PostRows } from "./post-rows.service.js";

/** The batches of an import that are under way at once. One settles while the next is committed. */
const MAX_RUNNING = 3;

/** How often an import reports that it is running, even if no batch ends. */
const BEAT_MS = 1_000;

export interface RunParts {
  readonly rows: AsyncIterable<readonly FileRow[]>;
  readonly columns: Columns;
  /** The decimal digits of the currency; null if it has no minor unit. */
  readonly minorUnits: number | null;
  readonly slug: string;
  readonly posting: PostRows;
  readonly tokenOf: (row: number) => string;
  /** Checks the caller's token again before each batch, which counts as a request. */
  readonly renew: () => Promise<MerchantCaller>;
  /** A preview sees its own earlier batches, so they run one after the other. */
  readonly isPreview: boolean;
  /** Receives the outcomes. */
  readonly totals: ImportTotals;
  /** Aborted when no further batch is to begin. Its reason is the error of the run. */
  readonly signal: AbortSignal;
}

export type RunEvent =
  | { readonly type: "rows"; readonly outcomes: readonly RowOutcome[] }
  | { readonly type: "progress" }
  | { readonly type: "failed"; readonly error: unknown };

type Posted =
  | { readonly isDone: true; readonly outcomes: readonly RowOutcome[] }
  | { readonly isDone: false; readonly error: unknown };

/** Posts the rows of a file in batches, a few at a time, and reports their outcomes in the order of the file. */
export class ImportRun {
  private readonly running: Promise<Posted>[] = [];
  private failure: { readonly error: unknown } | undefined;

  constructor(private readonly parts: RunParts) {}

  /** Ends after the last row, or with an event that reports why it ended before. Never throws. */
  async *events(): AsyncGenerator<RunEvent> {
    const { rows, signal, isPreview } = this.parts;
    const most = isPreview ? 1 : MAX_RUNNING;
    try {
      for await (const batch of batches(rows)) {
        if (signal.aborted) this.failure ??= { error: reasonOf(signal) };
        if (this.failure !== undefined) break;
        this.running.push(this.post(batch));
        if (this.running.length >= most) yield* this.next();
      }
    } catch (error) {
      this.failure ??= { error };
    } finally {
      // If the reader has gone, no code below runs. Batches under way still end before the file is closed.
      await Promise.all(this.running);
    }
    while (this.running.length > 0) yield* this.next();
    if (this.failure !== undefined) yield { type: "failed", error: this.failure.error };
  }

  private async *next(): AsyncGenerator<RunEvent> {
    const first = this.running[0];
    if (first === undefined) return;
    let posted: Posted | undefined;
    while (posted === undefined) {
      posted = await within(first, BEAT_MS);
      if (posted === undefined) yield { type: "progress" };
    }
    void this.running.shift();
    if (!posted.isDone) {
      this.failure ??= { error: posted.error };
      return;
    }
    this.parts.totals.add(posted.outcomes);
    yield { type: "rows", outcomes: posted.outcomes };
  }

  private async post(batch: readonly FileRow[]): Promise<Posted> {
    const { columns, minorUnits, tokenOf } = this.parts;
    try {
      const rows = batch.map((row) => readRow(columns, minorUnits, row, tokenOf));
      return { isDone: true, outcomes: await this.postInTurn(rows) };
    } catch (error) {
      return { isDone: false, error };
    }
  }

  /** A rate limit delays the import and does not end it. */
  private async postInTurn(rows: readonly ReadRow[]): Promise<RowOutcome[]> {
    const { posting, slug, renew, signal } = this.parts;
    for (;;) {
      try {
        return await posting.post(await renew(), slug, rows);
      } catch (error) {
        if (!(error instanceof RateLimitedError)) throw error;
        await sleep(error.retryAfterSeconds * 1_000, undefined, { signal }).catch(() => {
          throw reasonOf(signal);
        });
      }
    }
  }
}

/** Divides pieces of any size into batches of the most items that one request may have. */
async function* batches(pieces: AsyncIterable<readonly FileRow[]>): AsyncGenerator<FileRow[]> {
  let batch: FileRow[] = [];
  for await (const piece of pieces) {
    for (const row of piece) {
      batch.push(row);
      if (batch.length < MAX_ITEMS) continue;
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

function reasonOf({ reason }: AbortSignal): Error {
  return reason instanceof Error ? reason : new Error("an import was stopped", { cause: reason });
}

/** Waits for a result. @returns undefined after the time. */
async function within<T>(work: Promise<T>, timeMs: number): Promise<T | undefined> {
  const ended = new AbortController();
  const late = sleep(timeMs, undefined, { signal: ended.signal }).catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    ended.abort();
  }
}
