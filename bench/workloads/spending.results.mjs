import { median } from "../support/statistics.mjs";
import { formatNumber, formatTable } from "../support/table.mjs";

const HEADER = [
  "case",
  "charges/s",
  "debits/s",
  "ratio",
  "mixed/s",
  "ratio",
  "holds with captures/s",
  "CPU µs of a charge",
  "of a debit",
  "of a hold with its capture",
];

/** The results as Markdown. */
export function formatSpending({ machine, timing, comparisons }) {
  const { roundCount, roundMs } = timing;
  return `${machine}; ${roundCount} rounds of ${roundMs / 1_000} s

${formatTable(HEADER, comparisons.map(formatRow))}

Items per second are medians of the rounds, and each ratio to charges is the median of the rounds' ratios. The
sides of a round run directly one after the other. Mixed requests alternate between charges and debits. A hold with
its capture is two requests. The last columns are the processor time of the server and its PostgreSQL.
After the rounds, every balance was the sum of its entries.
`;
}

function formatRow({ subject, rounds }) {
  const { name, batchSize } = subject;
  const rate = ({ requestCount, elapsedMs }) => (batchSize * requestCount * 1_000) / elapsedMs;
  const rates = (side) => formatNumber(median(rounds.map((round) => rate(round[side]))));
  const ratio = (side) =>
    formatNumber(median(rounds.map((round) => rate(round[side]) / rate(round.charge))), 2);
  const cost = (side) =>
    formatNumber(median(rounds.map((round) => costOf(round[side], batchSize))));
  return [
    ...[name, rates("charge"), rates("debit"), ratio("debit"), rates("mixed"), ratio("mixed")],
    ...[rates("holdAndCapture"), cost("charge"), cost("debit"), cost("holdAndCapture")],
  ];
}

/** Microseconds of the server's processor time for each item; NaN where the system does not tell. */
function costOf({ server, requestCount, elapsedMs }, batchSize) {
  return server === null ? NaN : (server.cpuShare * elapsedMs * 1_000) / (requestCount * batchSize);
}
