import { execFileSync } from "node:child_process";
import { familyOf } from "./process-usage.mjs";

/**
 * Keeps a process, its children and all of their threads on some cores, on Linux. Children that start later inherit it.
 *
 * @param {number} pid
 * @param {readonly number[]} cores
 */
export function keepOn(pid, cores) {
  for (const id of familyOf(pid)) {
    execFileSync("taskset", ["--all-tasks", "--cpu-list", "--pid", cores.join(), String(id)]);
  }
}
