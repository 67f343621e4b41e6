import type { FastifyError, FastifyInstance } from "fastify";
import { ApiScope } from "../callers/api-scope.js";
import { authorize } from "../callers/caller.js";
import { csvFormat } from "../exports/csv-format.js";
import type { ExportedFields } from "../exports/export-columns.js";
import type { ExportFormat } from "../exports/export-format.js";
import { ndjsonFormat } from "../exports/ndjson-format.js";
import { valuesOf } from "../shared/enumeration.js";
import { AppError } from "../shared/errors.js";
import { readQuery } from "./charge-query.js";
import { EXPORT_TAGS, exportAnswers, listParameter } from "./export-document.js";
import { CSV_QUERY, type ExportQuery, NDJSON_QUERY } from "./export-query.js";
import { JSON_API_ERRORS } from "./json-api.js";
import { contextOf, refuseOtherMethods } from "./rest-access.js";
import { failureHandler } from "./rest-error.js";
import { type ExportServices, sendExport } from "./send-export.js";

interface Export {
  Params: { list: string };
  Querystring: ExportQuery;
}

/** The list decides which of them a token needs. */
const EVERY_SCOPE = valuesOf(ApiScope);

const FORMATS = [
  {
    extension: "csv",
    operationId: "exportCsv",
    summary: "Export a list as CSV",
    querystring: CSV_QUERY,
    formatOf: ({ bom, cursorEvery }: ExportQuery) => {
      const options = { hasMark: bom === "true", hasCursors: cursorEvery !== undefined };
      return (fields: ExportedFields): ExportFormat => csvFormat(fields, options);
    },
  },
  {
    extension: "ndjson",
    operationId: "exportNdjson",
    summary: "Export a list as NDJSON",
    querystring: NDJSON_QUERY,
    formatOf: () => ndjsonFormat,
  },
] as const;

/** Adds the paths that export whole lists. */
export function addExportRoutes(rest: FastifyInstance, services: ExportServices): void {
  const { exportedLists } = services;
  const lists = new Map(exportedLists.map((list) => [list.name, list]));
  const running = new Set<AbortController>();
  rest.setErrorHandler<FastifyError>(failureHandler(JSON_API_ERRORS));
  rest.addHook("preValidation", (request, _reply, done) => {
    request.query = readQuery(request.url);
    done();
  });
  let isStopping = false;
  rest.addHook("preClose", (done) => {
    isStopping = true;
    for (const one of running) one.abort(STOPPING);
    done();
  });
  for (const { extension, operationId, summary, querystring, formatOf } of FORMATS) {
    const url = `/export/:list.${extension}`;
    rest.get<Export>(url, {
      exposeHeadRoute: false,
      config: { allowedScopes: EVERY_SCOPE, hasNoDeadline: true },
      schema: {
        operationId,
        summary,
        description: `${DESCRIPTION} ${LAST_LINES[extension]}`,
        tags: EXPORT_TAGS,
        params: listParameter(exportedLists),
        querystring,
        response: exportAnswers(extension),
      },
      handler: async (request, reply) => {
        const list = lists.get(request.params.list);
        if (list === undefined) throw unknownList(request.params.list, [...lists.keys()]);
        authorize(contextOf(request).caller, list.scopes);
        if (isStopping) throw STOPPING;
        const controller = new AbortController();
        running.add(controller);
        try {
          const { query } = request;
          const fileName = `${list.name}.${extension}`;
          const format = formatOf(query);
          await sendExport(services, { list, fileName, format, query, controller }, request, reply);
        } finally {
          running.delete(controller);
        }
        return reply;
      },
    });
    refuseOtherMethods(rest, url, ["GET"]);
  }
}

const DESCRIPTION =
  "Streams every row of the list that the token may read, from one snapshot of the database. The list has its GraphQL name, and the same filters, sorts and scopes.";
const LAST_LINES = {
  csv: "The last row of a complete export begins with `#end`, with the count, the sums and the last cursor as JSON in the second cell. Without it, the export was cut off.",
  ndjson:
    'The last line of a complete export is `{"end":{"count":…,"sums":{…},"cursor":…}}`. Without it, the export was cut off.',
} as const;

const STOPPING = new AppError(
  "SERVICE_UNAVAILABLE",
  "The server stops, so it cut this export off. Send the same request again with `after` and the last cursor.",
);

function unknownList(name: string, known: readonly string[]): AppError {
  return new AppError(
    "NOT_FOUND",
    `There is no list ${JSON.stringify(name.slice(0, 60))}. The lists are ${known.join(", ")}.`,
  );
}
