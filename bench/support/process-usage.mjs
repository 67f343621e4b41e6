import { readFileSync, readdirSync, writeFileSync } from "node:fs";

/** The unit of times in /proc/<pid>/stat: Linux reports a hundred ticks per second. */
const MS_PER_TICK = 10;
const BYTES_PER_KB = 1_024;

/**
 * The resources used by a process and its children, including ended ones, on Linux.
 *
 * @param {number} pid
 * @returns {{ cpuMs: number, residentBytes: number, peakBytes: number } | null} null elsewhere.
 */
export function usageOf(pid) {
  if (process.platform !== "linux") return null;
  const usage = { cpuMs: 0, residentBytes: 0, peakBytes: 0 };
  for (const id of familyOf(pid)) {
    const own = readProcess(id);
    if (own === null) continue;
    // The name in parentheses may contain spaces. User and system time are fields 14 and 15, those of ended
    // children 16 and 17.
    const fields = own.stat.split(") ").at(-1).split(" ");
    usage.cpuMs +=
      fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) * MS_PER_TICK;
    const bytesOf = (name) =>
      Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(own.status)?.[1]) * BYTES_PER_KB;
    usage.residentBytes += bytesOf("VmRSS");
    usage.peakBytes += bytesOf("VmHWM");
  }
  return usage;
}

/** The processor time of a process alone, without its children, on Linux. @returns {number | null} null elsewhere. */
export function ownCpuMsOf(pid) {
  if (process.platform !== "linux") return null;
  const [user, system] = readFileSync(`/proc/${pid}/stat`, "utf8")
    .split(") ")
    .at(-1)
    .split(" ")
    .slice(11, 13);
  return (Number(user) + Number(system)) * MS_PER_TICK;
}

/** The resident memory of a process alone, on Linux. @returns {number | null} null elsewhere. */
export function residentBytesOf(pid) {
  if (process.platform !== "linux") return null;
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * BYTES_PER_KB;
}

/** Resets the peak to the current resident size. */
export function resetPeak(pid) {
  if (process.platform !== "linux") return;
  for (const id of familyOf(pid)) writeFileSync(`/proc/${id}/clear_refs`, "5");
}

/** A process and its children, by their ids. A child may have ended meanwhile, as PostgreSQL's do. */
export function familyOf(pid) {
  const children = unlessEnded(() =>
    readdirSync(`/proc/${pid}/task`)
      .map((thread) => readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8"))
      .flatMap((ids) => ids.split(" ").filter(Boolean).map(Number)),
  );
  return [pid, ...(children ?? []).flatMap(familyOf)];
}

function readProcess(pid) {
  return unlessEnded(() => ({
    stat: readFileSync(`/proc/${pid}/stat`, "utf8"),
    status: readFileSync(`/proc/${pid}/status`, "utf8"),
  }));
}

/** @returns null if the process has ended. */
function unlessEnded(read) {
  try {
    return read();
  } catch (error) {
    if (error.code === "ENOENT" || error.code === "ESRCH") return null;
    throw error;
  }
}

/**
 * A load that also reports the resources that the loaded process used in each round.
 *
 * @param {import("./load-process.mjs").LoadProcess} load
 * @param {number} pid the server's process id, or the load's own if there is no server.
 */
export function observe(load, pid) {
  return {
    run: async (round) => {
      const before = usageOf(pid);
      const measured = await load.run(round);
      const after = usageOf(pid);
      if (after === null) return { ...measured, server: null };
      // Requests that the load creates before the round do not count.
      const cpuShare =
        pid === load.pid ? measured.cpuShare : (after.cpuMs - before.cpuMs) / measured.elapsedMs;
      return { ...measured, server: { cpuShare, residentBytes: after.residentBytes } };
    },
  };
}
