import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Authenticator } from "../access/authenticator.service.js";
import { authorize, requireMerchant } from "../callers/caller.js";
import { originOf } from "../http/request-origin.js";
import { discardRest, uploadOf } from "../http/upload.js";
import { ImportFileError } from "../imports/import-file-error.js";
import { type ImportKind, KIND_RULES } from "../imports/import-kind.js";
import type { Imports, OpenImport } from "../imports/imports.service.js";
import {
  FILE_TYPES,
  IMPORT_ANSWERS,
  IMPORT_BODY,
  IMPORT_QUERY,
  IMPORT_TAGS,
  type ImportQuery,
} from "./import-document.js";
import { JSON_API_ERRORS } from "./json-api.js";
import { refuseOtherMethods } from "./rest-access.js";
import { RestError, failureHandler, refuse } from "./rest-error.js";
import { answerFor, sendImport } from "./send-import.js";
import { compileLazily } from "./validator.js";

interface Parts {
  readonly imports: Imports;
  readonly authenticator: Authenticator;
  readonly clientTimeoutMs: number;
}

type ImportRequestOf = FastifyRequest<{ Querystring: ImportQuery }>;

const PATHS = [
  { kind: "CHARGE", url: "/import/pocket-charges", summary: "Charge pockets from a file" },
  { kind: "DEBIT", url: "/import/pocket-debits", summary: "Debit pockets from a file" },
] as const;

const MAX_AGAIN_LENGTH = 100;

/** Adds the paths that charge and debit pockets from files. */
export function addImportRoutes(rest: FastifyInstance, parts: Parts): void {
  const { imports } = parts;
  const refuseAll = failureHandler(JSON_API_ERRORS);
  rest.setErrorHandler<FastifyError>(async (error, request, reply) => {
    await discardRest(request, reply, parts.clientTimeoutMs);
    refuseAll(error, request, reply);
    return reply;
  });
  rest.removeAllContentTypeParsers();
  rest.addContentTypeParser(FILE_TYPES, (_request, _payload, done) => {
    // The handler reads the request itself.
    done(null, undefined);
  });
  rest.addHook("preClose", (done) => {
    imports.stop();
    done();
  });
  for (const { kind, url, summary } of PATHS) {
    const { scope, operation, noun } = KIND_RULES[kind];
    rest.post<{ Querystring: ImportQuery }>(url, {
      config: {
        allowedScopes: [scope],
        hasNoDeadline: true,
        streamsBody: true,
        bodyType: "text/csv",
      },
      // The body is not in memory.
      validatorCompiler: (route) => (route.httpPart === "body" ? () => true : compileLazily(route)),
      schema: {
        operationId: operation,
        summary,
        description: `Makes the ${noun} of a CSV file, and reports what happens while it runs. The file has a header with the columns phone_number, amount, and optionally reference, note, metadata, metadata.<key> and token. A row without a token gets one that depends on the file, so sending the same file again does nothing twice. Nothing is done if a part of the file cannot be read; a row with a wrong value is refused alone.`,
        tags: IMPORT_TAGS,
        querystring: IMPORT_QUERY,
        body: IMPORT_BODY,
        response: IMPORT_ANSWERS,
      },
      handler: async (request, reply) => {
        const answer = answerFor(request, request.query);
        const open = await receive(parts, kind, request, reply);
        await sendImport(open, answer, request, reply);
        return reply;
      },
    });
    refuseOtherMethods(rest, url, ["POST"]);
  }
}

async function receive(
  { imports, authenticator, clientTimeoutMs }: Parts,
  kind: ImportKind,
  request: ImportRequestOf,
  reply: FastifyReply,
): Promise<OpenImport> {
  const { group, dryRun } = request.query;
  const { authorization } = request.headers;
  const renew = async () => {
    const caller = await authenticator.authenticate(authorization, originOf(request));
    authorize(caller, [KIND_RULES[kind].scope]);
    return requireMerchant(caller);
  };
  try {
    const again = readName(request.query.again ?? "");
    return await imports.receive(
      requireMerchant(request.caller),
      { kind, pocketGroupSlug: group, isDryRun: dryRun === "true", again, renew },
      uploadOf(request, reply, clientTimeoutMs),
    );
  } catch (error) {
    throw error instanceof ImportFileError ? refusalOf(error) : error;
  }
}

/** Characters that people cannot see: names that differ only in them would look the same. */
const INVISIBLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]|(?![\u200c\u200d])\p{Cf}/u;

/** The name of a repetition. Persian words and emojis contain joiners, which are accepted. */
function readName(given: string): string {
  const again = given.trim();
  if (again.length <= MAX_AGAIN_LENGTH && !INVISIBLE.test(again)) return again;
  const detail = `again must have at most ${String(MAX_AGAIN_LENGTH)} characters, without control characters and direction marks.`;
  throw refuse(400, "BAD_USER_INPUT", detail, { parameter: "again" });
}

function refusalOf({ problems }: ImportFileError): RestError {
  return new RestError(
    problems.map(({ code, message, line, row }) => ({
      status: code === "FILE_TOO_LARGE" ? 413 : 422,
      code,
      detail: message,
      meta: { line, row },
    })),
  );
}
