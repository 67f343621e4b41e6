import { setTimeout as sleep } from "node:timers/promises";
import { isWorthRepeating } from "./failure.js";

/** For 4 to 8 seconds: long enough for a restart of PostgreSQL, short enough for a caller to wait. */
const MAX_FAILURES = 12;
const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 1_000;

/**
 * Does work that may safely be done twice, again while its failure is one that may pass.
 *
 * @throws the last failure, or the first one that would come again.
 */
export async function repeatFailed<T>(work: () => Promise<T>): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await work();
    } catch (error) {
      if (failures === MAX_FAILURES || !isWorthRepeating(error)) throw error;
      await sleep(pauseBefore(failures));
    }
  }
}

/** Jitter, so that callers that failed together do not come back together. */
function pauseBefore(failures: number): number {
  const longest = Math.min(FIRST_PAUSE_MS * 3 ** failures, LONGEST_PAUSE_MS);
  return longest * (0.5 + Math.random() / 2);
}
