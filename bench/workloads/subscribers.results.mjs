import { percentile } from "../support/statistics.mjs";
import { formatNumber, formatTable } from "../support/table.mjs";

const HEADER = [
  "subscription",
  "over",
  "charges/s",
  "messages/s",
  "p50 ms",
  "p99 ms",
  "slowest ms",
  "CPU",
  "KB each",
];
const NAMES = { sse: "SSE", ws: "WebSocket" };

/** The results as Markdown. */
export function formatSubscribers({ machine, size, rows }) {
  const { subscriberCount, merchantCount, durationMs } = size;
  return `${machine}; ${formatNumber(subscriberCount)} subscribers, ${durationMs / 1_000} s for each row

${formatTable(
  HEADER,
  rows.map((row) => formatRow(row, size)),
)}

The latency is the time from the change, by the database's clock before its commit, until the client has read it. With
\`pocketChanged\`, each subscriber watches its own pocket. With \`events\`, each of ${merchantCount} merchants has
${subscriberCount / merchantCount} subscribers, which all receive its events. Every subscriber has its own connection. CPU is the share of one core
that the server and its PostgreSQL used, also for the charges. The last column is the growth of the server's resident
memory without PostgreSQL for each subscriber.
`;
}

function formatRow(row, { durationMs, perSecond }) {
  const { subscription, transport, latenciesMs, cpuShare, bytesEach } = row;
  const at = (percent) => formatNumber(percentile([latenciesMs], percent), 1);
  return [
    ...[subscription, NAMES[transport], formatNumber(perSecond)],
    formatNumber((latenciesMs.length * 1_000) / durationMs),
    ...[at(50), at(99), at(100)],
    cpuShare === null ? "not measured" : formatNumber(cpuShare, 2),
    bytesEach === null ? "not measured" : formatNumber(bytesEach / 1_000),
  ];
}
