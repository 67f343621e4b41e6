/** One record of a file that is exported: a row, its header, or its last line. */
export interface ExportRecord {
  /** The record as the file has it, with its line break and without its cursor. */
  readonly bytes: Uint8Array;
  /** Its cursor; null for most records. */
  readonly cursor: string | null;
}

/** What the last line of an export says. */
export type LastLine =
  | { readonly kind: "end"; readonly count: number; readonly sums: SumsByCurrency }
  | { readonly kind: "error"; readonly code: string; readonly message: string };

export type SumsByCurrency = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** How the records of a format are separated. */
export interface RecordFormat {
  /** Whether the first record has the names of the columns. */
  readonly hasHeader: boolean;
  readonly splitter: () => RecordSplitter;
  /** Separates the cursor from a record. */
  readonly read: (record: Buffer) => ExportRecord;
  /** The content of a last line; null for any other record. */
  readonly lastLine: (record: Buffer) => LastLine | null;
}

const LINE_FEED = 10;
const QUOTE = 34;
const COMMA = 44;

/** Splits the bytes of a response into records. A line break inside quotes ends no record of CSV. */
export class RecordSplitter {
  private rest: Buffer = Buffer.alloc(0);

  constructor(private readonly hasQuotes: boolean) {}

  /** The records that end in the chunk. */
  split(chunk: Uint8Array): Buffer[] {
    const bytes = Buffer.concat([this.rest, chunk]);
    const records: Buffer[] = [];
    let start = 0;
    let isQuoted = false;
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at];
      if (byte === QUOTE && this.hasQuotes) isQuoted = !isQuoted;
      else if (byte === LINE_FEED && !isQuoted) {
        records.push(bytes.subarray(start, at + 1));
        start = at + 1;
      }
    }
    this.rest = bytes.subarray(start);
    return records;
  }
}

const CRLF = Buffer.from("\r\n");

export const CSV_RECORDS: RecordFormat = {
  hasHeader: true,
  splitter: () => new RecordSplitter(true),
  read: (record) => {
    // The cursor is the last cell. Its alphabet needs no quotes.
    const at = record.lastIndexOf(COMMA);
    const cursor = record.toString("latin1", at + 1, record.length - CRLF.length);
    const bytes = Buffer.concat([record.subarray(0, at), CRLF]);
    return { bytes, cursor: cursor === "" ? null : cursor };
  },
  lastLine: (record) => {
    const [, name, cell] = /^#(end|error),"(.*)",*\r\n$/s.exec(headOf(record, "#")) ?? [];
    return cell === undefined ? null : lastLineOf(name, JSON.parse(cell.replaceAll('""', '"')));
  },
};

export const NDJSON_RECORDS: RecordFormat = {
  hasHeader: false,
  splitter: () => new RecordSplitter(false),
  read: (record) => {
    const found = CURSOR_MEMBER.exec(
      record.toString("latin1", Math.max(0, record.length - MAX_CURSOR)),
    );
    if (found === null) return { bytes: record, cursor: null };
    const bytes = Buffer.concat([
      record.subarray(0, record.length - found[0].length),
      Buffer.from("}\n"),
    ]);
    return { bytes, cursor: found[1] ?? null };
  },
  lastLine: (record) => {
    const text = headOf(record, "{");
    const [, name] = /^\{"(end|error)":/.exec(text) ?? [];
    if (name === undefined) return null;
    return lastLineOf(name, (JSON.parse(text) as Record<string, unknown>)[name]);
  },
};

/** Longer than any cursor. */
const MAX_CURSOR = 110_000;

/** The last member of a row. Texts cannot look like it, because their quotes are escaped. */
const CURSOR_MEMBER = /,"cursor":"([\w-]+)"\}\n$/;

/** The record as text, if it begins with the character; otherwise empty. */
function headOf(record: Buffer, first: string): string {
  return record[0] === first.charCodeAt(0) ? record.toString("utf8") : "";
}

function lastLineOf(kind: string | undefined, content: unknown): LastLine {
  const value = content as Readonly<Record<string, unknown>>;
  return kind === "end"
    ? { kind, count: Number(value["count"]), sums: value["sums"] as SumsByCurrency }
    : { kind: "error", code: String(value["code"]), message: String(value["message"]) };
}
