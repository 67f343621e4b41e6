import { describe, expect, it } from "vitest";
import {
  FailedAttempts,
  FAILURES_WITHOUT_DELAY,
  MAX_DELAY_MS,
} from "../../../src/rate-limits/failed-attempts.js";
import { RateLimitedError } from "../../../src/shared/errors.js";
import { StoppedClock } from "../../support/limits.js";

const MAX_ADDRESSES = 10_000;

function newAttempts(): { attempts: FailedAttempts; clock: StoppedClock } {
  const clock = new StoppedClock();
  const onError = (error: unknown): never => {
    throw error;
  };
  const recentTokens = (): Promise<Buffer[]> => Promise.resolve([]);
  return { attempts: new FailedAttempts({ clock, recentTokens, onError }), clock };
}

async function fail(attempts: FailedAttempts, address: string, times: number): Promise<void> {
  for (let index = 0; index < times; index++) await attempts.failed(address, null);
}

describe("FailedAttempts", () => {
  it("does not extend a delay if the clock is set back, and keeps counting", async () => {
    const { attempts, clock } = newAttempts();
    await fail(attempts, "203.0.113.7", FAILURES_WITHOUT_DELAY + 1);
    const allow = (): void => {
      attempts.allow("203.0.113.7", null);
    };
    expect(allow).toThrow(RateLimitedError);
    clock.advance(-MAX_DELAY_MS);
    expect(allow).not.toThrow();
    await fail(attempts, "203.0.113.7", 1);
    expect(allow).toThrow("in 2 seconds");
  });

  it("remembers a bounded number of addresses, and evicts the least recently seen", async () => {
    const { attempts } = newAttempts();
    await fail(attempts, "192.0.2.1", FAILURES_WITHOUT_DELAY + 1);
    await fail(attempts, "192.0.2.2", FAILURES_WITHOUT_DELAY + 1);
    for (let index = 0; index < MAX_ADDRESSES - 1; index++) {
      const block = `2001:db8:${(index >> 8).toString(16)}:${(index & 255).toString(16)}::1`;
      await attempts.failed(block, null);
    }
    expect(() => {
      attempts.allow("192.0.2.2", null);
    }).toThrow(RateLimitedError);
    attempts.allow("192.0.2.1", null);
  });
});
