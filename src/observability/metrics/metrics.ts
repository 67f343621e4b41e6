import { ExportMetrics } from "./export-metrics.js";
import { outcomeLabel } from "./outcomes.js";
import { SubscriptionMetrics } from "./subscription-metrics.js";
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from "prom-client";

export type MetricsReport = Awaited<ReturnType<Registry["getMetricsAsJSON"]>>;

/** The statistics of a pool of connections. */
export interface PoolState {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
}

/** The states of the replicas, in the order of the configuration. */
export interface ReplicaStates {
  readonly states: readonly { readonly serves: boolean; readonly lagMs: number | null }[];
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** Fewer buckets, because each has a series for every requested field of the schema. */
const OPERATION_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];
const REQUESTS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000];

/**
 * The Prometheus metrics of a process that serves. Declare a new metric here, count it with its own method, and
 * describe it in docs/observability.md. A label must have few values that are known in advance: never an id, a name, a
 * path, or anything else that a client chooses.
 *
 * With several workers, counters and gauges are summed. Set `aggregator` on a metric whose sum has no meaning.
 */
export class Metrics {
  private readonly registry = new Registry();

  private readonly requests = new Histogram({
    name: "pocketcharge_http_request_duration_seconds",
    help: "The duration of requests.",
    labelNames: ["route", "status"] as const,
    buckets: SECONDS,
    registers: [this.registry],
  });

  private running = 0;

  private readonly operations = new Counter({
    name: "pocketcharge_graphql_operations_total",
    help: "GraphQL operations by kind, root field and outcome: ok, or the code of the first error.",
    labelNames: ["operation", "field", "outcome"] as const,
    registers: [this.registry],
  });

  private readonly operationDurations = new Histogram({
    name: "pocketcharge_graphql_operation_duration_seconds",
    help: "The duration of GraphQL operations, from parsing to the response.",
    labelNames: ["operation", "field"] as const,
    buckets: OPERATION_SECONDS,
    registers: [this.registry],
  });

  private readonly pocketItems = new Counter({
    name: "pocketcharge_pocket_items_total",
    help: "Charges, debits, reversals, holds, captures and releases of pockets, by operation and result.",
    labelNames: ["operation", "result"] as const,
    registers: [this.registry],
  });

  private readonly batched = new Histogram({
    name: "pocketcharge_charge_requests_per_transaction",
    help: "The number of requests for pockets that shared a transaction.",
    buckets: REQUESTS,
    registers: [this.registry],
  });

  private readonly limited = new Counter({
    name: "pocketcharge_rate_limited_total",
    help: "Requests refused by a rate limit, by limit.",
    labelNames: ["limit"] as const,
    registers: [this.registry],
  });

  readonly subscriptions = new SubscriptionMetrics(this.registry);

  readonly exports = new ExportMetrics(this.registry);

  private readonly webhooks = new Histogram({
    name: "pocketcharge_webhook_attempt_duration_seconds",
    help: "The duration of attempts to send a webhook, by result.",
    labelNames: ["result"] as const,
    buckets: SECONDS,
    registers: [this.registry],
  });

  private readonly oldestPending = new Gauge({
    name: "pocketcharge_webhook_oldest_pending_seconds",
    help: "How long the oldest undelivered event of an enabled webhook endpoint has waited, by the last answer of its receiver.",
    labelNames: ["receiver"] as const,
    aggregator: "max",
    registers: [this.registry],
  });

  constructor(pool: PoolState, replicas?: ReplicaStates) {
    if (replicas !== undefined) this.observeReplicas(replicas);
    for (const result of WEBHOOK_RESULTS) this.webhooks.zero({ result });
    this.oldestWebhooks({ working: 0, failing: 0 });
    collectDefaultMetrics({ register: this.registry });
    const running = (): number => this.running;
    new Gauge({
      name: "pocketcharge_http_requests_running",
      help: "Requests in progress, including the one for the metrics.",
      registers: [this.registry],
      collect() {
        this.set(running());
      },
    });
    new Gauge({
      name: "pocketcharge_database_connections",
      help: "Connections of the pool: total and idle.",
      labelNames: ["state"] as const,
      registers: [this.registry],
      collect() {
        this.set({ state: "total" }, pool.totalCount);
        this.set({ state: "idle" }, pool.idleCount);
      },
    });
    new Gauge({
      name: "pocketcharge_database_waiting",
      help: "Requests that wait for a connection from the pool.",
      registers: [this.registry],
      collect() {
        this.set(pool.waitingCount);
      },
    });
  }

  private observeReplicas(replicas: ReplicaStates): void {
    new Gauge({
      name: "pocketcharge_replica_serving",
      help: "Processes that read lists from a replica, by its position in the configuration.",
      labelNames: ["replica"] as const,
      registers: [this.registry],
      collect() {
        replicas.states.forEach(({ serves }, replica) => {
          this.set({ replica }, serves ? 1 : 0);
        });
      },
    });
    new Gauge({
      name: "pocketcharge_replica_lag_seconds",
      help: "The maximum age of a replica's data; absent if unknown.",
      labelNames: ["replica"] as const,
      aggregator: "max",
      registers: [this.registry],
      collect() {
        this.reset();
        replicas.states.forEach(({ lagMs }, replica) => {
          if (lagMs !== null) this.set({ replica }, lagMs / 1_000);
        });
      },
    });
  }

  requestBegan(): void {
    this.running++;
  }

  /** @param statusCode the status of the response; null if the client disconnected before its end. */
  requestEnded(
    route: "graphql" | "rest" | "other",
    statusCode: number | null,
    seconds: number,
  ): void {
    this.running--;
    const status = statusCode === null ? "aborted" : STATUS[Math.floor(statusCode / 100)];
    this.requests.observe({ route, status: status ?? "5xx" }, seconds);
  }

  /**
   * @param kind the kind of operation and a field of the schema, never a name from the client.
   * @param outcome `ok`, or an error code of this server or of Apollo. Any other code counts as `OTHER`.
   * @param seconds the duration; undefined if it was not executed.
   */
  operation(
    {
      operation,
      field,
    }: { operation: "query" | "mutation" | "subscription" | "other"; field: string },
    outcome: string,
    seconds?: number,
  ): void {
    this.operations.inc({ operation, field, outcome: outcomeLabel(outcome) });
    if (seconds !== undefined) this.operationDurations.observe({ operation, field }, seconds);
  }

  /** @param results the results of one request, each `SUCCESS` or an error code. */
  settled(operation: string, results: readonly string[]): void {
    const counts = new Map<string, number>();
    for (const result of results) counts.set(result, (counts.get(result) ?? 0) + 1);
    for (const [result, count] of counts) this.pocketItems.inc({ operation, result }, count);
  }

  transaction(requestCount: number): void {
    this.batched.observe(requestCount);
  }

  rateLimited(limit: "requests" | "charges" | "authentication"): void {
    this.limited.inc({ limit });
  }

  /** @param result `refused`: with a response that is not 2xx; `not_sent`: because of an error of this server. */
  webhookAttempted(result: (typeof WEBHOOK_RESULTS)[number], seconds: number): void {
    this.webhooks.observe({ result }, seconds);
  }

  /** @param agesMs how long the oldest events of working and of failing receivers have waited; 0 if none waits. */
  oldestWebhooks(agesMs: Readonly<Record<"working" | "failing", number>>): void {
    for (const receiver of ["working", "failing"] as const)
      this.oldestPending.set({ receiver }, agesMs[receiver] / 1_000);
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  /** The metrics of this process in Prometheus' text format. */
  text(): Promise<string> {
    return this.registry.metrics();
  }

  /** The metrics of this process as data, for summing over processes. */
  report(): Promise<MetricsReport> {
    return this.registry.getMetricsAsJSON();
  }
}

const WEBHOOK_RESULTS = ["delivered", "refused", "unreachable", "not_sent"] as const;

const STATUS = ["", "1xx", "2xx", "3xx", "4xx", "5xx"] as const;
