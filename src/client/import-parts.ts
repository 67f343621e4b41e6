import { ClientError } from "./client-error.js";

/* The parts of an answer to an import, one JSON object on each line. */

export interface ImportBegin {
  readonly kind: "CHARGE" | "DEBIT";
  readonly currency: string;
  readonly isDryRun: boolean;
  readonly rows: number;
  readonly columns: readonly string[];
  readonly firstImportedAt: string | null;
}

export interface ImportedRow {
  readonly line: number;
  readonly row: number;
  readonly status: "SUCCESS" | "REPEATED" | "REFUSED";
  readonly code: string | null;
  readonly message: string;
  readonly token: string | null;
  readonly cells: readonly string[];
}

interface Tally {
  readonly rows: number;
  /** A sum in the minor unit, in digits. */
  readonly amount: string;
}

export interface ImportEnd {
  readonly rows: number;
  readonly succeeded: Tally;
  readonly repeated: Tally;
  readonly refused: Tally;
  readonly refusedByCode: Readonly<Record<string, number>>;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly caution: string | null;
}

/** One line of an answer. Lines of later versions may have none of these. */
export interface ImportPart {
  readonly import?: ImportBegin;
  readonly row?: ImportedRow;
  readonly progress?: { readonly rows: number; readonly of: number };
  readonly end?: ImportEnd;
}

/** Reads the lines of a body as they arrive. @throws ClientError for a line that is not JSON. */
export async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<ImportPart> {
  const decoder = new TextDecoder();
  let left = "";
  for await (const piece of body) {
    const lines = (left + decoder.decode(piece, { stream: true })).split("\n");
    left = lines.pop() ?? "";
    for (const line of lines) yield partOf(line);
  }
}

function partOf(line: string): ImportPart {
  try {
    return JSON.parse(line) as ImportPart;
  } catch {
    throw new ClientError(
      `The server answered with something else than the result of an import: ${line.slice(0, 200)}`,
    );
  }
}
