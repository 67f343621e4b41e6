import { useRef, useState } from "react";
import { RestFailure, isAbort, readLines, sendRest } from "../api/rest.js";
import type {
  ImportBegin,
  ImportEnd,
  ImportPart,
  ImportProgress,
  ImportRow,
} from "./import-parts.js";

export interface ImportRequest {
  readonly kind: "CHARGE" | "DEBIT";
  readonly pocketGroupSlug: string;
  readonly file: File;
  readonly isDryRun: boolean;
  /** The name of an intended repetition of a file; empty for none. */
  readonly again: string;
}

export interface ImportRun {
  readonly request: ImportRequest;
  readonly isRunning: boolean;
  readonly begin: ImportBegin | null;
  readonly progress: ImportProgress | null;
  /** The refused rows. */
  readonly refused: readonly ImportRow[];
  readonly end: ImportEnd | null;
  /** Why the file was refused, or the import was cut off. */
  readonly problem: string | null;
}

const CUT_OFF =
  "The connection was lost before the import ended. Nothing is lost: start it again with the same file, and it continues where it was.";

const CHANGED =
  "The file changed on this computer since you selected it. Remove it from the form, and select it again.";

/** How often a running import is drawn. Its parts arrive faster. */
const DRAW_MS = 100;

/** Runs an import, and keeps what the server reports. */
export function useImport() {
  const [run, setRun] = useState<ImportRun | null>(null);
  const controller = useRef<AbortController>(null);
  const start = async (request: ImportRequest): Promise<void> => {
    controller.current?.abort();
    const { signal } = (controller.current = new AbortController());
    let state: ImportRun = {
      ...{ request, isRunning: true, refused: [] },
      ...{ begin: null, progress: null, end: null, problem: null },
    };
    setRun(state);
    const refused: ImportRow[] = [];
    let drawnAt = performance.now();
    try {
      for await (const part of readLines(await send(request, signal))) {
        state = { ...state, ...changeBy(part as ImportPart, refused) };
        if (performance.now() - drawnAt < DRAW_MS) continue;
        drawnAt = performance.now();
        setRun({ ...state, refused: [...refused] });
      }
      const problem = state.end === null ? CUT_OFF : (state.end.error?.message ?? null);
      setRun({ ...state, refused, isRunning: false, problem });
    } catch (error) {
      if (isAbort(error)) return;
      const problem = await reasonOf(error, request.file);
      setRun({ ...state, refused, isRunning: false, problem });
    }
  };
  const reset = (): void => {
    controller.current?.abort();
    setRun(null);
  };
  return { run, start, reset };
}

/** Browsers report a file that changed since it was selected like a lost connection. */
async function reasonOf(error: unknown, file: File): Promise<string> {
  const isReadable = await file
    .slice(0, 1)
    .arrayBuffer()
    .then(
      () => true,
      () => false,
    );
  if (!isReadable) return CHANGED;
  return error instanceof RestFailure ? error.message : CUT_OFF;
}

function send(
  { kind, pocketGroupSlug, file, isDryRun, again }: ImportRequest,
  signal: AbortSignal,
): Promise<Response> {
  const query = new URLSearchParams({ group: pocketGroupSlug, results: "refused" });
  if (isDryRun) query.set("dryRun", "true");
  if (again !== "") query.set("again", again);
  const path = kind === "CHARGE" ? "pocket-charges" : "pocket-debits";
  return sendRest(`/import/${path}?${query.toString()}`, {
    method: "POST",
    body: file,
    signal,
    headers: { "content-type": "text/csv", accept: "application/x-ndjson" },
  });
}

function changeBy(part: ImportPart, refused: ImportRow[]): Partial<ImportRun> {
  if ("import" in part) return { begin: part.import };
  if ("progress" in part) return { progress: part.progress };
  if ("end" in part) return { end: part.end };
  refused.push(part.row);
  return {};
}
