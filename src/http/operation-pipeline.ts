import { ApolloServer, type ApolloServerPlugin } from "@apollo/server";
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from "@apollo/server/plugin/disabled";
import { InMemoryLRUCache } from "@apollo/utils.keyvaluecache";
import type { FastifyBaseLogger } from "fastify";
import { type FormattedExecutionResult, GraphQLError, type GraphQLSchema } from "graphql";
import type { Authenticator } from "../access/authenticator.service.js";
import { type Caller, type RequestOrigin, withoutToken } from "../callers/caller.js";
import type { Context, OperationKinds, SubscriptionSlot } from "../graphql/context.js";
import { compiledExecution } from "../graphql/execution/compiled-execution.js";
import { limitDocument } from "../graphql/operation-limits/document.js";
import { limitOperations, refusalOfSource } from "../graphql/operation-limits/limit-operations.js";
import type { PersistedDocuments } from "../graphql/persisted-documents.js";
import { presentErrors, presentFailure, retryAfterOf } from "../graphql/present-error.js";
import { refuseSubscriptionConditions } from "../graphql/subscription-conditions.js";
import type { Deadline } from "../shared/deadline.js";
import { ReadBudget } from "../shared/read-budget.js";
import {
  DOCUMENT_LIMITS,
  type DocumentLimits,
  MAX_ANONYMOUS_DOCUMENT_LENGTH,
} from "../shared/request-limits.js";
import { refuseKinds } from "./operation.js";
import { PersistedOperations } from "./persisted-operations.js";
import { type SentOperation, requestOf, sentHashOf } from "./sent-operation.js";
import { badRequest } from "./http-error.js";

/** The number and the bytes of documents that clients refer to by SHA-256. */
const PERSISTED_QUERIES = { max: 10_000, maxSize: 10_000_000 };
/** The same for parsed documents. A compiled one takes about 60 kB, fifteen times its size as JSON. */
const DOCUMENTS = { max: 1_000, maxSize: 10_000_000 };

export interface PipelineOptions {
  readonly schema: GraphQLSchema;
  readonly authenticator: Authenticator;
  readonly log: FastifyBaseLogger;
  readonly introspection: boolean;
  /** Whether to compile documents on their second use. Otherwise graphql-js interprets them, with the same results. */
  readonly compilesQueries?: boolean | undefined;
  /** The documents that clients may refer to by id. If omitted, there are only automatic persisted queries. */
  readonly persistedDocuments?: PersistedDocuments | undefined;
  /** Whether all other documents are refused. */
  readonly persistedOnly?: boolean | undefined;
  /** The limits of one operation. Omitted limits have their defaults. */
  readonly documentLimits?: Partial<DocumentLimits> | undefined;
  /** The maximum number of bytes that an operation may read, and that its response may have. */
  readonly responseBytes: number;
  /** Apollo plugins, called for each operation after its errors have their public form. */
  readonly plugins?: readonly ApolloServerPlugin<Context>[];
}

/** What is known of an operation besides its text, whatever transport it came over. */
export interface OperationSource {
  readonly authorization: string | undefined;
  readonly origin: RequestOrigin;
  readonly log: FastifyBaseLogger;
  readonly deadline: Deadline;
  readonly allows: OperationKinds;
  readonly subscription: SubscriptionSlot | null;
}

/** The response to an operation. That to a subscription that has begun has no data. */
export interface OperationResponse {
  readonly result: FormattedExecutionResult;
  /** The HTTP status and headers, for a transport that has them. */
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
}

/**
 * The one path of every operation: persisted documents, authentication, limits, validation, execution, and the public
 * form of its errors. Requests, event streams and WebSockets all use it.
 */
export class OperationPipeline {
  private readonly limits: DocumentLimits;

  private constructor(
    private readonly apollo: ApolloServer<Context>,
    private readonly persisted: PersistedOperations | undefined,
    private readonly options: PipelineOptions,
  ) {
    this.limits = limitsOf(options);
  }

  static async start(options: PipelineOptions): Promise<OperationPipeline> {
    const { persistedDocuments, persistedOnly = false } = options;
    const persisted =
      persistedDocuments && new PersistedOperations(persistedDocuments, persistedOnly);
    const apollo = createApollo(options);
    await apollo.start();
    return new OperationPipeline(apollo, persisted, options);
  }

  stop(): Promise<void> {
    return this.apollo.stop();
  }

  /**
   * Runs an operation. A subscription that begins is left in the slot of its source.
   *
   * @param read returns the operation, or throws a GraphQLError in its public form that refuses it.
   */
  async run(read: () => SentOperation, source: OperationSource): Promise<OperationResponse> {
    try {
      const sent = read();
      const contextValue = await this.contextOf(sent, source);
      const request = requestOf(this.persisted?.replaceId(sent) ?? sent);
      const { body, http } = await this.apollo.executeOperation(request, { contextValue });
      // Only `@defer` and `@stream` cause incremental responses, and the schema has neither.
      if (body.kind !== "single") throw new Error("Apollo returned an incremental response");
      const { status = 200, headers } = http;
      return { result: body.singleResult, status, headers };
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      return this.refused(error);
    }
  }

  /** A new context for the next event of a subscription. */
  renew(context: Context, deadline: Deadline): Context {
    const reads = new ReadBudget(this.options.responseBytes);
    // Replicas may not have what an event reports yet.
    return { ...context, deadline, reads, epoch: {}, hasWritten: true, subscription: null };
  }

  /**
   * Authenticates an operation and refuses what must not be parsed.
   *
   * @throws GraphQLError in its public form, with the HTTP status and headers.
   */
  private async contextOf(sent: SentOperation, source: OperationSource): Promise<Context> {
    refuseOddHash(sent);
    const { log, deadline, allows, subscription, origin } = source;
    const caller = await this.callerOf(sent, source).catch((error: unknown) => {
      throw withHttp(error, { requestId: origin.requestId, log });
    });
    const refusal = this.persisted?.refusalOf(sent) ?? refusalOfSource(sent.query, this.limits);
    if (refusal) throw refusal;
    return {
      requestId: origin.requestId,
      log,
      deadline,
      reads: new ReadBudget(this.options.responseBytes),
      caller,
      allows,
      subscription,
      epoch: {},
      hasWritten: false,
    };
  }

  private async callerOf(
    sent: SentOperation,
    { authorization, origin, deadline }: OperationSource,
  ): Promise<Caller | null> {
    const { authenticator } = this.options;
    const caller = await deadline.race(authenticator.authenticate(authorization, origin));
    if (caller === null) refuseLong(sent.query);
    return caller;
  }

  /** The response to an operation that was refused before Apollo received it. */
  private async refused(error: GraphQLError): Promise<OperationResponse> {
    for (const plugin of this.options.plugins ?? [])
      await plugin.contextCreationDidFail?.({ error });
    const { http, ...extensions } = error.extensions as {
      http?: { status?: number; headers?: ReadonlyMap<string, string> };
    };
    const { status = 400, headers = new Map<string, string>() } = http ?? {};
    const result = { errors: [{ message: error.message, extensions }] };
    return { result, status, headers };
  }
}

function limitsOf({ documentLimits }: PipelineOptions): DocumentLimits {
  return { ...DOCUMENT_LIMITS, ...documentLimits };
}

function createApollo(options: PipelineOptions): ApolloServer<Context> {
  const { schema, log, introspection, compilesQueries = true } = options;
  const limits = limitsOf(options);
  return new ApolloServer<Context>({
    gateway: compiledExecution(schema, compilesQueries, !introspection),
    introspection,
    parseOptions: { maxLexicalTokens: limits.tokens },
    validationRules: [limitDocument(limits), refuseSubscriptionConditions],
    // Without introspection, errors must not reveal names in the schema.
    validationOptions: { hideSuggestions: !introspection },
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    logger: log,
    documentStore: new InMemoryLRUCache(DOCUMENTS),
    persistedQueries: { cache: new InMemoryLRUCache(PERSISTED_QUERIES) },
    plugins: [
      presentErrors(),
      refuseKinds(),
      limitOperations(schema, limits),
      ...(options.plugins ?? []),
      // Each of these would add work to every request, or contact another host.
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
  });
}

/** Apollo converts the hash of a persisted query to a string, which fails with a 500 for some objects. */
function refuseOddHash(sent: SentOperation): void {
  const hash = sentHashOf(sent);
  if (hash === undefined || typeof hash === "string") return;
  throw badRequest("extensions.persistedQuery.sha256Hash must be a string.");
}

/** Without a token, a client can only read the schema. @throws AppError for a long document. */
function refuseLong(document: unknown): void {
  if (typeof document !== "string" || document.length <= MAX_ANONYMOUS_DOCUMENT_LENGTH) return;
  const length = MAX_ANONYMOUS_DOCUMENT_LENGTH.toLocaleString("en");
  throw withoutToken(`A document of more than ${length} characters`);
}

/** The public form of an error, with the HTTP status and headers of a response that consists of it. */
function withHttp(error: unknown, context: Pick<Context, "requestId" | "log">): GraphQLError {
  const { message, extensions, status } = presentFailure(error, context);
  const headers = new Map(status === 401 ? [["www-authenticate", "Token"]] : []);
  const retryAfter = retryAfterOf([{ extensions }]);
  if (retryAfter !== undefined) headers.set("retry-after", retryAfter);
  return new GraphQLError(message, { extensions: { ...extensions, http: { status, headers } } });
}
