import { ClientError, TemporaryFailure } from "./client-error.js";
import type { ImportFile } from "./import-file.js";
import {
  type ImportBegin,
  type ImportEnd,
  type ImportPart,
  type ImportedRow,
  linesOf,
} from "./import-parts.js";
import { asTemporary, sendRequest } from "./send-request.js";
import type { ServerAccess } from "./server-access.js";

/** A file to import, and what for. */
export interface FileToImport {
  readonly file: ImportFile;
  readonly kind: "charges" | "debits";
  readonly query: Readonly<Record<string, string>>;
}

/** Receives what happens in an attempt. */
export interface ImportListener {
  /** @param bytes how many of the file were sent. */
  sent(bytes: number, of: number): void;
  begun(begin: ImportBegin): void;
  row(row: ImportedRow): void;
  progressed(rows: number, of: number): void;
}

/** The errors that end an import which can be continued by sending the same file again. */
const TEMPORARY: ReadonlySet<string> = new Set(["SERVICE_UNAVAILABLE", "RATE_LIMITED"]);

/**
 * Sends a file once, and reports what happens.
 *
 * @throws TemporaryFailure if the same file can be sent again, which does nothing twice; ClientError for a file that
 *   cannot be read, has changed or is refused, and for an import that was ended for good.
 */
export async function attemptImport(
  access: ServerAccess,
  wanted: FileToImport,
  listener: ImportListener,
  signal: AbortSignal,
): Promise<ImportEnd> {
  const end = await sendFile(access, wanted, listener, signal).catch((error: unknown) => {
    throw wanted.file.failure ?? error;
  });
  if (end === null) throw new TemporaryFailure("The connection was lost before the end.");
  if (end.error === null) return end;
  const { code, message } = end.error;
  throw TEMPORARY.has(code) ? new TemporaryFailure(message) : new ClientError(message);
}

async function sendFile(
  access: ServerAccess,
  { file, kind, query }: FileToImport,
  listener: ImportListener,
  signal: AbortSignal,
): Promise<ImportEnd | null> {
  const size = await file.check();
  const body = file.read((bytes) => {
    listener.sent(bytes, size);
  });
  const target = `import/pocket-${kind}?${new URLSearchParams(query).toString()}`;
  const response = await sendRequest(access, target, {
    method: "POST",
    headers: { "content-type": "text/csv", accept: "application/x-ndjson" },
    body: ReadableStream.from(body),
    duplex: "half",
    signal,
  });
  return readAnswer(response, listener).catch((error: unknown) => {
    throw error instanceof ClientError ? error : asTemporary(error, "The connection was lost");
  });
}

async function readAnswer({ body }: Response, listener: ImportListener): Promise<ImportEnd | null> {
  if (body === null) return null;
  for await (const part of linesOf(body)) {
    const end = report(part, listener);
    if (end !== null) return end;
  }
  return null;
}

function report(part: ImportPart, listener: ImportListener): ImportEnd | null {
  if (part.import !== undefined) listener.begun(part.import);
  if (part.row !== undefined) listener.row(part.row);
  if (part.progress !== undefined) listener.progressed(part.progress.rows, part.progress.of);
  return part.end ?? null;
}
