import { ClientError, TemporaryFailure } from "./client-error.js";
import type { LastLine, RecordFormat, SumsByCurrency } from "./export-records.js";
import type { PartFile, PartState } from "./part-file.js";
import { retryTemporary } from "./retry-temporary.js";
import { asTemporary, sendRequest } from "./send-request.js";
import type { ServerAccess } from "./server-access.js";

/** What is exported. */
export interface WantedExport {
  /** The path, without a query. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly format: RecordFormat;
}

export interface DownloadOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (rows: number, total: number | null) => void;
  readonly onRetry: (failure: TemporaryFailure, delayMs: number) => void;
}

export interface Downloaded {
  readonly rows: number;
  readonly bytes: number;
  /** Null if the export was continued: the server then knows only the sums of the last part. */
  readonly sums: SumsByCurrency | null;
}

/** The rows between two cursors. After a lost connection, at most so many are sent again. */
const CURSOR_EVERY = 1_000;
const SAVE_INTERVAL_MS = 5_000;

/**
 * Downloads an export into a file. After a lost connection, it continues at the last cursor. The file is complete only
 * if the server's last line has arrived and its count agrees.
 *
 * @throws ClientError, after which the file can be continued later.
 */
export async function downloadExport(
  access: ServerAccess,
  wanted: WantedExport,
  file: PartFile,
  options: DownloadOptions,
): Promise<Downloaded> {
  const isContinued = file.state.cursor !== null;
  let parts = 0;
  const { end, rows, bytes } = await retryTemporary((hasProgressed) => {
    parts++;
    return new Part(access, wanted, file, options, hasProgressed).read();
  }, options);
  await file.complete(bytes);
  return { rows, bytes, sums: isContinued || parts > 1 ? null : end.sums };
}

type End = Extract<LastLine, { kind: "end" }>;

/** One response, from the file's state on. */
class Part {
  private readonly begun: PartState;
  private rows: number;
  private bytes: number;
  private header: string | null;
  private hasHeader: boolean;
  private pending: Uint8Array[] = [];
  private pendingBytes = 0;
  private savedAt = performance.now();

  constructor(
    private readonly access: ServerAccess,
    private readonly wanted: WantedExport,
    private readonly file: PartFile,
    private readonly options: DownloadOptions,
    private readonly hasProgressed: () => void,
  ) {
    this.begun = file.state;
    ({ rows: this.rows, bytes: this.bytes, header: this.header } = file.state);
    this.hasHeader = !wanted.format.hasHeader;
  }

  async read(): Promise<{ readonly end: End; readonly rows: number; readonly bytes: number }> {
    const { access, wanted, file, options, begun } = this;
    await file.rewind();
    const query = new URLSearchParams({
      ...wanted.query,
      count: "true",
      cursorEvery: String(CURSOR_EVERY),
      ...(begun.cursor === null ? {} : { after: begun.cursor }),
    });
    const path = `${wanted.path}?${query.toString()}`;
    const response = await sendRequest(access, path, { signal: options.signal });
    const counted = Number(response.headers.get("export-total") ?? NaN);
    const total = Number.isNaN(counted) ? null : begun.rows + counted;
    const end = await this.readBody(response, total);
    this.check(end);
    await this.flush();
    return { end, rows: this.rows, bytes: this.bytes };
  }

  private async readBody({ body }: Response, total: number | null): Promise<End> {
    const splitter = this.wanted.format.splitter();
    const stream = (body ?? new ReadableStream()) as ReadableStream<Uint8Array>;
    const reader = stream.getReader();
    for (;;) {
      const { done, value } = await reader.read().catch((error: unknown) => {
        this.options.signal.throwIfAborted();
        throw asTemporary(error, "The connection broke");
      });
      if (done) throw new TemporaryFailure("The export was cut off before its last line.");
      for (const record of splitter.split(value)) {
        const end = this.take(record);
        if (end !== null) return end;
      }
      await this.flush();
      await this.save();
      this.options.onProgress(this.rows, total);
    }
  }

  /** @returns the last line of a complete export; null for another record. */
  private take(record: Buffer): End | null {
    const { format } = this.wanted;
    const last = format.lastLine(record);
    if (last?.kind === "end") return last;
    if (last !== null) throw failureOf(last);
    const { bytes, cursor } = this.hasHeader ? format.read(record) : this.takeHeader(record);
    this.pending.push(bytes);
    this.pendingBytes += bytes.length;
    if (!this.hasHeader) {
      this.hasHeader = true;
      return null;
    }
    this.rows++;
    if (cursor !== null)
      this.cursor = { rows: this.rows, bytes: this.bytes + this.pendingBytes, cursor };
    return null;
  }

  private cursor: { rows: number; bytes: number; cursor: string } | null = null;

  /** The header of a continued export is in the file already. */
  private takeHeader(record: Buffer): { readonly bytes: Uint8Array; readonly cursor: null } {
    const { bytes } = this.wanted.format.read(record);
    const header = Buffer.from(bytes)
      .toString("utf8")
      .replace(/^\ufeff/, "");
    if (this.begun.header === null) {
      this.header = header;
      return { bytes, cursor: null };
    }
    if (header === this.begun.header) return { bytes: new Uint8Array(0), cursor: null };
    throw new ClientError(
      "The columns of the export have changed since it began, so it cannot be continued. Begin again with --replace.",
    );
  }

  private async flush(): Promise<void> {
    await this.file.write(Buffer.concat(this.pending), this.bytes);
    this.bytes += this.pendingBytes;
    this.pending = [];
    this.pendingBytes = 0;
    if (this.cursor === null) return;
    this.file.advance({ ...this.cursor, header: this.header });
    this.cursor = null;
    this.hasProgressed();
  }

  private async save(): Promise<void> {
    if (performance.now() - this.savedAt < SAVE_INTERVAL_MS) return;
    this.savedAt = performance.now();
    await this.file.save();
  }

  private check({ count }: End): void {
    const received = this.rows - this.begun.rows;
    if (received === count) return;
    throw new ClientError(
      `The server sent ${String(received)} rows, but reports ${String(count)}. The export is not complete; report this.`,
    );
  }
}

function failureOf({ code, message }: Extract<LastLine, { kind: "error" }>): Error {
  return code === "SERVICE_UNAVAILABLE" ? new TemporaryFailure(message) : new ClientError(message);
}
