import { median } from "../support/statistics.mjs";
import { formatNumber, formatTable } from "../support/table.mjs";

const MB = 1_000_000;
const MINUTE_MS = 60_000;

/** The results as Markdown: a row for each minute. */
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
    "most",
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
  return [
    `${machine}; ${timing.singleClients} clients charge one pocket at a time, ${timing.batchClients} charge 100, 4 read`,
    "",
    formatTable(header, rows),
    "",
    `Resident memory of the server's process after every ${timing.roundMs / 1_000} s.`,
    "",
  ].join("\n");
}
