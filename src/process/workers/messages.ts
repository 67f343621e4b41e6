import type { MetricsReport } from "../../observability/metrics/metrics.js";

/** What a worker needs to serve beside the configuration, which it reads by itself. */
export interface WorkerTask {
  readonly database: { readonly url: string; readonly isEmbedded: boolean };
  /** Never 0: a port that all workers listen on. */
  readonly port: number;
  readonly demoToken: string | null;
}

/** What a worker says to the primary process. */
export type ToPrimary =
  /** It is loaded and hears what it is told. */
  | { readonly type: "online" }
  | { readonly type: "listening"; readonly origin: string }
  /** It cannot serve, for a reason that is worded for people. */
  | { readonly type: "failed"; readonly reason: string }
  /** Tokens that were kept in memory may not be good any more. */
  | { readonly type: "tokensChanged" }
  | { readonly type: "metricsReport"; readonly report: MetricsReport }
  /** Somebody asks it for the metrics of all. */
  | { readonly type: "metricsWanted" };

/** What the primary process says to a worker. */
export type ToWorker =
  | { readonly type: "serve"; readonly task: WorkerTask }
  | { readonly type: "forgetTokens" }
  | { readonly type: "reportMetrics" }
  | { readonly type: "metrics"; readonly text: string }
  /** Another worker takes its place, unless the server as a whole ends. */
  | { readonly type: "stop"; readonly isReplaced?: true };
