import { once } from "node:events";
import { clearTimeout, setTimeout } from "node:timers";

/**
 * Ctrl-C in a terminal reaches every process of its group. The children are in groups of their own,
 * so that they are stopped in order, by this process alone.
 */
export const OWN_GROUP = { detached: process.platform !== "win32" };

/** @param {import("node:child_process").ChildProcess} child */
export function hasEnded(child) {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}

/**
 * Asks the process to end, and makes it end when it takes too long.
 *
 * @param {import("node:child_process").ChildProcess} child
 * @param {number} timeoutMs
 */
export async function endProcess(child, timeoutMs) {
  if (hasEnded(child)) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const force = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
  await ended;
  clearTimeout(force);
}
