import { AggregatorRegistry, Counter, Gauge, Registry } from "prom-client";
import type { MetricsReport } from "./metrics.js";

/**
 * The metrics of all workers together. What a worker had counted when it last reported goes on
 * counting after its end, so that no counter of the whole runs backwards; its gauges do not.
 */
export class WorkersMetrics {
  private readonly latest = new Map<number, MetricsReport>();
  private ended: MetricsReport = [];
  private readonly registry = new Registry();

  private readonly ends = new Counter({
    name: "pocketcharge_worker_ends_total",
    help: "Workers that ended unexpectedly and were replaced.",
    registers: [this.registry],
  });

  /** @param count how many workers serve at the moment. */
  constructor(count: () => number) {
    new Gauge({
      name: "pocketcharge_workers",
      help: "Running worker processes.",
      registers: [this.registry],
      collect() {
        this.set(count());
      },
    });
  }

  reported(workerId: number, report: MetricsReport): void {
    this.latest.set(workerId, report);
  }

  workerEnded(workerId: number): void {
    this.ends.inc();
    const last = this.latest.get(workerId);
    this.latest.delete(workerId);
    if (last === undefined) return;
    const counted = last.filter(({ type }) => ["counter", "histogram"].includes(String(type)));
    const sum = AggregatorRegistry.aggregate([this.ended, counted]);
    // Of an aggregate these are plain objects with their values.
    this.ended = sum.getMetricsAsArray() as MetricsReport;
  }

  /** As Prometheus reads it. */
  async text(): Promise<string> {
    // The living first: whether and how a metric is summed is asked of the first one.
    const workers = AggregatorRegistry.aggregate([...this.latest.values(), this.ended]);
    return `${await workers.metrics()}\n${await this.registry.metrics()}`;
  }
}
