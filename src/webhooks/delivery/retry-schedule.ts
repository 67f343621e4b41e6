const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** The least delays between the attempts of a delivery: more than `MAX_FAILING_MS` in all. */
export const RETRY_DELAYS_MS: readonly number[] = [
  5 * SECOND_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  ...[2, 5, 10, 14, 20, 24].map((hours) => hours * HOUR_MS),
];

/** How long all deliveries of an endpoint may fail until it is disabled: three days. */
export const MAX_FAILING_MS = 72 * HOUR_MS;

/** A receiver cannot postpone an attempt by more than a day, jitter included. */
export const MAX_RETRY_AFTER_MS = 24 * HOUR_MS;

/** Delays are up to a fifth longer, so that the retries of an outage spread over time. */
const JITTER = 0.2;

/**
 * How long to wait after a failed attempt, in milliseconds; null after the last one.
 *
 * @param attempts how many attempts have failed, at least one.
 * @param random from 0 to below 1.
 * @param retryAfterMs how long the receiver asked to wait, if it did.
 */
export function retryDelayMs(
  attempts: number,
  random: number,
  retryAfterMs: number | null,
  delaysMs = RETRY_DELAYS_MS,
): number | null {
  const delayMs = delaysMs[attempts - 1];
  if (delayMs === undefined) return null;
  const factor = 1 + JITTER * random;
  const askedMs = Math.min((retryAfterMs ?? 0) * factor, MAX_RETRY_AFTER_MS);
  return Math.round(Math.max(delayMs * factor, askedMs));
}

const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/**
 * The delay in a `Retry-After` header (RFC 9110), in milliseconds and at most a day; null if it has none.
 *
 * @param nowMs the current time, which a date in the header is compared with.
 */
export function readRetryAfter(header: string | undefined, nowMs: number): number | null {
  const text = header?.trim() ?? "";
  const delayMs = /^\d+$/.test(text)
    ? Number(text) * SECOND_MS
    : HTTP_DATE.test(text)
      ? Date.parse(text) - nowMs
      : Number.NaN;
  return Number.isNaN(delayMs) ? null : Math.min(Math.max(delayMs, 0), MAX_RETRY_AFTER_MS);
}
