import { median } from "../support/statistics.mjs";
import { formatNumber, formatTable } from "../support/table.mjs";

/** The results as Markdown. */
export function formatChoices({ machine, timing, sides, comparisons, updates }) {
  const { roundCount, roundMs } = timing;
  const header = [
    "",
    ...comparisons.map(({ subject }) => subject.name),
    "HOT updates",
    "pockets MB",
  ];
  const rows = Object.entries(sides).map(([key, { label }]) => [
    label,
    ...comparisons.map((comparison) => formatNumber(ratioToChosen(comparison, key), 2)),
    `${formatNumber(100 * (updates[key].hotShare ?? 0))} %`,
    formatNumber(updates[key].tableBytes / 1e6, 1),
  ]);
  const rates = comparisons.map(({ subject, rounds }) => {
    const rate = median(rounds.map(({ chosen }) => chosen.requestCount / chosen.elapsedMs));
    return `${formatNumber(rate * 1_000 * subject.batchSize)}/s in ${subject.name}`;
  });
  return [
    `${machine}; ${roundCount} rounds of ${formatNumber(roundMs / 1_000, 1)} s`,
    "",
    formatTable(header, rows),
    "",
    "Charges per second through HTTP, as medians of the rounds' ratios to the chosen settings, which reached",
    `${rates.join(" and ")}. A HOT update of a pocket adds no entries to its`,
    "indexes. Each server has its own PostgreSQL. The servers are measured alternately.",
    "",
  ].join("\n");
}

function ratioToChosen({ rounds }, key) {
  const rate = ({ requestCount, elapsedMs }) => requestCount / elapsedMs;
  return median(rounds.map((round) => rate(round[key]) / rate(round.chosen)));
}
