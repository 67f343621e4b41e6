import { median, percentile } from "../support/statistics.mjs";
import { formatNumber, formatTable } from "../support/table.mjs";

/** The maximum time of a bounded case, relative to that with the smaller number of charges. */
const MAX_SLOWDOWN = 1.5;

/** @returns {import("../run.mjs").Results} */
export function formatGrowth({ machine, clientCount, timing, comparisons, fillMs, size }) {
  const { roundCount, roundMs, small, large } = timing;
  const header = [
    `per second, with ${formatNumber(small)} and ${formatNumber(large)} charges`,
    formatNumber(small),
    formatNumber(large),
    "times slower",
    "p50 ms",
    "p99 ms",
    `at most ${MAX_SLOWDOWN}`,
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
      subject.isBounded ? (times <= MAX_SLOWDOWN ? "met" : "missed") : "grows with the rows",
    ];
  });
  const targets = comparisons
    .filter(({ subject }) => subject.isBounded)
    .map((comparison) => ({
      name: `${comparison.subject.name}, with ${formatNumber(large)} charges: at most ${MAX_SLOWDOWN} times slower than with ${formatNumber(small)}`,
      most: MAX_SLOWDOWN,
      reached: timesSlower(comparison),
    }));
  const markdown = [
    `${machine}; ${clientCount} clients, ${roundCount} rounds of ${roundMs / 1_000} s`,
    "",
    formatTable(header, rows),
    "",
    "Two servers, each with its own PostgreSQL, are measured alternately. Rates are medians of the rounds, and",
    "ratios are medians of the rounds' ratios. Latencies are those of the larger database. Traces use 10,000",
    "tokens in random order, and charges use random pockets.",
    "",
    `COPY filled the larger database, including its indexes, in ${formatNumber(fillMs / 1_000)} s. It takes ${size}.`,
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
