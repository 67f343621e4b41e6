import { formatBarCharts } from "../support/bar-chart.mjs";
import { median, percentile } from "../support/statistics.mjs";
import { formatNumber, formatTable } from "../support/table.mjs";
import { formatTargets } from "../support/targets.mjs";
import { CASES, SIDES, rateOf, unitOf } from "./stacks.cases.mjs";
import { targetsOf } from "./stacks.targets.mjs";

/**
 * @param {object} measured
 * @param {string} measured.machine
 * @param {{ roundCount: number, roundMs: number }} measured.timing
 * @param {import("../support/side-by-side.mjs").Comparison[]} measured.comparisons
 * @param {number | null} measured.peakBytes
 * @param {number} measured.provenCount
 * @returns {import("../run.mjs").Results}
 */
export function formatStacks({ machine, timing, comparisons, peakBytes, provenCount }) {
  const { roundCount, roundMs } = timing;
  const keys = Object.keys(CASES);
  const byKey = new Map(comparisons.map((comparison, at) => [keys[at], comparison]));
  const rounds = `${roundCount} rounds of ${formatNumber(roundMs / 1_000, 1)} s`;
  const targets = targetsOf(byKey, peakBytes);
  const markdown = [
    `${machine}; ${rounds}`,
    "",
    "![Throughput of each stack, case by case](stacks.svg)",
    "",
    formatTargets(targets),
    ...comparisons.flatMap((comparison) => ["", formatCase(comparison)]),
    "",
    "Figures per second are medians of the rounds; each ratio is the median of the rounds' ratios to",
    "Pocketcharge. Latencies are of whole requests, all rounds together. CPU is the server process's",
    "share of one core, MB its resident memory after the largest round; node-pg has no server, so that",
    "its own process, which makes the load, is told instead. PostgreSQL is in neither.",
    "",
    `${formatNumber(provenCount)} charges were counted, and as many found in the database, each once,`,
    "with balances that are the sums of the charges, on every side.",
    "",
    "The load generator used of one core, at most:",
    `${formatGeneratorLoad(comparisons)}.`,
    "",
  ].join("\n");
  return { markdown, targets, svg: formatChart(comparisons, `${machine}; ${rounds}`) };
}

function formatCase({ subject, rounds }) {
  const header = [subject.name, `${unitOf(subject)}/s`, "of ours", "p50 ms", "p99 ms", "CPU", "MB"];
  const rows = subject.sides.map((side) => {
    const latencies = rounds.map((round) => round[side].latenciesMs);
    const ratios = rounds.map(
      (round) => rateOf(subject, round[side]) / rateOf(subject, round.pocketcharge),
    );
    return [
      SIDES[side].label,
      formatNumber(medianRate(subject, rounds, side)),
      formatNumber(median(ratios), 2),
      formatNumber(percentile(latencies, 50), 1),
      formatNumber(percentile(latencies, 99), 1),
      ...formatServer(rounds.map((round) => round[side].server)),
    ];
  });
  return formatTable(header, rows);
}

function medianRate(subject, rounds, side) {
  return median(rounds.map((round) => rateOf(subject, round[side])));
}

function formatServer(usages) {
  if (usages.includes(null)) return ["", ""];
  const cpuShare = median(usages.map((usage) => usage.cpuShare));
  const residentBytes = Math.max(...usages.map((usage) => usage.residentBytes));
  return [`${formatNumber(100 * cpuShare)} %`, formatNumber(residentBytes / 1e6)];
}

function formatGeneratorLoad(comparisons) {
  const shares = comparisons.map(({ subject, rounds }) => {
    const sides = subject.sides.filter((side) => side !== "nodePg");
    const ofSide = (side) => median(rounds.map((round) => round[side].cpuShare));
    return `${formatNumber(100 * Math.max(...sides.map(ofSide)))} % (${subject.name})`;
  });
  return shares.join(",\n");
}

function formatChart(comparisons, subtitle) {
  const charts = comparisons.map(({ subject, rounds }) => ({
    title: subject.name,
    unit: `${unitOf(subject)}/s`,
    bars: subject.sides.map((side) => ({
      label: SIDES[side].label,
      value: medianRate(subject, rounds, side),
      kind: kindOf(side),
    })),
  }));
  return formatBarCharts({ title: "Pocketcharge beside other stacks", subtitle, charts });
}

function kindOf(side) {
  if (side === "pocketcharge") return "own";
  return side === "nodePg" || side === "layer" ? "limit" : "other";
}
