import { setTimeout as sleep } from "node:timers/promises";
import { isRetryable } from "./failure.js";

/** Retries take 4 to 8 seconds: long enough for a restart of PostgreSQL, short enough for a client to wait. */
const MAX_FAILURES = 12;
const FIRST_DELAY_MS = 10;
const MAX_DELAY_MS = 1_000;

/**
 * Retries work that is safe to repeat, as long as its failure is temporary.
 *
 * @throws the last failure, or the first permanent one.
 */
export async function retryFailed<T>(work: () => Promise<T>): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await work();
    } catch (error) {
      if (failures === MAX_FAILURES || !isRetryable(error)) throw error;
      await sleep(delayBefore(failures));
    }
  }
}

/** Adds jitter, so that callers that failed together do not retry together. */
function delayBefore(failures: number): number {
  const longest = Math.min(FIRST_DELAY_MS * 3 ** failures, MAX_DELAY_MS);
  return longest * (0.5 + Math.random() / 2);
}
