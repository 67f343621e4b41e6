import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from "prom-client";

export type MetricsReport = Awaited<ReturnType<Registry["getMetricsAsJSON"]>>;

/** What a pool of connections tells of itself. */
export interface PoolState {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
}

/** What the replicas tell of themselves, in the order of the configuration. */
export interface ReplicaStates {
  readonly states: readonly { readonly serves: boolean; readonly lagMs: number | null }[];
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** Fewer, since there is a series of each for every field of the schema that is asked for. */
const OPERATION_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];
const REQUESTS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000];

/**
 * Every metric of a process that serves, for Prometheus. A new one is declared here, counted by a
 * method of its own, and told in docs/observability.md. The values of a label are a short list that is
 * known beforehand: never an id, a name, a path, nor anything else that a client makes up.
 *
 * With workers, counters and gauges are summed over them; where a sum says nothing, set `aggregator`.
 */
export class Metrics {
  private readonly registry = new Registry();

  private readonly requests = new Histogram({
    name: "pocketcharge_http_request_duration_seconds",
    help: "How long requests took to be answered.",
    labelNames: ["route", "status"] as const,
    buckets: SECONDS,
    registers: [this.registry],
  });

  private running = 0;

  private readonly operations = new Counter({
    name: "pocketcharge_graphql_operations_total",
    help: "GraphQL operations by their kind, field and outcome: ok, or the code of the first error.",
    labelNames: ["operation", "field", "outcome"] as const,
    registers: [this.registry],
  });

  private readonly operationDurations = new Histogram({
    name: "pocketcharge_graphql_operation_duration_seconds",
    help: "How long GraphQL operations took, from their parsing to their answer.",
    labelNames: ["operation", "field"] as const,
    buckets: OPERATION_SECONDS,
    registers: [this.registry],
  });

  private readonly charges = new Counter({
    name: "pocketcharge_charges_total",
    help: "Pocket charges that were answered, by their result.",
    labelNames: ["result"] as const,
    registers: [this.registry],
  });

  private readonly batched = new Histogram({
    name: "pocketcharge_charge_requests_per_transaction",
    help: "How many requests to charge pockets shared a transaction.",
    buckets: REQUESTS,
    registers: [this.registry],
  });

  private readonly limited = new Counter({
    name: "pocketcharge_rate_limited_total",
    help: "Requests that were refused because there were too many, by the limit that they met.",
    labelNames: ["limit"] as const,
    registers: [this.registry],
  });

  constructor(pool: PoolState, replicas?: ReplicaStates) {
    if (replicas !== undefined) this.tellOf(replicas);
    collectDefaultMetrics({ register: this.registry });
    const running = (): number => this.running;
    new Gauge({
      name: "pocketcharge_http_requests_running",
      help: "Requests that are being answered, the one for the metrics included.",
      registers: [this.registry],
      collect() {
        this.set(running());
      },
    });
    new Gauge({
      name: "pocketcharge_database_connections",
      help: "Connections of the pool: all of them, and those that nobody uses.",
      labelNames: ["state"] as const,
      registers: [this.registry],
      collect() {
        this.set({ state: "total" }, pool.totalCount);
        this.set({ state: "idle" }, pool.idleCount);
      },
    });
    new Gauge({
      name: "pocketcharge_database_waiting",
      help: "How many wait for a connection of the pool.",
      registers: [this.registry],
      collect() {
        this.set(pool.waitingCount);
      },
    });
  }

  private tellOf(replicas: ReplicaStates): void {
    new Gauge({
      name: "pocketcharge_replica_serving",
      help: "How many processes read lists from a replica, which is named by its place in the configuration.",
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
      help: "How old what a replica tells may be; absent when that is not known.",
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

  /** @param statusCode of the answer, null when the client went away before it was whole. */
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
   * @param kind with a field of the schema, never a name that a client gave.
   * @param outcome `ok`, or a code of this server's or of Apollo's; any other one counts as `OTHER`.
   * @param seconds that it took, where it was begun at all.
   */
  operation(
    { operation, field }: { operation: "query" | "mutation" | "other"; field: string },
    outcome: string,
    seconds?: number,
  ): void {
    this.operations.inc({ operation, field, outcome: OUTCOMES.has(outcome) ? outcome : "OTHER" });
    if (seconds !== undefined) this.operationDurations.observe({ operation, field }, seconds);
  }

  /** @param results of one request, each `SUCCESS` or the code of a refusal. */
  charged(results: readonly string[]): void {
    const counts = new Map<string, number>();
    for (const result of results) counts.set(result, (counts.get(result) ?? 0) + 1);
    for (const [result, count] of counts) this.charges.inc({ result }, count);
  }

  transaction(requestCount: number): void {
    this.batched.observe(requestCount);
  }

  rateLimited(limit: "requests" | "charges" | "authentication"): void {
    this.limited.inc({ limit });
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  /** What this process counted, as Prometheus reads it. */
  text(): Promise<string> {
    return this.registry.metrics();
  }

  /** The same, to be summed with other processes'. */
  report(): Promise<MetricsReport> {
    return this.registry.getMetricsAsJSON();
  }
}

const STATUS = ["", "1xx", "2xx", "3xx", "4xx", "5xx"] as const;

const OUTCOMES = new Set([
  "ok",
  "UNAUTHENTICATED",
  "FORBIDDEN",
  "NOT_FOUND",
  "BAD_USER_INPUT",
  "BAD_REQUEST",
  "RATE_LIMITED",
  "SERVICE_UNAVAILABLE",
  "INTERNAL_SERVER_ERROR",
  "GRAPHQL_PARSE_FAILED",
  "GRAPHQL_VALIDATION_FAILED",
  "OPERATION_RESOLUTION_FAILURE",
  "PERSISTED_QUERY_NOT_FOUND",
  "PERSISTED_QUERY_NOT_SUPPORTED",
]);
