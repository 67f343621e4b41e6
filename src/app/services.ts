import type { Logger } from "pino";
import { Authenticator } from "../access/authenticator.service.js";
import { LastUseRecorder } from "../access/last-use-recorder.service.js";
import type { Database } from "../database/database.js";
import type { Metrics } from "../observability/metrics/metrics.js";
import { type Clock, systemClock } from "../shared/clock.js";
import type { SecretKeySource } from "../shared/secret-key.js";
import { composeAccess } from "./access.js";
import { composeFeatures } from "./features.js";
import { type RateLimitOptions, composeRateLimits } from "./rate-limits.js";

export interface ServiceOptions {
  readonly database: Database;
  readonly log: Logger;
  /** Whether charges that arrive together share a transaction; else each request has its own. */
  readonly gathersCharges?: boolean | undefined;
  /** The keys of provider secrets; without any, secrets are refused. */
  readonly secretKeys?: SecretKeySource;
  readonly clock?: Clock;
  /** How much each token and each address may have; without it as much as comes. */
  readonly limits?: RateLimitOptions | undefined;
  /** Called when tokens that other workers keep in memory may not be good any more. */
  readonly onTokensChanged?: (() => void) | undefined;
}

export type Composed = ReturnType<typeof composeServices>;

/** Everything but the server: what the demo and commands need, which then load in half the time. */
export function composeServices(options: ServiceOptions, metrics?: Metrics) {
  const { database, log, secretKeys = () => [], clock = systemClock } = options;
  const access = composeAccess(database, clock, options.onTokensChanged);
  const { apiTokenStore, tokensInUse } = access;
  const parts = { database, clock, log, metrics, apiTokenStore };
  const limits = composeRateLimits(options.limits ?? {}, parts);
  const { pockets, payments, schema } = composeFeatures(database, access, {
    charging: { batches: options.gathersCharges, metrics, limit: limits.charges },
    secretKeys,
    clock,
  });
  const lastUses = new LastUseRecorder(apiTokenStore, (err) => {
    log.warn({ err }, "could not write the last use of tokens; retrying");
  });
  return {
    services: { ...access.services, ...pockets.services, ...payments.services },
    authenticator: new Authenticator(tokensInUse, lastUses, clock, limits),
    rotateProviderSecrets: payments.rotateProviderSecrets,
    rest: { ...pockets.rest, ...payments.rest },
    schema,
    /** To be called when another worker called its `onTokensChanged`. */
    forgetTokens: tokensInUse.hearOfChange.bind(tokensInUse),
    /** Writes what was kept in memory. */
    close: async (): Promise<void> => {
      await Promise.all([lastUses.close(), limits.close()]);
    },
  };
}
