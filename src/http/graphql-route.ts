import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Context, OperationKinds } from "../graphql/context.js";
import type { SubscriptionMetrics } from "../observability/metrics/subscription-metrics.js";
import type { HttpLimits } from "../shared/request-limits.js";
import { answerByApollo } from "./apollo.js";
import { deadlineOf } from "./connection-limits.js";
import { answerByEventStream } from "./event-stream-route.js";
import { prefersEventStream } from "./header-values.js";
import { badRequest } from "./http-error.js";
import { type LiveOptions, createLiveTransport } from "./live-transport.js";
import { OperationPipeline, type PipelineOptions } from "./operation-pipeline.js";
import type { ReadOperation } from "./persisted-operations.js";
import { originOf } from "./request-origin.js";
import { searchOf, sentOf } from "./sent-operation.js";
import { addSharedStreams } from "./shared-stream-route.js";
import { type AllowedOrigins, refusalOfOrigin } from "./allowed-origins.js";
import { routeUpgrades, upgradeOf } from "./upgrade.js";
import { WebSocketRoute } from "./web-socket-route.js";

const KINDS: OperationKinds = new Set(["query", "mutation"]);

export interface GraphqlRouteOptions
  extends Omit<PipelineOptions, "responseBytes">, Omit<LiveOptions, "requestTimeoutMs"> {
  readonly httpLimits: Pick<HttpLimits, "requestTimeoutMs" | "responseBytes" | "bodyBytes">;
  /** The origins whose pages may open WebSockets. */
  readonly allowedOrigins: AllowedOrigins;
  readonly subscriptionMetrics?: SubscriptionMetrics | undefined;
}

/** Serves GraphQL at `/graphql`: by requests, event streams and WebSockets, with automatic persisted queries. */
export async function addGraphqlRoute(
  http: FastifyInstance,
  options: GraphqlRouteOptions,
): Promise<void> {
  const { authenticator, httpLimits, allowedOrigins } = options;
  const { requestTimeoutMs, responseBytes, bodyBytes: messageBytes } = httpLimits;
  const pipeline = await OperationPipeline.start({ ...options, responseBytes });
  http.addHook("onClose", () => pipeline.apollo.stop());
  const live = createLiveTransport(
    http,
    pipeline,
    { ...options, requestTimeoutMs },
    options.subscriptionMetrics,
  );
  const webSockets = new WebSocketRoute({ live, authenticator, messageBytes });
  const answer = answerByRequest(pipeline, requestTimeoutMs);
  routeUpgrades(http);
  http.route({
    url: "/graphql",
    method: ["GET", "POST"],
    handler: (request, reply) => {
      const upgrade = upgradeOf(request.raw);
      if (upgrade) {
        const refusal = refusalOfOrigin(request, allowedOrigins);
        if (refusal) throw refusal;
        return webSockets.accept(request, reply, upgrade);
      }
      return prefersEventStream(request.headers.accept)
        ? answerByEventStream(live, request, reply)
        : answer(request, reply);
    },
  });
  addSharedStreams(http, live, authenticator);
}

function answerByRequest(pipeline: OperationPipeline, requestTimeoutMs: number) {
  const { apollo, persisted } = pipeline;
  const read = (request: FastifyRequest): ReadOperation =>
    persisted?.read(request) ?? { search: searchOf(request), body: request.body };
  const contextOf = (request: FastifyRequest, reply: FastifyReply): Promise<Context> => {
    if (Array.isArray(request.body)) throw batchError(request.body);
    return pipeline.contextOf(sentOf(request), {
      authorization: request.headers.authorization,
      origin: originOf(request),
      log: request.log,
      deadline: deadlineOf(reply, requestTimeoutMs),
      allows: KINDS,
      subscription: null,
    });
  };
  return answerByApollo(apollo, read, async (request, reply) => contextOf(request, reply));
}

function batchError({ length }: readonly unknown[]): Error {
  const message = `A request must contain one operation, as a JSON object; this is a list of ${String(length)}. Send each in its own request.`;
  return badRequest(message);
}
