import { median } from "../support/statistics.mjs";
import { formatNumber, formatTable } from "../support/table.mjs";

const MB = 1_000_000;
const MINUTE_MS = 60_000;

/** The maximum memory of the last quarter of the rounds relative to the second. The first quarter fills caches. */
const MAX_GROWTH = 1.05;
const MAX_MB = 250;

/**
 * A row for each minute.
 *
 * @returns {import("../run.mjs").Results}
 */
export function formatSoak({ machine, timing, rounds }) {
  const perMinute = Math.max(1, Math.round(MINUTE_MS / timing.roundMs));
  const minutes = [];
  for (let from = 0; from < rounds.length; from += perMinute) {
    minutes.push(rounds.slice(from, from + perMinute));
  }
  const header = [
    "minute",
    "charges/s",
    "reads/s",
    "CPU of one core",
    "resident MB, median",
    "maximum",
  ];
  const rows = minutes.map((minute, index) => {
    const elapsedS = minute.reduce((sum, { elapsedMs }) => sum + elapsedMs, 0) / 1_000;
    const total = (key) => minute.reduce((sum, round) => sum + round[key], 0);
    const resident = minute.map(({ usage }) => usage.residentBytes / MB);
    const cpuBefore = (rounds[index * perMinute - 1] ?? minute[0]).usage.cpuMs;
    const cpuShare = (minute.at(-1).usage.cpuMs - cpuBefore) / 1_000 / elapsedS;
    return [
      formatNumber(index + 1),
      formatNumber(total("charges") / elapsedS),
      formatNumber(total("reads") / elapsedS),
      formatNumber(cpuShare, 2),
      formatNumber(median(resident)),
      formatNumber(Math.max(...resident)),
    ];
  });
  const markdown = [
    `${machine}; ${timing.singleClients} clients charge one pocket at a time, ${timing.batchClients} charge 100, 4 read`,
    "",
    formatTable(header, rows),
    "",
    `The server's resident memory is read every ${timing.roundMs / 1_000} s.`,
    "",
  ].join("\n");
  return { markdown, targets: targetsOf(rounds) };
}

function targetsOf(rounds) {
  const quarter = Math.floor(rounds.length / 4);
  const megabytes = rounds.map(({ usage }) => usage.residentBytes / MB);
  const early = median(megabytes.slice(quarter, 2 * quarter));
  const late = median(megabytes.slice(-quarter));
  return [
    {
      name: `memory stays constant: after ten minutes at most ${MAX_GROWTH} of that after four`,
      most: MAX_GROWTH,
      reached: late / early,
    },
    {
      name: `peak resident memory in ten minutes of charges, batches and reads: below ${MAX_MB} MB`,
      most: MAX_MB,
      reached: Math.max(...megabytes),
      decimals: 0,
    },
  ];
}
