import type { Logger } from "pino";
import type { ApiTokenStore } from "../access/api-token.store.js";
import type { Database } from "../database/database.js";
import { FailedAttempts } from "../rate-limits/failed-attempts.js";
import { RateLimitStore } from "../rate-limits/rate-limit.store.js";
import { SharedLimit, type SharedLimitOptions } from "../rate-limits/shared-limit.js";
import type { Clock } from "../shared/clock.js";
import type { RateLimit } from "../shared/rate-limit.js";

export interface RateLimitOptions {
  /** The limit of requests per token; unlimited by default. */
  readonly requests?: RateLimit | undefined;
  /** The limit of charges per token, with each item of a batch counted; unlimited by default. */
  readonly charges?: RateLimit | undefined;
  /** The time that a request waits for the shared count, before its server counts alone. */
  readonly timeoutMs?: number | undefined;
  /** Whether addresses that send invalid tokens are delayed. */
  readonly slowsFailedAuthentication?: boolean | undefined;
}

/** Counts refused requests. */
export interface RateLimitMetrics {
  rateLimited(limit: "requests" | "charges" | "authentication"): void;
}

export interface RateLimitParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Pick<Logger, "warn">;
  readonly metrics: RateLimitMetrics | undefined;
  readonly apiTokenStore: ApiTokenStore;
}

/** The rate limits per token, and the delays per address. */
export function composeRateLimits(
  options: RateLimitOptions,
  { database, clock, log, metrics, apiTokenStore }: RateLimitParts,
) {
  const sharedLimit = (
    kind: "requests" | "charges",
    wordsOf: (limit: RateLimit) => SharedLimitOptions["words"],
  ): SharedLimit | undefined => {
    const limit = options[kind];
    if (limit === undefined) return undefined;
    return new SharedLimit({
      limit,
      clock,
      shared: new RateLimitStore(database, kind),
      words: wordsOf(limit),
      timeoutMs: options.timeoutMs,
      onRefused: () => {
        metrics?.rateLimited(kind);
      },
      onError: (err) => {
        log.warn(
          { err, limit: kind },
          "a rate limit is temporarily not shared: each process enforces it alone",
        );
      },
    });
  };
  const requests = sharedLimit(
    "requests",
    ({ per }) =>
      (_, count, wait) =>
        `This token may send ${count} requests a ${per}. Nothing was done. Send the same request again in ${wait}.`,
  );
  const charges = sharedLimit(
    "charges",
    ({ per }) =>
      (cost, count, wait) =>
        `This token may send ${count} charges, debits and other items a ${per}, and the ${String(cost)} of this request exceed that now. Nothing was done. Send the same request again in ${wait}.`,
  );
  return {
    requests,
    charges,
    failedAttempts: options.slowsFailedAuthentication
      ? new FailedAttempts({
          clock,
          recentTokens: (count) => apiTokenStore.hashesOfRecent(count),
          onRefused: () => {
            metrics?.rateLimited("authentication");
          },
          onError: (err) => {
            log.warn({ err }, "could not read the recently used tokens");
          },
        })
      : undefined,
    close: async (): Promise<void> => {
      await Promise.all([requests?.close(), charges?.close()]);
    },
  };
}
