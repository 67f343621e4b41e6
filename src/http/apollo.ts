import { ApolloServer, type ApolloServerPlugin, type GraphQLRequest } from "@apollo/server";
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from "@apollo/server/plugin/disabled";
import {
  InMemoryLRUCache,
  type KeyValueCache,
  PrefixingKeyValueCache,
} from "@apollo/utils.keyvaluecache";
import type { FastifyBaseLogger } from "fastify";
import type { DocumentNode, FormattedExecutionResult, GraphQLSchema } from "graphql";
import type { Context } from "../graphql/context.js";
import { compiledExecution } from "../graphql/execution/compiled-execution.js";
import { limitDocument } from "../graphql/operation-limits/document.js";
import { limitOperations } from "../graphql/operation-limits/limit-operations.js";
import { presentErrors } from "../graphql/present-error.js";
import { refuseSubscriptionConditions } from "../graphql/subscription-conditions.js";
import type { DocumentLimits } from "../shared/request-limits.js";
import { refuseKinds } from "./operation.js";
import type { CheckedOperation } from "./sent-operation.js";

/** The number and the bytes of parsed documents. A compiled one takes about 60 kB, fifteen times its size as JSON. */
const DOCUMENTS = {
  max: 1_000,
  maxSize: 10_000_000,
  // Both the document and its key contain the text, which may consist of comments.
  sizeCalculation: (document: DocumentNode, text: string): number =>
    InMemoryLRUCache.sizeCalculation(document) + 2 * text.length,
};

/** Maps each text to itself. */
const TEXTS: KeyValueCache = {
  get: (text) => Promise.resolve(text),
  set: () => Promise.resolve(),
  delete: () => Promise.resolve(),
};

export interface ApolloOptions {
  readonly schema: GraphQLSchema;
  readonly log: FastifyBaseLogger;
  readonly introspection: boolean;
  /** Whether to compile documents on their second use. Otherwise graphql-js interprets them, with the same results. */
  readonly compilesQueries?: boolean | undefined;
  /** Whether to read records of which only columns are selected as JSON, when they are compiled. A cluster cannot. */
  readonly readsJson?: boolean | undefined;
  /** Apollo plugins, called for each operation after its errors have their public form. */
  readonly plugins?: readonly ApolloServerPlugin<Context>[];
}

/** The response to an operation. That to a subscription that has begun has no data. */
export interface OperationResponse {
  readonly result: FormattedExecutionResult;
  /** The HTTP status and headers, for a transport that has them. */
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
}

/** Apollo Server, which validates and executes operations. It does not see the requests that contain them. */
export class Apollo {
  private readonly server: ApolloServer<Context>;

  constructor(options: ApolloOptions, limits: DocumentLimits) {
    const { schema, log, introspection, compilesQueries = true, readsJson = false } = options;
    const { plugins = [] } = options;
    const cache = PrefixingKeyValueCache.cacheDangerouslyDoesNotNeedPrefixesForIsolation(TEXTS);
    this.server = new ApolloServer<Context>({
      gateway: compiledExecution(schema, compilesQueries, readsJson, !introspection),
      introspection,
      parseOptions: { maxLexicalTokens: limits.tokens },
      validationRules: [limitDocument(limits), refuseSubscriptionConditions],
      // Without introspection, errors must not reveal names in the schema.
      validationOptions: { hideSuggestions: !introspection },
      includeStacktraceInErrorResponses: false,
      stopOnTerminationSignals: false,
      logger: log,
      documentStore: new InMemoryLRUCache(DOCUMENTS),
      persistedQueries: { cache },
      plugins: [
        presentErrors(),
        refuseKinds(),
        limitOperations(schema, limits),
        ...plugins,
        // Each of these would add work to every request, or contact another host.
        ApolloServerPluginCacheControlDisabled(),
        ApolloServerPluginInlineTraceDisabled(),
        ApolloServerPluginLandingPageDisabled(),
        ApolloServerPluginSchemaReportingDisabled(),
        ApolloServerPluginUsageReportingDisabled(),
      ],
    });
  }

  start(): Promise<void> {
    return this.server.start();
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  /**
   * Validates and executes an operation. Errors are in the result, in their public form.
   *
   * @param document its text, which may be parsed: its length and nesting are checked.
   */
  async execute(
    document: string,
    { operationName, variables = {} }: Pick<CheckedOperation, "operationName" | "variables">,
    contextValue: Context,
  ): Promise<OperationResponse> {
    // Apollo would hash every text to find its parsed document. It takes the hash of a persisted query as given.
    const extensions = { persistedQuery: { version: 1, sha256Hash: document } };
    const request: GraphQLRequest = { variables, extensions };
    if (operationName !== undefined) request.operationName = operationName;
    const { body, http } = await this.server.executeOperation(request, { contextValue });
    // Only `@defer` and `@stream` cause incremental responses, and the schema has neither.
    if (body.kind !== "single") throw new Error("Apollo returned an incremental response");
    const { status = 200, headers } = http;
    return { result: body.singleResult, status, headers };
  }
}
