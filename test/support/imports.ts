import { expect } from "vitest";
import type { TestServer } from "./server.js";

export interface ImportRow {
  line: number;
  row: number;
  status: "SUCCESS" | "REPEATED" | "REFUSED";
  code: string | null;
  message: string;
  token: string | null;
  phoneNumber: string;
  amount: number | null;
  cells: string[];
}

interface Tally {
  rows: number;
  amount: string;
}

export interface ImportEnd {
  isComplete: boolean;
  rows: number;
  of: number;
  succeeded: Tally;
  repeated: Tally;
  refused: Tally;
  refusedByCode: Record<string, number>;
  alike: number;
  error: { code: string; message: string } | null;
  caution: string | null;
}

export interface ImportBegin {
  kind: string;
  pocketGroupSlug: string;
  currency: string;
  isDryRun: boolean;
  rows: number;
  columns: string[];
  fileSha256: string;
  firstImportedAt: string | null;
}

/** What an import answered in NDJSON. The end is null if the response was cut off. */
export interface ImportAnswer {
  begin: ImportBegin | null;
  rows: ImportRow[];
  progress: { rows: number; of: number }[];
  end: ImportEnd | null;
}

export interface ImportRequest {
  kind?: "charges" | "debits";
  query?: Record<string, string>;
  headers?: Record<string, string>;
}

/** Sends a file to be imported. */
export function sendFile(
  { url }: Pick<TestServer, "url">,
  token: string | null,
  group: string,
  file: string | Buffer,
  { kind = "charges", query = {}, headers = {} }: ImportRequest = {},
): Promise<Response> {
  const target = new URL(`/import/pocket-${kind}`, url);
  target.search = new URLSearchParams({ group, ...query }).toString();
  return fetch(target, {
    method: "POST",
    headers: {
      "content-type": "text/csv",
      ...(token === null ? {} : { authorization: `Token ${token}` }),
      ...headers,
    },
    body: typeof file === "string" ? file : new Uint8Array(file),
  });
}

/** Imports a file that is accepted. @returns the answer. */
export async function importFile(
  server: Pick<TestServer, "url">,
  token: string,
  group: string,
  file: string | Buffer,
  request: ImportRequest = {},
): Promise<ImportAnswer & { end: ImportEnd; begin: ImportBegin }> {
  const response = await sendFile(server, token, group, file, request);
  const text = await response.text();
  expect(response.status, text).toBe(200);
  expect(response.headers.get("content-type")).toBe("application/x-ndjson; charset=utf-8");
  const { begin, end, ...answer } = readAnswer(text);
  if (begin === null || end === null) throw new Error(`the answer is cut off: ${text}`);
  return { ...answer, begin, end };
}

/** Reads the whole lines of an answer in NDJSON. */
export function readAnswer(text: string): ImportAnswer {
  const answer: ImportAnswer = { begin: null, rows: [], progress: [], end: null };
  for (const line of text.split("\n").slice(0, -1)) {
    const part = JSON.parse(line) as Partial<{
      import: ImportBegin;
      row: ImportRow;
      progress: { rows: number; of: number };
      end: ImportEnd;
    }>;
    if (part.import) answer.begin = part.import;
    if (part.row) answer.rows.push(part.row);
    if (part.progress) answer.progress.push(part.progress);
    if (part.end) answer.end = part.end;
  }
  return answer;
}

export interface FileRefusal {
  status: number;
  errors: { code: string; detail: string; meta?: { line: number | null; row: number | null } }[];
}

/** Sends a file that is refused as a whole. */
export async function refusalOfFile(
  server: Pick<TestServer, "url">,
  token: string | null,
  group: string,
  file: string | Buffer,
  request: ImportRequest = {},
): Promise<FileRefusal> {
  const response = await sendFile(server, token, group, file, request);
  const body = (await response.json()) as Pick<FileRefusal, "errors">;
  return { status: response.status, errors: body.errors };
}

/** A file with these rows. */
export function csv(header: string, ...rows: string[]): string {
  return [header, ...rows].map((line) => `${line}\n`).join("");
}

/** The number of entries of a group, by kind. */
export async function entriesIn(
  { database }: Pick<TestServer, "database">,
  group: string,
): Promise<{ count: number; sum: number }> {
  const { rows } = await database.pool.query<{ count: number; sum: number }>(
    `select count(*)::int as count, coalesce(sum(l.amount), 0)::bigint as sum from pocket_ledger l
     join pocket_groups g on g.id = l.pocket_group_id where g.slug = $1`,
    [group],
  );
  return rows[0]!;
}
