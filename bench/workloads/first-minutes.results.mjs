import { formatLineChart } from "../support/line-chart.mjs";
import { formatNumber, formatTable } from "../support/table.mjs";

const WINDOW_S = 10;
const MIN_RATIO = 0.7;
const ROW_S = 15;

/**
 * A row per 15 seconds, a chart of each second, and the slowest ten seconds compared with the fastest.
 *
 * @returns {import("../run.mjs").Results}
 */
export function formatFirstMinutes({ machine, clients, batchSize, counts }) {
  const { singles, batches, lists } = counts;
  const charges = singles.map((count, second) => count + batches[second]);
  const series = [
    ["charges", charges],
    ["lists of 50 with two relations", lists],
  ];
  const header = ["seconds", ...series.map(([name]) => `${name}/s`)];
  const rows = [];
  for (let from = 0; from < charges.length; from += ROW_S) {
    const to = Math.min(from + ROW_S, charges.length);
    const rates = series.map(([, values]) => formatNumber(mean(values.slice(from, to))));
    rows.push([`${from + 1} to ${to}`, ...rates]);
  }
  const steadiness = series.map(([name, values]) => [name, slowestOfFastest(values)]);
  const title = `The first ${formatNumber(charges.length)} seconds of a server on an empty database`;
  const subtitle =
    `${clients.singles} clients charge one pocket at a time, ${clients.batches} charge ${batchSize}, ` +
    `${clients.lists} read lists; every other charge creates a pocket`;
  const markdown = [
    `${machine}; ${subtitle}`,
    "",
    formatTable(header, rows),
    "",
    ...steadiness.map(
      ([name, ratio]) =>
        `The slowest ${WINDOW_S} seconds of ${name} reach ${formatNumber(ratio, 2)} of the fastest.`,
    ),
    "",
  ].join("\n");
  const svg = formatLineChart({
    title,
    subtitle,
    lines: series.map(([label, values]) => ({ label: `${label} per second`, values })),
  });
  const targets = steadiness.map(([name, reached]) => ({
    name: `first three minutes, ${name}: slowest ten seconds at least ${MIN_RATIO} of the fastest`,
    least: MIN_RATIO,
    reached,
  }));
  return { markdown, svg, targets };
}

/** The slowest window's rate relative to the fastest's, including the first window: a slow start counts. */
function slowestOfFastest(values) {
  const windows = [];
  for (let from = 0; from + WINDOW_S <= values.length; from++) {
    windows.push(mean(values.slice(from, from + WINDOW_S)));
  }
  return Math.min(...windows) / Math.max(...windows);
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
