import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 20;
const TIMEOUT_MS = 60_000;

/**
 * Resolves once the condition holds.
 *
 * @param {string} what the expected condition, for the error message.
 * @param {() => boolean | Promise<boolean>} condition
 * @throws if the condition does not hold in time.
 */
export async function until(what, condition, timeoutMs = TIMEOUT_MS) {
  const deadline = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > deadline)
      throw new Error(`Timed out after ${timeoutMs} ms waiting until ${what}.`);
    await sleep(POLL_MS);
  }
}
