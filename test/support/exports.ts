import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { gunzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";
import { expect } from "vitest";

export interface ExportAnswer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly trailers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
  /** Whether the body has its end; a body that was cut off has none. */
  readonly isComplete: boolean;
}

export interface End {
  readonly count: number;
  readonly sums: Record<string, Record<string, string>>;
  readonly cursor: string | null;
}

/** The path of an export. Values that are not strings are sent as JSON. */
export function exportPath(file: string, query: Readonly<Record<string, unknown>> = {}): string {
  const pairs = Object.entries(query).map(([name, value]): [string, string] => [
    name,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  return `/export/${file}?${new URLSearchParams(pairs).toString()}`;
}

/** Begins an export. The caller reads its body. */
export async function openExport(
  url: string,
  token: string | null,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<IncomingMessage> {
  const sent = request(new URL(path, url), {
    headers: { ...(token === null ? {} : { authorization: `Token ${token}` }), ...headers },
  });
  sent.end();
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  return response;
}

/** Reads a whole export, also one that is cut off. */
export async function readExport(response: IncomingMessage): Promise<ExportAnswer> {
  const chunks: Buffer[] = [];
  response.on("data", (chunk: Buffer) => chunks.push(chunk));
  response.on("error", () => undefined);
  // A body that is cut off also emits an error, with which `once` would reject.
  await new Promise((resolve) => response.once("close", resolve));
  const body = Buffer.concat(chunks);
  const isGzip = response.headers["content-encoding"] === "gzip";
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    trailers: response.trailers,
    text: (isGzip ? gunzipSync(body) : body).toString("utf8"),
    isComplete: response.complete,
  };
}

/** Downloads an export. */
export async function download(
  url: string,
  token: string | null,
  path: string,
  headers?: Readonly<Record<string, string>>,
): Promise<ExportAnswer> {
  return readExport(await openExport(url, token, path, headers));
}

export type JsonRow = Readonly<Record<string, unknown>>;

/** The rows and the last line of a complete NDJSON export. */
export function readNdjson(text: string): { readonly rows: JsonRow[]; readonly end: End } {
  const lines = text.trimEnd().split("\n");
  const values = lines.map((line) => JSON.parse(line) as JsonRow);
  const last = values.pop() as { readonly end: End };
  expect(Object.keys(last)).toEqual(["end"]);
  return { rows: values, end: last.end };
}

export type CsvRow = Readonly<Record<string, string>>;

/** The rows and the last line of a complete CSV export, as a reader of CSV reads them. */
export function readCsv(text: string): { readonly rows: CsvRow[]; readonly end: End } {
  const parsed: string[][] = parse(text, { bom: true });
  const [names = [], ...records] = parsed;
  const [mark, end = "", ...others] = records.pop() ?? [];
  expect(mark).toBe("#end");
  expect(others.join("")).toBe("");
  const rows = records.map((record) =>
    Object.fromEntries(names.map((name, index) => [name, record[index] ?? ""])),
  );
  return { rows, end: JSON.parse(end) as End };
}

/** The text of a cell, without the apostrophe that keeps spreadsheets from running it as a formula. */
export function textOfCell(cell: string): string {
  return /^'+[=+\-@＝＋－＠\t\r\n]/.test(cell) ? cell.slice(1) : cell;
}
