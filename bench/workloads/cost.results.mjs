import { median, percentile } from "../support/statistics.mjs";
import { formatNumber, formatTable } from "../support/table.mjs";
import { BARE } from "./cost.cases.mjs";

const HEADER = ["request", "requests/s", "server µs", "times bare", "goal", "p50 ms", "p99 ms"];

/** @param {{ machine: string, timing: object, comparisons: import("../support/side-by-side.mjs").Comparison[] }} of */
export function formatCosts({ machine, timing, comparisons }) {
  const others = comparisons.map(({ subject, rounds }) => ({
    ...figuresOf(
      subject,
      rounds.map(({ server }) => server),
    ),
    timesBare: timesBare(rounds),
  }));
  const bare = figuresOf(
    BARE,
    comparisons.flatMap(({ rounds }) => rounds.map((round) => round.bare)),
  );
  const rows = [{ ...bare, timesBare: 1 }, ...others].map(
    ({ subject, rate, cost, timesBare: times, latencies }) => [
      subject.name,
      formatNumber(rate),
      cost === null ? "" : formatNumber(cost),
      cost === null ? "" : formatNumber(times, 1),
      subject.most === undefined ? "" : formatNumber(subject.most, 1),
      formatNumber(percentile(latencies, 50), 1),
      formatNumber(percentile(latencies, 99), 1),
    ],
  );
  const { roundCount, roundMs, warmUpMs } = timing;
  return {
    markdown: `${machine}; ${roundCount} rounds of ${roundMs / 1_000} s after ${warmUpMs / 1_000} s of warm-up

${formatTable(HEADER, rows)}

The processor time is that of the server's process for one request, without PostgreSQL and the clients. "Times bare" is
the median of the rounds' ratios: in each round, the bare server is measured next to the request. The database was empty
at first, and no statement analyzed it. Half of the charges create a pocket.
`,
    targets: others.map(({ subject: { name, most }, timesBare: reached }) => {
      const target = `processor time of ${name}, times a bare server's`;
      return { name: target, reached, most, decimals: 1 };
    }),
  };
}

function figuresOf(subject, measured) {
  const costs = measured.map(costOf);
  return {
    subject,
    rate: median(measured.map(({ requestCount, elapsedMs }) => (requestCount / elapsedMs) * 1_000)),
    cost: costs.includes(null) ? null : median(costs),
    latencies: measured.map(({ latenciesMs }) => latenciesMs),
  };
}

/** The median of the rounds' ratios: in a round, one server is measured directly after the other. */
function timesBare(rounds) {
  const pairs = rounds.map(({ server, bare }) => [costOf(server), costOf(bare)]);
  return pairs.flat().includes(null) ? null : median(pairs.map(([own, least]) => own / least));
}

/** The microseconds of the processor for a request. @returns {number | null} null where they are not known. */
function costOf({ serverMs, requestCount }) {
  return serverMs === null ? null : (serverMs / requestCount) * 1_000;
}
