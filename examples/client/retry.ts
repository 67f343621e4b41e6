import { setTimeout as sleep } from "node:timers/promises";
import { RequestError } from "./request.js";

export interface RetryOptions {
  /** The maximum number of attempts; 6 by default. */
  readonly maxTries?: number;
  /** The maximum delay after the first attempt, doubled after each one; 250 ms by default. */
  readonly pauseMs?: number;
  readonly signal?: AbortSignal;
}

const MAX_PAUSE_MS = 10_000;

/**
 * Sends a request that is safe to repeat. If the response is lost, sends it again after a growing delay. If a rate limit
 * is exceeded, first waits as long as the server says.
 *
 * @throws RequestError if the whole request is refused, and after the last attempt. After the last attempt, the request
 *   may or may not have been carried out: send the same request again later.
 */
export async function withRetries<T>(
  send: () => Promise<T>,
  { maxTries = 6, pauseMs = 250, signal }: RetryOptions = {},
): Promise<T> {
  for (let tries = 1; ; tries++) {
    let waitMs: number;
    try {
      return await send();
    } catch (error) {
      const isRetryable = error instanceof RequestError && error.isTemporary;
      if (!isRetryable || tries >= maxTries) throw error;
      waitMs = (error.retryAfterSeconds ?? 0) * 1_000;
    }
    // Randomize the delay, so that clients that failed together do not all retry at the same time.
    const longest = Math.min(pauseMs * 2 ** (tries - 1), MAX_PAUSE_MS);
    await sleep(waitMs + Math.random() * longest, undefined, signal ? { signal } : {});
  }
}
