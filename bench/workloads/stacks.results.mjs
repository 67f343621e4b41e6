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
 * @param {number} measured.verifiedCount
 * @returns {import("../run.mjs").Results}
 */
export function formatStacks({ machine, timing, comparisons, peakBytes, verifiedCount }) {
  const { roundCount, roundMs } = timing;
  const keys = Object.keys(CASES);
  const byKey = new Map(comparisons.map((comparison, at) => [keys[at], comparison]));
  const rounds = `${roundCount} rounds of ${formatNumber(roundMs / 1_000, 1)} s`;
  const targets = targetsOf(byKey, peakBytes);
  const markdown = [
    `${machine}; ${rounds}`,
    "",
    "![Throughput of each stack in each case](stacks.svg)",
    "",
    formatTargets(targets),
    ...comparisons.flatMap((comparison) => ["", formatCase(comparison)]),
    "",
    "Rates per second are medians of the rounds. Each ratio is the median of the rounds' ratios to",
    "Pocketcharge. Latencies are those of whole requests in all rounds. CPU is the use of one core by the",
    "server's process, and MB is its resident memory after the largest round. For node-pg, which has no",
    "server, both are those of the load's process. Neither includes PostgreSQL.",
    "",
    `${formatNumber(verifiedCount)} charges were counted. The database contains each of them exactly once, and the`,
    "balances on every side are the sums of its charges.",
    "",
    "The maximum CPU of one core that the load generator used:",
    `${formatGeneratorLoad(comparisons)}.`,
    "",
  ].join("\n");
  return { markdown, targets, svg: formatChart(comparisons, `${machine}; ${rounds}`) };
}

function formatCase({ subject, rounds }) {
  const header = [
    subject.name,
    `${unitOf(subject)}/s`,
    "of Pocketcharge",
    "p50 ms",
    "p99 ms",
    "CPU",
    "MB",
  ];
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
  return formatBarCharts({ title: "Pocketcharge compared with other stacks", subtitle, charts });
}

function kindOf(side) {
  if (side === "pocketcharge") return "own";
  return side === "nodePg" || side === "layer" ? "limit" : "other";
}
