import { setTimeout as sleep } from "node:timers/promises";
import { ClientError, TemporaryFailure } from "./client-error.js";

const FIRST_DELAY_MS = 500;
const MAX_DELAY_MS = 30_000;

export interface RetryOptions {
  /** How long the work may fail without progress. */
  readonly patienceMs?: number;
  /** Called before each delay. */
  readonly onRetry?: (failure: TemporaryFailure, delayMs: number) => void;
  /** Ends the delay. */
  readonly signal?: AbortSignal;
}

/**
 * Repeats work that fails temporarily, with growing delays and no shorter ones than the server asks for.
 *
 * @param work resolves when it is finished. It calls `hasProgressed` whenever it got further: the delays start again.
 * @throws ClientError if it has failed for too long without progress, or the work's other errors.
 */
export async function retryTemporary<T>(
  work: (hasProgressed: () => void) => Promise<T>,
  { patienceMs = 300_000, onRetry, signal }: RetryOptions = {},
): Promise<T> {
  let failures = 0;
  let failingSince: number | undefined;
  const hasProgressed = (): void => {
    failures = 0;
    failingSince = undefined;
  };
  for (;;) {
    try {
      return await work(hasProgressed);
    } catch (error) {
      if (!(error instanceof TemporaryFailure)) throw error;
      failingSince ??= performance.now();
      const backoffMs = Math.min(FIRST_DELAY_MS * 2 ** failures, MAX_DELAY_MS);
      const delayMs = Math.max(backoffMs, error.retryAfterMs ?? 0);
      failures++;
      if (performance.now() + delayMs - failingSince > patienceMs) {
        throw new ClientError(error.message, { cause: error });
      }
      onRetry?.(error, delayMs);
      await sleep(delayMs, undefined, signal ? { signal } : {});
    }
  }
}
