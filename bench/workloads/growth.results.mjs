import { median, percentile } from "../support/statistics.mjs";
import { formatNumber, formatTable } from "../support/table.mjs";

/** What page 1, page 100,000 and a trace may take, of their time among ten thousand. */
const MOST_TIMES = 1.5;

/** The results as Markdown. */
export function formatGrowth({ machine, clientCount, timing, comparisons, fillMs, size }) {
  const { roundCount, roundMs, small, large } = timing;
  const header = [
    `/s of ${formatNumber(small)} and ${formatNumber(large)} charges`,
    formatNumber(small),
    formatNumber(large),
    "times slower",
    "p50 ms",
    "p99 ms",
    `at most ${MOST_TIMES}`,
  ];
  const rate = ({ requestCount, elapsedMs }) => (requestCount / elapsedMs) * 1_000;
  const rows = comparisons.map(({ subject, rounds }) => {
    const times = median(rounds.map((round) => rate(round.small) / rate(round.large)));
    const latencies = rounds.map((round) => round.large.latenciesMs);
    return [
      subject.name,
      formatNumber(median(rounds.map((round) => rate(round.small))), 1),
      formatNumber(median(rounds.map((round) => rate(round.large))), 1),
      formatNumber(times, 2),
      formatNumber(percentile(latencies, 50), 1),
      formatNumber(percentile(latencies, 99), 1),
      subject.isBounded ? (times <= MOST_TIMES ? "met" : "missed") : "grows with its rows",
    ];
  });
  return [
    `${machine}; ${clientCount} clients, ${roundCount} rounds of ${roundMs / 1_000} s`,
    "",
    formatTable(header, rows),
    "",
    "Two servers with a PostgreSQL each, measured in turn; rates are medians of the rounds, each ratio is",
    "the median of the rounds' ratios, latencies are those of the larger. Traces take 10,000 tokens in",
    "random order, charges fall on random pockets.",
    "",
    `The larger database was filled by COPY in ${formatNumber(fillMs / 1_000)} s, indexes and all, and takes ${size}.`,
    "",
  ].join("\n");
}
