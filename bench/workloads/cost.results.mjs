import { median, percentile } from "../support/statistics.mjs";
import { formatNumber, formatTable } from "../support/table.mjs";

const HEADER = ["request", "requests/s", "server µs", "times bare", "goal", "p50 ms", "p99 ms"];

/** @param {{ machine: string, timing: object, comparisons: import("../support/side-by-side.mjs").Comparison[] }} of */
export function formatCosts({ machine, timing, comparisons }) {
  const [bare, ...others] = comparisons.map(figuresOf);
  const timesBare = ({ costs }) =>
    costs === null
      ? null
      : median(costs.map((microseconds, round) => microseconds / bare.costs[round]));
  const rows = [bare, ...others].map((figures) => {
    const { subject, rate, costs, latencies } = figures;
    return [
      subject.name,
      formatNumber(rate),
      costs === null ? "" : formatNumber(median(costs)),
      costs === null ? "" : formatNumber(timesBare(figures), 1),
      subject.most === undefined ? "" : formatNumber(subject.most, 1),
      formatNumber(percentile(latencies, 50), 1),
      formatNumber(percentile(latencies, 99), 1),
    ];
  });
  const { roundCount, roundMs, warmUpMs } = timing;
  return {
    markdown: `${machine}; ${roundCount} rounds of ${roundMs / 1_000} s after ${warmUpMs / 1_000} s of warm-up

${formatTable(HEADER, rows)}

The processor time is that of the server's process for one request, without PostgreSQL and the clients. The database was
empty at first, and no statement analyzed it. Half of the charges create a pocket.
`,
    targets: others.map((figures) => ({
      name: `processor time of ${figures.subject.name}, times a bare server's`,
      reached: timesBare(figures),
      most: figures.subject.most,
      decimals: 1,
    })),
  };
}

function figuresOf({ subject, rounds }) {
  const [side] = subject.sides;
  const measured = rounds.map((round) => round[side]);
  const hasCosts = measured.every(({ serverMs }) => serverMs !== null);
  return {
    subject,
    rate: median(measured.map(({ requestCount, elapsedMs }) => (requestCount / elapsedMs) * 1_000)),
    costs: hasCosts
      ? measured.map(({ serverMs, requestCount }) => (serverMs / requestCount) * 1_000)
      : null,
    latencies: measured.map(({ latenciesMs }) => latenciesMs),
  };
}
