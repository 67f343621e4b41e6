import type { MetricsReport } from "../../observability/metrics/metrics.js";
import { WorkersMetrics } from "../../observability/metrics/workers-metrics.js";
import type { WorkerProcess } from "./supervisor.js";

/** The timeout for a worker's report. A worker that exceeds it counts with its last report. */
const TIMEOUT_MS = 1_000;

/** Collects the metrics of all workers, once for simultaneous requests. */
export class MetricsRound {
  private readonly metrics: WorkersMetrics;
  private readonly missing = new Set<number>();
  private round: Promise<string> | undefined;
  private endRound: () => void = () => undefined;

  constructor(private readonly workers: () => WorkerProcess[]) {
    this.metrics = new WorkersMetrics(() => this.workers().length);
  }

  /** The metrics of the whole server, in Prometheus' text format. */
  text(): Promise<string> {
    return (this.round ??= this.collect().finally(() => {
      this.round = undefined;
    }));
  }

  reported(worker: WorkerProcess, report: MetricsReport): void {
    this.metrics.reported(worker.id, report);
    this.stopWaitingFor(worker);
  }

  workerEnded(worker: WorkerProcess): void {
    this.metrics.workerEnded(worker.id);
    this.stopWaitingFor(worker);
  }

  private async collect(): Promise<string> {
    const workers = this.workers();
    for (const { id } of workers) this.missing.add(id);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, TIMEOUT_MS);
      this.endRound = () => {
        clearTimeout(timer);
        resolve();
      };
      for (const worker of workers) worker.send({ type: "reportMetrics" });
    });
    this.missing.clear();
    return this.metrics.text();
  }

  private stopWaitingFor({ id }: WorkerProcess): void {
    if (this.missing.delete(id) && this.missing.size === 0) this.endRound();
  }
}
