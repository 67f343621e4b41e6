import { median, percentile } from "../support/statistics.mjs";
import { formatNumber, formatTable } from "../support/table.mjs";

const HEADER = ["", "charges/s", "of one process", "server µs", "PostgreSQL µs", "p99 ms"];

/** The results as Markdown. */
export function formatCores({ machine, timing, sides, comparisons }) {
  const { roundCount, roundMs, warmUpMs } = timing;
  const rows = comparisons.flatMap(({ subject, rounds }) =>
    sides.map(({ key, workers, isPinned }) => {
      const one = isPinned ? "1 pinned" : "1";
      const of = (value) => median(rounds.map((round) => value(round[key], round[one])));
      const countIn = ({ requestCount }) => requestCount * subject.batchSize;
      const rate = (round) => (countIn(round) / round.elapsedMs) * 1_000;
      return [
        `${subject.name}: ${workers}${isPinned ? ", on half of the cores" : ""}`,
        formatNumber(of(rate)),
        formatNumber(
          of((own, first) => rate(own) / rate(first)),
          2,
        ),
        formatNumber(of((own) => (own.serverMs / countIn(own)) * 1_000)),
        formatNumber(of((own) => (own.postgresMs / countIn(own)) * 1_000)),
        formatNumber(
          of(({ latenciesMs }) => percentile([latenciesMs], 99)),
          1,
        ),
      ];
    }),
  );
  return [
    `${machine}; ${roundCount} rounds of ${formatNumber(roundMs / 1_000, 1)} s after ${formatNumber(warmUpMs / 1_000)} s of warm-up`,
    "",
    formatTable(HEADER, rows),
    "",
    "The number is that of the server's processes, which all charge one group, each with its own batches. On half of",
    "the cores, the server's processes share the first half, and PostgreSQL and the clients have the others. The",
    "processor times are for one charge. Every server has its own PostgreSQL, and all are charged in turn.",
    "",
  ].join("\n");
}
