import { median, percentile } from "../support/statistics.mjs";
import { formatNumber, formatTable } from "../support/table.mjs";

const HEADER = [
  "batch size",
  "charges/s, HTTP",
  "charges/s, node-pg, same SQL",
  "ratio",
  "p50 ms",
  "p99 ms",
];

/**
 * @param {object} measured
 * @param {string} measured.machine
 * @param {number} measured.clientCount
 * @param {{ roundCount: number, roundMs: number }} measured.timing
 * @param {import("../support/side-by-side.mjs").Comparison[]} measured.comparisons
 * @returns {string} Markdown.
 */
export function formatResults({ machine, clientCount, timing, comparisons }) {
  const { roundCount, roundMs } = timing;
  return `${machine}; ${clientCount} clients, ${roundCount} rounds of ${roundMs / 1_000} s

${formatTable(HEADER, comparisons.map(formatRow))}

Charges per second are medians of the rounds. Each ratio is the median of the rounds' ratios. The two
sides of a round run directly one after the other. Latencies are those of whole HTTP requests in all
rounds.

Ratios of single rounds:
${forEachSize(comparisons, formatSpread)}.

CPU of one core that the HTTP load generator used, which shares the cores with the server and PostgreSQL:
${forEachSize(comparisons, formatGeneratorLoad)}.
`;
}

function formatRow({ subject, rounds }) {
  const { batchSize } = subject;
  const chargesPerSecond = (side) =>
    median(rounds.map((round) => batchSize * requestsPerSecond(round[side])));
  const latencies = rounds.map(({ http }) => http.latenciesMs);
  return [
    formatNumber(batchSize),
    formatNumber(chargesPerSecond("http")),
    formatNumber(chargesPerSecond("nodePg")),
    formatNumber(median(rounds.map(ratioOf)), 2),
    formatNumber(percentile(latencies, 50), 1),
    formatNumber(percentile(latencies, 99), 1),
  ];
}

function requestsPerSecond({ requestCount, elapsedMs }) {
  return (requestCount * 1_000) / elapsedMs;
}

function ratioOf({ http, nodePg }) {
  return requestsPerSecond(http) / requestsPerSecond(nodePg);
}

function formatSpread(rounds) {
  const ratios = rounds.map(ratioOf);
  return `${formatNumber(Math.min(...ratios), 2)} to ${formatNumber(Math.max(...ratios), 2)}`;
}

function formatGeneratorLoad(rounds) {
  return `${formatNumber(100 * median(rounds.map(({ http }) => http.cpuShare)))} %`;
}

function forEachSize(comparisons, format) {
  return comparisons
    .map(({ subject, rounds }) => `${format(rounds)} at ${formatNumber(subject.batchSize)}`)
    .join(", ");
}
