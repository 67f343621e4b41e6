import { ApolloServer, type ApolloServerPlugin } from "@apollo/server";
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from "@apollo/server/plugin/disabled";
import { InMemoryLRUCache } from "@apollo/utils.keyvaluecache";
import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { GraphQLError, type GraphQLSchema } from "graphql";
import type { Authenticator } from "../access/authenticator.service.js";
import { withoutToken } from "../callers/caller.js";
import { compiledExecution } from "../graphql/execution/compiled-execution.js";
import type { Context } from "../graphql/context.js";
import { limitDocument } from "../graphql/operation-limits/document.js";
import { limitOperations, refusalOfSource } from "../graphql/operation-limits/limit-operations.js";
import { presentErrors, presentFailure, retryAfterOf } from "../graphql/present-error.js";
import {
  DOCUMENT_LIMITS,
  type DocumentLimits,
  MAX_ANONYMOUS_DOCUMENT_LENGTH,
} from "../shared/request-limits.js";
import { ReadBudget } from "../shared/read-budget.js";
import { answerByApollo } from "./apollo.js";
import { deadlineOf } from "./connection-limits.js";
import { originOf } from "./request-origin.js";

/** Documents that clients refer to by SHA-256. Bounded in number and bytes; the least recently used is evicted. */
const PERSISTED_QUERIES = { max: 10_000, maxSize: 10_000_000 };

/** Parsed documents. A compiled one takes about 60 kB, fifteen times its size as JSON. */
const DOCUMENTS = { max: 1_000, maxSize: 10_000_000 };

/**
 * A page's script can set these headers only after a preflight. `answerByApollo` omits an `Authorization` header that
 * a browser may have added by itself.
 */
const PREFLIGHT_HEADERS = ["authorization", "x-apollo-operation-name", "apollo-require-preflight"];

export interface GraphqlRouteOptions {
  readonly schema: GraphQLSchema;
  readonly authenticator: Authenticator;
  readonly log: FastifyBaseLogger;
  readonly introspection: boolean;
  /** Whether to compile documents on their second use. Otherwise graphql-js interprets them, with the same results. */
  readonly compilesQueries?: boolean | undefined;
  /** The limits of one operation. Omitted limits have their defaults. */
  readonly documentLimits?: Partial<DocumentLimits> | undefined;
  /** The maximum time for a response. */
  readonly requestTimeoutMs: number;
  /** The maximum number of bytes that a request may read, and that its response may have. */
  readonly responseBytes: number;
  /** Apollo plugins, called for each operation after its errors have their public form. */
  readonly plugins?: readonly ApolloServerPlugin<Context>[];
}

/** Serves GraphQL at `/graphql`, with automatic persisted queries. */
export async function addGraphqlRoute(
  http: FastifyInstance,
  options: GraphqlRouteOptions,
): Promise<void> {
  const { schema, authenticator, log, introspection, requestTimeoutMs, responseBytes } = options;
  const { compilesQueries = true } = options;
  const limits = { ...DOCUMENT_LIMITS, ...options.documentLimits };
  const apollo = new ApolloServer<Context>({
    gateway: compiledExecution(schema, compilesQueries, !introspection),
    introspection,
    parseOptions: { maxLexicalTokens: limits.tokens },
    validationRules: [limitDocument(limits)],
    // Without introspection, errors must not reveal names in the schema.
    validationOptions: { hideSuggestions: !introspection },
    csrfPrevention: { requestHeaders: PREFLIGHT_HEADERS },
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    logger: log,
    documentStore: new InMemoryLRUCache(DOCUMENTS),
    persistedQueries: { cache: new InMemoryLRUCache(PERSISTED_QUERIES) },
    plugins: [
      presentErrors(),
      limitOperations(schema, limits),
      ...(options.plugins ?? []),
      // Each of these would add work to every request, or contact another host.
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
  });
  await apollo.start();
  http.addHook("onClose", () => apollo.stop());
  http.route({
    url: "/graphql",
    method: ["GET", "POST"],
    handler: answerByApollo(apollo, async (request, reply) => {
      if (Array.isArray(request.body)) throw batchError(request.body);
      refuseOddHash(request);
      const reads = new ReadBudget(responseBytes);
      const context = await contextOf(request, reply, authenticator, requestTimeoutMs, reads);
      const refusal = refusalOfSource(documentOf(request), limits);
      if (refusal) throw refusal;
      return context;
    }),
  });
}

interface Sent {
  readonly query?: unknown;
  readonly extensions?: unknown;
}

/** The operation as sent, with unvalidated members. */
function sentOf({ method, body, query }: FastifyRequest): Sent {
  return ((method === "GET" ? query : body) as Sent | null | undefined) ?? {};
}

/** The document as sent, of any type. */
function documentOf(request: FastifyRequest): unknown {
  return sentOf(request).query;
}

/** Apollo converts the hash of a persisted query to a string, which fails with a 500 for some objects. */
function refuseOddHash(request: FastifyRequest): void {
  const { extensions } = sentOf(request);
  const read = (request.method === "GET" ? parsed(extensions) : extensions) as
    | {
        readonly persistedQuery?: { readonly sha256Hash?: unknown } | null;
      }
    | null
    | undefined;
  const hash = read?.persistedQuery?.sha256Hash;
  if (hash === undefined || typeof hash === "string") return;
  throw badRequest("extensions.persistedQuery.sha256Hash must be a string.");
}

/** @returns undefined for invalid JSON, which Apollo refuses. */
function parsed(text: unknown): unknown {
  try {
    return typeof text === "string" ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}

async function contextOf(
  request: FastifyRequest,
  reply: FastifyReply,
  authenticator: Authenticator,
  requestTimeoutMs: number,
  reads: ReadBudget,
): Promise<Context> {
  const deadline = deadlineOf(reply, requestTimeoutMs);
  const context = {
    requestId: request.id,
    log: request.log,
    deadline,
    reads,
    epoch: {},
    hasWritten: false,
  };
  try {
    const { authorization } = request.headers;
    const authenticated = authenticator.authenticate(authorization, originOf(request));
    const caller = await deadline.race(authenticated);
    if (caller === null) refuseLong(documentOf(request));
    return { ...context, caller };
  } catch (error) {
    const { message, extensions, status } = presentFailure(error, context);
    const headers = new Map(status === 401 ? [["www-authenticate", "Token"]] : []);
    const retryAfter = retryAfterOf([{ extensions }]);
    if (retryAfter !== undefined) headers.set("retry-after", retryAfter);
    throw new GraphQLError(message, { extensions: { ...extensions, http: { status, headers } } });
  }
}

/** Without a token, a client can only read the schema. @throws AppError for a long document. */
function refuseLong(document: unknown): void {
  if (typeof document !== "string" || document.length <= MAX_ANONYMOUS_DOCUMENT_LENGTH) return;
  const length = MAX_ANONYMOUS_DOCUMENT_LENGTH.toLocaleString("en");
  throw withoutToken(`A document of more than ${length} characters`);
}

function batchError({ length }: readonly unknown[]): GraphQLError {
  const message = `A request must contain one operation, as a JSON object; this is a list of ${String(length)}. Send each in its own request.`;
  return badRequest(message);
}

function badRequest(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: "BAD_REQUEST", http: { status: 400 } } });
}
