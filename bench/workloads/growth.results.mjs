import { median, percentile } from "../support/statistics.mjs";
import { formatNumber, formatTable } from "../support/table.mjs";

/** The maximum time of page 1, page 100,000 and a trace, relative to that with ten thousand charges. */
const MOST_TIMES = 1.5;

/** @returns {import("../run.mjs").Results} */
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
  const rows = comparisons.map((comparison) => {
    const { subject, rounds } = comparison;
    const times = timesSlower(comparison);
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
  const targets = comparisons
    .filter(({ subject }) => subject.isBounded)
    .map((comparison) => ({
      name: `${comparison.subject.name}, of ${formatNumber(large)} charges: at most ${MOST_TIMES} times slower than of ${formatNumber(small)}`,
      most: MOST_TIMES,
      reached: timesSlower(comparison),
    }));
  const markdown = [
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
  return { markdown, targets };
}

function rate({ requestCount, elapsedMs }) {
  return (requestCount / elapsedMs) * 1_000;
}

/** The median of the rounds' ratios. */
function timesSlower({ rounds }) {
  return median(rounds.map((round) => rate(round.small) / rate(round.large)));
}
