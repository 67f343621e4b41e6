import { Counter, Gauge, type Registry } from "prom-client";
import { outcomeLabel } from "./outcomes.js";

/** Counts exports and their rows. */
export class ExportMetrics {
  private readonly running: Gauge;
  private readonly rows: Counter;
  private readonly ends: Counter<"outcome">;

  constructor(registry: Registry) {
    const registers = [registry];
    this.running = new Gauge({
      name: "pocketcharge_exports",
      help: "Running exports.",
      registers,
    });
    this.rows = new Counter({
      name: "pocketcharge_export_rows_total",
      help: "Exported rows.",
      registers,
    });
    this.ends = new Counter({
      name: "pocketcharge_exports_ended_total",
      help: "Exports that have ended, by outcome: ok, or the code of the error; RATE_LIMITED if too many ran.",
      labelNames: ["outcome"],
      registers,
    });
    this.ends.inc({ outcome: "ok" }, 0);
  }

  exportBegan(): void {
    this.running.inc();
  }

  exportedRows(count: number): void {
    this.rows.inc(count);
  }

  exportRefused(): void {
    this.ends.inc({ outcome: "RATE_LIMITED" });
  }

  /** @param outcome `ok`, or the code of the error. */
  exportEnded(outcome: string): void {
    this.running.dec();
    this.ends.inc({ outcome: outcomeLabel(outcome) });
  }
}
