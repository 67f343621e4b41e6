import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  MAX_FAILING_MS,
  MAX_RETRY_AFTER_MS,
  RETRY_DELAYS_MS,
  readRetryAfter,
  retryDelayMs,
} from "../../../src/webhooks/delivery/retry-schedule.js";

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const retryAfterMs = fc.option(fc.nat(MAX_RETRY_AFTER_MS));
const ATTEMPTS = RETRY_DELAYS_MS.length + 1;
/** The number of attempts that have failed, before the last one. */
const failed = fc.integer({ min: 1, max: ATTEMPTS - 1 });

describe("retryDelayMs", () => {
  it("waits for the scheduled delay, up to a fifth longer", () => {
    fc.assert(
      fc.property(failed, random, (attempts, at) => {
        const delayMs = RETRY_DELAYS_MS[attempts - 1] ?? 0;
        const waitedMs = retryDelayMs(attempts, at, null);
        expect(waitedMs).toBeGreaterThanOrEqual(delayMs);
        expect(waitedMs).toBeLessThanOrEqual(1.2 * delayMs);
      }),
    );
  });

  it("never retries before the receiver asked for it", () => {
    fc.assert(
      fc.property(failed, random, retryAfterMs, (attempts, at, asked) => {
        expect(retryDelayMs(attempts, at, asked)).toBeGreaterThanOrEqual(asked ?? 0);
      }),
    );
  });

  it("lets a receiver postpone an attempt by at most a day, jitter included", () => {
    fc.assert(
      fc.property(failed, random, retryAfterMs, (attempts, at, asked) => {
        const scheduledMs = retryDelayMs(attempts, at, null) ?? 0;
        const latestMs = Math.max(scheduledMs, MAX_RETRY_AFTER_MS);
        expect(retryDelayMs(attempts, at, asked)).toBeLessThanOrEqual(latestMs);
      }),
      { examples: [[1, 0.999, MAX_RETRY_AFTER_MS]] },
    );
  });

  it("ends when the endpoint has failed for long enough to be disabled", () => {
    fc.assert(
      fc.property(fc.array(random, { minLength: ATTEMPTS, maxLength: ATTEMPTS }), (randoms) => {
        const delays = randoms.map((at, index) => retryDelayMs(index + 1, at, null));
        expect(delays.at(-1)).toBeNull();
        const totalMs = delays.reduce<number>((sum, delayMs) => sum + (delayMs ?? 0), 0);
        expect(totalMs).toBeGreaterThanOrEqual(MAX_FAILING_MS);
      }),
    );
  });
});

describe("readRetryAfter", () => {
  const now = Date.parse("2026-11-29T10:00:00Z");

  it("reads seconds and HTTP dates", () => {
    expect(readRetryAfter("120", now)).toBe(120_000);
    expect(readRetryAfter(" 0 ", now)).toBe(0);
    expect(readRetryAfter("Sun, 29 Nov 2026 10:01:00 GMT", now)).toBe(60_000);
    expect(readRetryAfter("Sun, 29 Nov 2026 09:00:00 GMT", now)).toBe(0);
  });

  it("is bounded by a day", () => {
    for (const header of ["999999999999999999999", "Sun, 29 Nov 2099 10:00:00 GMT"])
      expect(readRetryAfter(header, now)).toBe(MAX_RETRY_AFTER_MS);
  });

  it("ignores what is neither", () => {
    const headers = [
      undefined,
      "",
      "soon",
      "-1",
      "1.5",
      "2026-11-29",
      "Sun, 99 Nov 2026 10:00:00 GMT",
    ];
    for (const header of headers) expect(readRetryAfter(header, now)).toBeNull();
    fc.assert(
      fc.property(fc.string(), (header) => {
        const delayMs = readRetryAfter(header, now);
        expect(delayMs === null || (delayMs >= 0 && delayMs <= MAX_RETRY_AFTER_MS)).toBe(true);
      }),
    );
  });
});
