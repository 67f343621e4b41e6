import { AggregatorRegistry, Counter, Gauge, Registry } from "prom-client";
import type { MetricsReport } from "./metrics.js";

/**
 * The metrics of all workers together. The counters of an ended worker keep their last reported values, so that no sum
 * decreases. Its gauges are dropped.
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

  /** @param count returns the number of workers that serve. */
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
    // The metrics of an aggregate are plain objects with values.
    this.ended = sum.getMetricsAsArray() as MetricsReport;
  }

  /** The metrics in Prometheus' text format. */
  async text(): Promise<string> {
    // Running workers first: the first report with a metric determines how it is aggregated.
    const workers = AggregatorRegistry.aggregate([...this.latest.values(), this.ended]);
    return `${await workers.metrics()}\n${await this.registry.metrics()}`;
  }
}
