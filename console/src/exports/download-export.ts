import { RestFailure, chunksOf, sendRest } from "../api/rest.js";

export interface ExportOptions {
  /** The list's GraphQL name. */
  readonly list: string;
  readonly format: "csv" | "ndjson";
  readonly filter: object;
  readonly sort: readonly object[] | null;
  /** Whether a CSV begins with a byte order mark, by which Excel recognizes UTF-8. */
  readonly hasMark: boolean;
}

export interface ExportProgress {
  readonly rows: number;
  readonly total: number | null;
}

const LINE_FEED = 10;
/** Longer than any last line. */
const TAIL_BYTES = 65_536;
/** How much is kept apart before it becomes part of the file, which the browser may keep on disk. */
const PART_BYTES = 4_194_304;

const CUT_OFF =
  "The export was cut off, so nothing was saved. Try again. For very large lists, use the command `pocketcharge export`, which continues an export.";

/**
 * Exports a list completely, or not at all. The file has no last line of the server's, which only proves that it is
 * complete.
 *
 * @throws RestFailure if the server refuses it, or if the last line, by which a complete export ends, is missing.
 */
export async function downloadExport(
  options: ExportOptions,
  onProgress: (progress: ExportProgress) => void,
  signal: AbortSignal,
): Promise<Blob> {
  const response = await sendRest(pathOf(options), { signal });
  const totalText = response.headers.get("export-total");
  const total = totalText === null ? null : Number(totalText);
  let file = new Blob([]);
  let parts: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  let lines = 0;
  for await (const chunk of chunksOf(response.body)) {
    parts.push(chunk);
    size += chunk.byteLength;
    for (const byte of chunk) if (byte === LINE_FEED) lines++;
    onProgress({ rows: total === null ? lines : Math.min(lines, total), total });
    if (size < PART_BYTES) continue;
    file = new Blob([file, ...parts]);
    [parts, size] = [[], 0];
  }
  file = new Blob([file, ...parts]);
  const tail = (await file.slice(-TAIL_BYTES).text()).trimEnd();
  const last = tail.slice(tail.lastIndexOf("\n") + 1);
  if (!last.startsWith(options.format === "csv" ? "#end," : '{"end":')) {
    throw new RestFailure(CUT_OFF);
  }
  const lineBreak = options.format === "csv" ? 2 : 1;
  const lastBytes = new TextEncoder().encode(last).byteLength + lineBreak;
  return file.slice(0, file.size - lastBytes, response.headers.get("content-type") ?? "");
}

function pathOf({ list, format, filter, sort, hasMark }: ExportOptions): string {
  const query = new URLSearchParams({ count: "true" });
  if (Object.keys(filter).length > 0) query.set("filter", JSON.stringify(filter));
  if (sort && sort.length > 0) query.set("sort", JSON.stringify(sort));
  if (format === "csv" && hasMark) query.set("bom", "true");
  return `/export/${list}.${format}?${query.toString()}`;
}
