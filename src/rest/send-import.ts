import type { FastifyReply, FastifyRequest } from "fastify";
import { presentFailure } from "../graphql/present-error.js";
import { acceptedTypes } from "../http/header-values.js";
import { StreamedBody } from "../http/streamed-body.js";
import type { ImportAnswer, ShownEvent } from "../imports/import-answer.js";
import { ImportStoppedError } from "../imports/import-error.js";
import type { ImportEvent } from "../imports/import-event.js";
import type { OpenImport } from "../imports/imports.service.js";
import { eventStreamAnswer, ndjsonAnswer } from "../imports/json-answers.js";
import { csvAnswer } from "../imports/result-csv.js";
import type { ImportQuery } from "./import-document.js";

/** How long a client may read nothing before its import stops. */
const STALL_MS = 120_000;

/** The answer in the first form that the client accepts: CSV, server-sent events, or otherwise NDJSON. */
export function answerFor({ headers }: FastifyRequest, query: ImportQuery): ImportAnswer {
  const isDryRun = query.dryRun === "true";
  const types = acceptedTypes(headers.accept).map(({ essence }) => essence);
  const chosen = types.find((type) => CHOICES.has(type));
  if (chosen === "text/csv") return csvAnswer(query.results ?? "all", query.bom === "true");
  const rows = query.results ?? (isDryRun ? "all" : "refused");
  return chosen === "text/event-stream" ? eventStreamAnswer(rows) : ndjsonAnswer(rows);
}

const CHOICES: ReadonlySet<string> = new Set([
  "text/csv",
  "text/event-stream",
  "application/x-ndjson",
]);

/**
 * Runs an import and sends what happens, until it ends. If the client leaves or stops reading, the import stops after
 * the batches that are under way.
 */
export async function sendImport(
  open: OpenImport,
  answer: ImportAnswer,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const stop = new AbortController();
  const { signal } = stop;
  const leave = (why: string): void => {
    stop.abort(new ImportStoppedError(why));
    open.close(why);
  };
  reply.raw.once("close", () => {
    leave("The client left.");
  });
  const body = new StreamedBody(request, reply, {
    stallMs: STALL_MS,
    onStalled: () => {
      leave(`The client read nothing for ${String(STALL_MS / 1_000)} seconds.`);
    },
    // Compression would delay the progress.
    isCompressible: false,
  });
  if (reply.raw.destroyed) {
    leave("The client left.");
    return;
  }
  body.begin(
    {
      "content-type": answer.mediaType,
      "cache-control": "no-cache, no-transform",
      "x-accel-buffering": "no",
    },
    [],
  );
  try {
    await sendEvents(open, answer, body, request, signal);
  } catch (error) {
    // The client has left or stopped reading: there is no one to tell.
    if (!signal.aborted) throw error;
    body.cutOff("");
  }
}

async function sendEvents(
  open: OpenImport,
  answer: ImportAnswer,
  body: StreamedBody,
  request: FastifyRequest,
  signal: AbortSignal,
): Promise<void> {
  for await (const event of open.events()) {
    const shown = shownEvent(event, request);
    const text = answer.write(shown);
    if (event.type !== "end") await body.write(text, signal);
    else if (event.error === null || !answer.mediaType.startsWith("text/csv")) body.end(text, {});
    // CSV has no place for an error: the client notices that the response has no end.
    else body.cutOff(text);
  }
}

function shownEvent(event: ImportEvent, { id: requestId, log }: FastifyRequest): ShownEvent {
  if (event.type !== "end") return event;
  if (event.error === null) return { ...event, error: null };
  if (event.error instanceof ImportStoppedError) {
    const { code, message } = event.error;
    return { ...event, error: { code, message } };
  }
  const { message, extensions } = presentFailure(event.error, { requestId, log });
  return { ...event, error: { code: extensions.code, message } };
}
