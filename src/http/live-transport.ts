import type { FastifyInstance } from "fastify";
import type { TokenWatch } from "../access/token-watch.service.js";
import type { SubscriptionMetrics } from "../observability/metrics/subscription-metrics.js";
import { SUBSCRIPTION_LIMITS, type SubscriptionLimits } from "../shared/request-limits.js";
import { LiveSubscriptions } from "./live-subscriptions.js";
import { OpenConnections } from "./open-connections.js";
import type { OperationPipeline } from "./operation-pipeline.js";

/** What event streams and WebSockets share. */
export interface LiveTransport {
  readonly subscriptions: LiveSubscriptions;
  readonly connections: OpenConnections;
  readonly tokens: Pick<TokenWatch, "watch">;
  readonly limits: SubscriptionLimits;
  readonly requestTimeoutMs: number;
}

export interface LiveOptions {
  readonly tokens: Pick<TokenWatch, "watch">;
  /** Omitted limits have their defaults. */
  readonly subscriptionLimits?: Partial<SubscriptionLimits> | undefined;
  readonly requestTimeoutMs: number;
}

/** Connections that stay open end when the server stops accepting requests. */
export function createLiveTransport(
  http: FastifyInstance,
  pipeline: OperationPipeline,
  { tokens, subscriptionLimits, requestTimeoutMs }: LiveOptions,
  metrics: SubscriptionMetrics | undefined,
): LiveTransport {
  const limits = { ...SUBSCRIPTION_LIMITS, ...subscriptionLimits };
  const connections = new OpenConnections(limits.heartbeatMs);
  http.addHook("preClose", (done) => {
    connections.closeAll();
    done();
  });
  const subscriptions = new LiveSubscriptions(pipeline, limits, requestTimeoutMs, metrics);
  return { subscriptions, connections, tokens, limits, requestTimeoutMs };
}
