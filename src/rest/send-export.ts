import type { FastifyReply, FastifyRequest } from "fastify";
import type { TokenWatch } from "../access/token-watch.service.js";
import { requireCaller } from "../callers/caller.js";
import type { ExportEnd, ExportFormat } from "../exports/export-format.js";
import type { ExportProgress, ExportRequest, ExportService } from "../exports/export.service.js";
import type { ListField } from "../graphql/list-fields.js";
import { presentFailure } from "../graphql/present-error.js";
import { StreamedBody } from "../http/streamed-body.js";
import type { ListDefinition } from "../listing/list-query.js";
import { ClientGoneError } from "../shared/deadline.js";
import { AppError } from "../shared/errors.js";
import { type ExportQuery, cursorDistance, exportArguments } from "./export-query.js";
import { contextOf } from "./rest-access.js";

/** A list of the schema, and how its rows are read. */
export interface ExportedList extends ListField {
  readonly definition: ListDefinition;
}

export interface ExportServices {
  readonly exports: ExportService;
  readonly exportedLists: readonly ExportedList[];
  readonly tokens: Pick<TokenWatch, "watch">;
  /** How long a client may read nothing. */
  readonly stallMs: number;
}

export interface Sending {
  readonly list: ExportedList;
  readonly fileName: string;
  readonly format: ExportRequest["format"];
  readonly query: ExportQuery;
  /** Ends the export. */
  readonly controller: AbortController;
}

/**
 * Sends an export until it ends, or until its client leaves or stops reading, its token becomes invalid, or the server
 * stops. Errors before the first row have an HTTP status; later ones are the last line, and the body has no end.
 */
export async function sendExport(
  services: ExportServices,
  sending: Sending,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const { list, fileName, format, query, controller } = sending;
  const { signal } = controller;
  const args = exportArguments(list, query);
  const cursorEvery = cursorDistance(query);
  const unwatch = endEarly(services, controller, request, reply);
  const body = new FileBody(services, controller, request, reply, fileName);
  const progress: ExportProgress = { rows: 0, cursor: args.after ?? null };
  const begunAt = performance.now();
  let outcome = "ok";
  try {
    const { definition } = list;
    const caller = requireCaller(contextOf(request).caller);
    const counts = query.count === "true";
    const wanted = { definition, caller, args, counts, format, cursorEvery, signal };
    body.end(await services.exports.run(wanted, body, progress));
  } catch (error) {
    outcome = error instanceof AppError ? error.code : "INTERNAL_SERVER_ERROR";
    body.fail(error, progress.cursor);
  } finally {
    unwatch();
    const durationMs = Math.round(performance.now() - begunAt);
    const ended = { list: list.name, rows: progress.rows, durationMs, outcome };
    request.log.info(ended, "export ended");
  }
}

/** Ends an export when its client leaves or its token becomes invalid. @returns a function that ends the watch. */
function endEarly(
  { tokens }: ExportServices,
  controller: AbortController,
  { headers }: FastifyRequest,
  { raw }: FastifyReply,
): () => void {
  raw.once("close", () => {
    controller.abort(new ClientGoneError());
  });
  return tokens.watch(headers.authorization ?? "", (reason) => {
    controller.abort(reason);
  });
}

const TRAILERS = ["export-count", "export-sums"] as const;

/** The response with the file. */
class FileBody {
  private readonly body: StreamedBody;
  private format: ExportFormat | undefined;

  constructor(
    { stallMs }: ExportServices,
    private readonly controller: AbortController,
    private readonly request: FastifyRequest,
    reply: FastifyReply,
    private readonly fileName: string,
  ) {
    const onStalled = (): void => {
      controller.abort(stalled(stallMs));
    };
    this.body = new StreamedBody(request, reply, { stallMs, onStalled });
  }

  begin(format: ExportFormat, total: number | null): void {
    this.format = format;
    const headers = {
      "content-type": format.mediaType,
      "content-disposition": `attachment; filename="${this.fileName}"`,
      "cache-control": "no-store",
      ...(total === null ? {} : { "export-total": String(total) }),
    };
    this.body.begin(headers, TRAILERS);
  }

  write(text: string): Promise<void> {
    return this.body.write(text, this.controller.signal);
  }

  end(end: ExportEnd): void {
    this.body.end(this.format?.last("end", end) ?? "", {
      "export-count": String(end.count),
      "export-sums": JSON.stringify(end.sums),
    });
  }

  /** @throws the error itself if the response has not begun: it then becomes the response. */
  fail(error: unknown, cursor: string | null): void {
    if (this.format === undefined) throw error;
    const { id: requestId, log } = this.request;
    const { message, extensions } = presentFailure(error, { requestId, log });
    this.body.cutOff(this.format.last("error", { code: extensions.code, message, cursor }));
  }
}

function stalled(stallMs: number): AppError {
  const seconds = String(Math.round(stallMs / 1_000));
  return new AppError(
    "SERVICE_UNAVAILABLE",
    `The client read nothing for ${seconds} seconds, so the server cut this export off. Send the same request again with \`after\` and the last cursor.`,
  );
}
