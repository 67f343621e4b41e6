import { median, percentile } from "./statistics.mjs";
import { formatNumber, formatTable } from "./table.mjs";

/**
 * A table with a row for each named case with statements: its rate per second on both sides.
 *
 * @param {string} title the title of the column of names.
 * @param {import("./side-by-side.mjs").Comparison[]} comparisons
 */
export function formatRates(title, comparisons) {
  const header = [title, "HTTP /s", "node-pg /s", "ratio", "statements", "p50 ms", "p99 ms"];
  const rows = comparisons.map(({ subject, rounds }) => {
    const rate = ({ requestCount, elapsedMs }) => (requestCount / elapsedMs) * 1_000;
    const latencies = rounds.map(({ http }) => http.latenciesMs);
    return [
      subject.name,
      formatNumber(median(rounds.map(({ http }) => rate(http))), 1),
      formatNumber(median(rounds.map(({ nodePg }) => rate(nodePg))), 1),
      formatNumber(median(rounds.map(({ http, nodePg }) => rate(http) / rate(nodePg))), 2),
      formatNumber(subject.statements.length),
      formatNumber(percentile(latencies, 50), 1),
      formatNumber(percentile(latencies, 99), 1),
    ];
  });
  return formatTable(header, rows);
}
