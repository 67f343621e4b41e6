import { once } from "node:events";
import { clearTimeout, setTimeout } from "node:timers";

/**
 * Ctrl-C in a terminal signals every process in its group. The children are in their own groups, so that
 * only this process stops them, in order.
 */
export const OWN_GROUP = { detached: process.platform !== "win32" };

/** @param {import("node:child_process").ChildProcess} child */
export function hasEnded(child) {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}

/**
 * Asks the process to end, and kills it after the timeout.
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
