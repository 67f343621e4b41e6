import { describe, expect, it } from "vitest";
import { Metrics } from "../../../src/observability/metrics/metrics.js";
import { WorkersMetrics } from "../../../src/observability/metrics/workers-metrics.js";
import { seriesIn } from "../../support/metrics.js";

const SUCCESS = 'pocketcharge_pocket_items_total{operation="charge",result="SUCCESS"}';
const TOTAL = 'pocketcharge_database_connections{state="total"}';
const REQUESTS = "pocketcharge_charge_requests_per_transaction_count";

function worker(connections: number, charges: number): Metrics {
  const metrics = new Metrics({ totalCount: connections, idleCount: 0, waitingCount: 0 });
  metrics.settled(
    "charge",
    Array.from({ length: charges }, () => "SUCCESS"),
  );
  metrics.transaction(charges);
  return metrics;
}

describe("the metrics of several workers", () => {
  it("are the sums over workers, except for means", async () => {
    const all = new WorkersMetrics(() => 2);
    const [one, two] = [worker(2, 3), worker(5, 4)];
    all.reported(1, await one.report());
    all.reported(2, await two.report());
    const series = seriesIn(await all.text());
    expect(series.get(SUCCESS)).toBe(7);
    expect(series.get(TOTAL)).toBe(7);
    expect(series.get(REQUESTS)).toBe(2);
    expect(series.get("pocketcharge_workers")).toBe(2);
    expect(series.get("process_resident_memory_bytes")).toBeGreaterThan(0);
    const versions = [...series].filter(([name]) => name.startsWith("nodejs_version_info"));
    expect(versions).toEqual([[expect.stringContaining(process.version), 1]]);
  });

  it("never decrease when a worker ends, except gauges", async () => {
    const all = new WorkersMetrics(() => 1);
    for (const id of [1, 2, 3]) {
      all.reported(id, await worker(2, 3).report());
      all.workerEnded(id);
    }
    all.workerEnded(4); // never scraped
    all.reported(5, await worker(1, 1).report());
    const series = seriesIn(await all.text());
    expect(series.get(SUCCESS)).toBe(10);
    expect(series.get(REQUESTS)).toBe(4);
    expect(series.get('pocketcharge_charge_requests_per_transaction_bucket{le="5"}')).toBe(4);
    expect(series.get(TOTAL)).toBe(1);
    expect(series.get("pocketcharge_worker_ends_total")).toBe(4);
    // Scraping again changes nothing.
    expect(seriesIn(await all.text()).get(SUCCESS)).toBe(10);
  });
});
