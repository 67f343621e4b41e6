import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 20;
const PATIENCE_MS = 60_000;

/**
 * Resolves once the condition holds.
 *
 * @param {string} what is waited for, to be told when it does not come about.
 * @param {() => boolean | Promise<boolean>} condition
 * @throws when it does not hold in time.
 */
export async function until(what, condition, patienceMs = PATIENCE_MS) {
  const deadline = performance.now() + patienceMs;
  while (!(await condition())) {
    if (performance.now() > deadline)
      throw new Error(`In ${patienceMs} ms it was not so that ${what}.`);
    await sleep(POLL_MS);
  }
}
