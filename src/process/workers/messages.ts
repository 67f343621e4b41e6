import type { MetricsReport } from "../../observability/metrics/metrics.js";

/** The data that a worker needs to serve, in addition to the configuration, which it reads itself. */
export interface WorkerTask {
  readonly database: { readonly url: string; readonly isEmbedded: boolean };
  /** The port that all workers listen on; never 0. */
  readonly port: number;
  readonly demoToken: string | null;
}

/** A message from a worker to the primary process. */
export type ToPrimary =
  /** It is loaded and receives messages. */
  | { readonly type: "online" }
  | { readonly type: "listening"; readonly origin: string }
  /** It cannot serve. The reason is written for people. */
  | { readonly type: "failed"; readonly reason: string }
  /** Cached tokens may no longer be valid. */
  | { readonly type: "tokensChanged" }
  | { readonly type: "metricsReport"; readonly report: MetricsReport }
  /** A client requests the metrics of all workers. */
  | { readonly type: "metricsWanted" };

/** A message from the primary process to a worker. */
export type ToWorker =
  | { readonly type: "serve"; readonly task: WorkerTask }
  | { readonly type: "forgetTokens" }
  | { readonly type: "reportMetrics" }
  | { readonly type: "metrics"; readonly text: string }
  /** `isReplaced` if another worker replaces it, and not if the whole server stops. */
  | { readonly type: "stop"; readonly isReplaced?: true };
