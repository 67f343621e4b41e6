import { ApolloServer, type ApolloServerPlugin } from "@apollo/server";
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from "@apollo/server/plugin/disabled";
import { InMemoryLRUCache } from "@apollo/utils.keyvaluecache";
import { fastifyApolloHandler } from "@as-integrations/fastify";
import type { FastifyBaseLogger, FastifyInstance, FastifyRequest } from "fastify";
import { GraphQLError, type GraphQLSchema } from "graphql";
import type { Authenticator } from "../access/authenticator.js";
import { compiledExecution } from "../graphql/compiled-execution.js";
import type { Context } from "../graphql/context.js";
import { presentErrors, presentFailure, retryAfterOf } from "../graphql/present-error.js";

/** Documents that clients name by their SHA-256, bounded in number and in bytes; the least used goes first. */
const PERSISTED_QUERIES = { max: 10_000, maxSize: 10_000_000 };

/** Parsed documents: one that was compiled takes some 60 kB, fifteen times its size as JSON. */
const DOCUMENTS = { max: 1_000, maxSize: 10_000_000 };

export interface GraphqlRouteOptions {
  readonly schema: GraphQLSchema;
  readonly authenticator: Authenticator;
  readonly log: FastifyBaseLogger;
  readonly introspection: boolean;
  /**
   * Whether documents are compiled, when they are used again or at once; else graphql-js interprets
   * them, to the same answers.
   */
  readonly compilesQueries?: boolean | "at once" | undefined;
  /** Told of each operation after its errors are as its client sees them. */
  readonly plugins?: readonly ApolloServerPlugin<Context>[];
}

/** Answers GraphQL at `/graphql`, with automatic persisted queries. */
export async function addGraphqlRoute(
  http: FastifyInstance,
  options: GraphqlRouteOptions,
): Promise<void> {
  const { schema, authenticator, log, introspection, compilesQueries = true } = options;
  const apollo = new ApolloServer<Context>({
    ...(compilesQueries ? { gateway: compiledExecution(schema, compilesQueries) } : { schema }),
    introspection,
    csrfPrevention: true,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    logger: log,
    documentStore: new InMemoryLRUCache(DOCUMENTS),
    persistedQueries: { cache: new InMemoryLRUCache(PERSISTED_QUERIES) },
    plugins: [
      presentErrors,
      ...(options.plugins ?? []),
      // Each of these would cost something on every request, or speak to another host.
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
    handler: fastifyApolloHandler(apollo, {
      context: (request) => contextOf(request, authenticator),
    }),
  });
}

async function contextOf(request: FastifyRequest, authenticator: Authenticator): Promise<Context> {
  const context = { requestId: request.id, log: request.log, epoch: {} };
  try {
    const { authorization } = request.headers;
    return { ...context, caller: await authenticator.authenticate(authorization, request.ip) };
  } catch (error) {
    const { message, extensions, status } = presentFailure(error, context);
    const headers = new Map(status === 401 ? [["www-authenticate", "Token"]] : []);
    const retryAfter = retryAfterOf([{ extensions }]);
    if (retryAfter !== undefined) headers.set("retry-after", retryAfter);
    throw new GraphQLError(message, { extensions: { ...extensions, http: { status, headers } } });
  }
}
