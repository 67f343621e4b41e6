import { median, percentile } from "../support/statistics.mjs";
import { formatNumber, formatTable } from "../support/table.mjs";

/** The results as Markdown. */
export function formatReads({ machine, clientCount, timing, comparisons }) {
  const { roundCount, roundMs } = timing;
  const header = ["read", "HTTP /s", "node-pg /s", "ratio", "statements", "p50 ms", "p99 ms"];
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
  return [
    `${machine}; ${clientCount} clients, ${roundCount} rounds of ${roundMs / 1_000} s`,
    "",
    formatTable(header, rows),
    "",
    "Reads per second are medians of the rounds. node-pg sends the statements of each read, as the",
    "server sends them, one after the other and nothing else; authentication is not among them.",
    "Each ratio is the median of the rounds' ratios. Latencies are of whole HTTP requests.",
    "",
  ].join("\n");
}
