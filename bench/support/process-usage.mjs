import { readFileSync, readdirSync, writeFileSync } from "node:fs";

/** Of /proc/<pid>/stat, in which Linux counts a hundred ticks a second for programs. */
const MS_PER_TICK = 10;
const BYTES_PER_KB = 1_024;

/**
 * What a process and its children have used, on Linux; also those that have ended since.
 *
 * @param {number} pid
 * @returns {{ cpuMs: number, residentBytes: number, peakBytes: number } | null} null elsewhere.
 */
export function usageOf(pid) {
  if (process.platform !== "linux") return null;
  const usage = { cpuMs: 0, residentBytes: 0, peakBytes: 0 };
  for (const id of familyOf(pid)) {
    // The name in parentheses may hold spaces; the times of user and system are fields 14 and 15, and
    // those of the children that have ended 16 and 17.
    const fields = readFileSync(`/proc/${id}/stat`, "utf8").split(") ").at(-1).split(" ");
    usage.cpuMs +=
      fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) * MS_PER_TICK;
    const status = readFileSync(`/proc/${id}/status`, "utf8");
    const bytesOf = (name) =>
      Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1]) * BYTES_PER_KB;
    usage.residentBytes += bytesOf("VmRSS");
    usage.peakBytes += bytesOf("VmHWM");
  }
  return usage;
}

/** Lets the peak begin anew from what is resident now. */
export function forgetPeak(pid) {
  if (process.platform !== "linux") return;
  for (const id of familyOf(pid)) writeFileSync(`/proc/${id}/clear_refs`, "5");
}

function familyOf(pid) {
  const children = readdirSync(`/proc/${pid}/task`)
    .map((thread) => readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8"))
    .flatMap((ids) => ids.split(" ").filter(Boolean).map(Number));
  return [pid, ...children.flatMap(familyOf)];
}

/**
 * A load that also tells what each round took of the process that it falls on.
 *
 * @param {import("./load-process.mjs").LoadProcess} load
 * @param {number} pid of the server; of the load itself when there is no server between.
 */
export function observe(load, pid) {
  return {
    run: async (round) => {
      const before = usageOf(pid);
      const measured = await load.run(round);
      const after = usageOf(pid);
      if (after === null) return { ...measured, server: null };
      // A load that makes its requests before the round is no part of it.
      const cpuShare =
        pid === load.pid ? measured.cpuShare : (after.cpuMs - before.cpuMs) / measured.elapsedMs;
      return { ...measured, server: { cpuShare, residentBytes: after.residentBytes } };
    },
  };
}
