import { GraphQLError } from "graphql";
import type { FastifyBaseLogger } from "fastify";
import type { Authenticator } from "../access/authenticator.service.js";
import { type Caller, type RequestOrigin, withoutToken } from "../callers/caller.js";
import type { Context, OperationKinds, SubscriptionSlot } from "../graphql/context.js";
import { refusalOfSource } from "../graphql/operation-limits/limit-operations.js";
import type { PersistedDocuments } from "../graphql/persisted-documents.js";
import { presentFailure, retryAfterOf } from "../graphql/present-error.js";
import type { Deadline } from "../shared/deadline.js";
import { ReadBudget } from "../shared/read-budget.js";
import {
  DOCUMENT_LIMITS,
  type DocumentLimits,
  MAX_ANONYMOUS_DOCUMENT_LENGTH,
} from "../shared/request-limits.js";
import { Apollo, type ApolloOptions, type OperationResponse } from "./apollo.js";
import { PersistedOperations } from "./persisted-operations.js";
import { type CheckedOperation, type SentOperation, checkedOf } from "./sent-operation.js";

export interface PipelineOptions extends ApolloOptions {
  readonly authenticator: Authenticator;
  /** The documents that clients may refer to by id. If omitted, there are only automatic persisted queries. */
  readonly persistedDocuments?: PersistedDocuments | undefined;
  /** Whether all other documents are refused. */
  readonly persistedOnly?: boolean | undefined;
  /** The limits of one operation. Omitted limits have their defaults. */
  readonly documentLimits?: Partial<DocumentLimits> | undefined;
  /** The maximum number of bytes that an operation may read, and that its response may have. */
  readonly responseBytes: number;
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

/**
 * The one path of every operation: authentication, persisted documents, limits, validation, execution, and the public
 * form of its errors. Requests, event streams and WebSockets all use it.
 */
export class OperationPipeline {
  private constructor(
    private readonly apollo: Apollo,
    private readonly persisted: PersistedOperations,
    private readonly limits: DocumentLimits,
    private readonly options: PipelineOptions,
  ) {}

  static async start(options: PipelineOptions): Promise<OperationPipeline> {
    const { persistedDocuments, persistedOnly = false, documentLimits } = options;
    const limits = { ...DOCUMENT_LIMITS, ...documentLimits };
    const apollo = new Apollo(options, limits);
    await apollo.start();
    const persisted = new PersistedOperations(persistedDocuments, persistedOnly);
    return new OperationPipeline(apollo, persisted, limits, options);
  }

  stop(): Promise<void> {
    return this.apollo.stop();
  }

  /**
   * Runs an operation. A subscription that begins is left in the slot of its source.
   *
   * @param read returns the operation, or throws the error that refuses it.
   */
  async run(read: () => SentOperation, source: OperationSource): Promise<OperationResponse> {
    try {
      const caller = await this.callerOf(source);
      const operation = checkedOf(read());
      const context = this.contextFor(operation, caller, source);
      const document = this.persisted.documentOf(operation);
      const response = await this.apollo.execute(document, operation, context);
      if (response.result.data !== undefined) this.persisted.keep(operation);
      return response;
    } catch (error) {
      const { origin, log } = source;
      const context = { requestId: origin.requestId, log };
      return this.refuse(error instanceof GraphQLError ? error : withHttp(error, context));
    }
  }

  /** The response that refuses an operation, with an error in its public form. */
  async refuse(error: GraphQLError): Promise<OperationResponse> {
    for (const plugin of this.options.plugins ?? [])
      await plugin.contextCreationDidFail?.({ error });
    const { http, ...extensions } = error.extensions as {
      http?: { status?: number; headers?: ReadonlyMap<string, string> };
    };
    const { status = 400, headers = new Map<string, string>() } = http ?? {};
    const result = { errors: [{ message: error.message, extensions }] };
    return { result, status, headers };
  }

  /** A new context for the next event of a subscription. */
  renew(context: Context, deadline: Deadline): Context {
    const reads = new ReadBudget(this.options.responseBytes);
    // Replicas may not have what an event reports yet.
    return { ...context, deadline, reads, epoch: {}, hasWritten: true, subscription: null };
  }

  /** @throws GraphQLError for a document that must not be parsed. */
  private contextFor(
    { query }: CheckedOperation,
    caller: Caller | null,
    { log, deadline, allows, subscription, origin }: OperationSource,
  ): Context {
    if (caller === null) refuseLong(query);
    const refusal = refusalOfSource(query, this.limits);
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

  private callerOf({ authorization, origin, deadline }: OperationSource): Promise<Caller | null> {
    return deadline.race(this.options.authenticator.authenticate(authorization, origin));
  }
}

/** Without a token, a client can only read the schema. @throws AppError for a long document. */
function refuseLong(document: string | undefined): void {
  if (document === undefined || document.length <= MAX_ANONYMOUS_DOCUMENT_LENGTH) return;
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
