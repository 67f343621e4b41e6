import type { Logger } from "pino";
import type { ApiTokenStore } from "../access/api-token.store.js";
import type { Database } from "../database/database.js";
import { FailedAttempts } from "../rate-limits/failed-attempts.js";
import { RateLimitStore } from "../rate-limits/rate-limit.store.js";
import { SharedLimit, type SharedLimitOptions } from "../rate-limits/shared-limit.js";
import type { Clock } from "../shared/clock.js";
import type { RateLimit } from "../shared/rate-limit.js";

export interface RateLimitOptions {
  /** Requests of each token; without it as many as come. */
  readonly requests?: RateLimit | undefined;
  /** Charges of each token, each charge of a batch by itself. */
  readonly charges?: RateLimit | undefined;
  /** How long a request waits for what the servers count together, before its own counts alone. */
  readonly patienceMs?: number | undefined;
  /** Whether addresses that send bad tokens are slowed down. */
  readonly slowsFailedAuthentication?: boolean | undefined;
}

/** Told what is refused, to be counted. */
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

/** How much of this server one token, and one address, may have. */
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
      patienceMs: options.patienceMs,
      onRefused: () => {
        metrics?.rateLimited(kind);
      },
      onError: (err) => {
        log.warn({ err, limit: kind }, "a rate limit is not shared for now: each process keeps it");
      },
    });
  };
  const requests = sharedLimit(
    "requests",
    ({ per }) =>
      (_, count, wait) =>
        `This token may send ${count} requests a ${per}. Nothing was done; send the same request again in ${wait}.`,
  );
  const charges = sharedLimit(
    "charges",
    ({ per }) =>
      (cost, count, wait) =>
        `This token may charge ${count} pockets a ${per}, and the ${String(cost)} of this request are too many now. Nothing was charged; send the same request again in ${wait}.`,
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
            log.warn({ err }, "the tokens that were used of late could not be read");
          },
        })
      : undefined,
    close: async (): Promise<void> => {
      await Promise.all([requests?.close(), charges?.close()]);
    },
  };
}
