import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { GraphQLError } from "graphql";
import type { OperationKinds } from "../graphql/context.js";
import { jsonOf } from "../graphql/raw-json.js";
import type { SubscriptionMetrics } from "../observability/metrics/subscription-metrics.js";
import type { Tracing } from "../observability/tracing/tracing.js";
import type { HttpLimits } from "../shared/request-limits.js";
import { deadlineOf } from "./connection-limits.js";
import { answerByEventStream } from "./event-stream-route.js";
import { refusalOfForged } from "./forged-requests.js";
import { preferredOf, prefersEventStream } from "./header-values.js";
import { type LiveOptions, createLiveTransport } from "./live-transport.js";
import { OperationPipeline, type PipelineOptions } from "./operation-pipeline.js";
import { originOf } from "./request-origin.js";
import { type SentOperation, sentOf } from "./sent-operation.js";
import { addSharedStreams } from "./shared-stream-route.js";
import { type AllowedOrigins, refusalOfOrigin } from "./allowed-origins.js";
import { routeUpgrades, upgradeOf } from "./upgrade.js";
import { WebSocketRoute } from "./web-socket-route.js";

const BY_GET: OperationKinds = new Set(["query"]);
const BY_POST: OperationKinds = new Set(["query", "mutation"]);

const JSON_TYPE = "application/json";
const RESPONSE_TYPES = [JSON_TYPE, "application/graphql-response+json"];

export interface GraphqlRouteOptions
  extends Omit<PipelineOptions, "responseBytes">, Omit<LiveOptions, "requestTimeoutMs"> {
  readonly httpLimits: Pick<HttpLimits, "requestTimeoutMs" | "responseBytes" | "bodyBytes">;
  /** The origins whose pages may open WebSockets. */
  readonly allowedOrigins: AllowedOrigins;
  readonly subscriptionMetrics?: SubscriptionMetrics | undefined;
  /** Records traces of operations that are not part of a request. If omitted, there are none. */
  readonly tracing?: Tracing | undefined;
}

/** Serves GraphQL at `/graphql`: by requests, event streams and WebSockets, with automatic persisted queries. */
export async function addGraphqlRoute(
  http: FastifyInstance,
  options: GraphqlRouteOptions,
): Promise<void> {
  const { authenticator, httpLimits, allowedOrigins } = options;
  const { requestTimeoutMs, responseBytes, bodyBytes: messageBytes } = httpLimits;
  const pipeline = await OperationPipeline.start({ ...options, responseBytes });
  http.addHook("onClose", () => pipeline.stop());
  const live = createLiveTransport(http, pipeline, { ...options, requestTimeoutMs }, options);
  const webSockets = new WebSocketRoute({ live, authenticator, messageBytes });
  const answer = answerByRequest(pipeline, requestTimeoutMs);
  routeUpgrades(http);
  http.route({
    url: "/graphql",
    method: ["GET", "POST"],
    exposeHeadRoute: false,
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

/** Answers a request with one JSON response. */
function answerByRequest(pipeline: OperationPipeline, requestTimeoutMs: number) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const { accept, authorization } = request.headers;
    const type = preferredOf(accept, RESPONSE_TYPES);
    const read = (): SentOperation => {
      if (type === undefined) throw notAcceptable();
      return sentOf(request);
    };
    const forged = refusalOfForged(request);
    const { result, status, headers } = forged
      ? await pipeline.refuse(forged)
      : await pipeline.run(read, {
          authorization,
          origin: originOf(request),
          log: request.log,
          deadline: deadlineOf(reply, requestTimeoutMs),
          allows: request.method === "GET" ? BY_GET : BY_POST,
          subscription: null,
        });
    for (const [name, value] of headers) reply.header(name, value);
    reply.header("content-type", `${type ?? JSON_TYPE}; charset=utf-8`);
    const { errors, data, extensions } = result;
    return reply.code(status).send(jsonOf({ errors, data, extensions }));
  };
}

function notAcceptable(): GraphQLError {
  const message = "The response would be JSON, which the request's Accept header does not allow.";
  return new GraphQLError(message, { extensions: { code: "BAD_REQUEST", http: { status: 406 } } });
}
