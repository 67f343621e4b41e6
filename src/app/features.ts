import type { Logger } from "pino";
import { Authenticator } from "../access/authenticator.service.js";
import { LastUseRecorder } from "../access/last-use-recorder.service.js";
import { AuditEntryLists } from "../audit-log/audit-entry.lists.js";
import { AuditEntryResolver } from "../audit-log/audit-entry.resolver.js";
import type { Database } from "../database/database.js";
import type { Metrics } from "../observability/metrics/metrics.js";
import { type Clock, systemClock } from "../shared/clock.js";
import type { SecretKeySource } from "../shared/secret-key.js";
import { composeAccess } from "./access.js";
import { type LimitOptions, composeLimits } from "./limits.js";
import { composePayments } from "./payments.js";
import { composePockets } from "./pockets.js";

export interface FeatureOptions {
  readonly database: Database;
  readonly log: Logger;
  /** Whether charges that arrive together share a transaction; else each request has its own. */
  readonly gathersCharges?: boolean | undefined;
  /** The keys of provider secrets; without any, secrets are refused. */
  readonly secretKeys?: SecretKeySource;
  readonly clock?: Clock;
  /** How much each token and each address may have; without it as much as comes. */
  readonly limits?: LimitOptions | undefined;
  /** Told when tokens that other workers keep in memory may not be good any more. */
  readonly onTokensChanged?: (() => void) | undefined;
}

export type Features = ReturnType<typeof composeFeatures>;

/** All features on one database, without a server: what the demo and commands call. */
export function composeFeatures(options: FeatureOptions, metrics?: Metrics) {
  const { database, log, secretKeys = () => [], clock = systemClock } = options;
  const access = composeAccess(database, clock, options.onTokensChanged);
  const { apiTokenStore, tokensInUse } = access;
  const limits = composeLimits(options.limits ?? {}, {
    database,
    clock,
    log,
    metrics,
    apiTokenStore,
  });
  const pockets = composePockets(database, access, {
    gathers: options.gathersCharges,
    metrics,
    limit: limits.charges,
  });
  const payments = composePayments(database, access, secretKeys, clock);
  const lastUses = new LastUseRecorder(apiTokenStore, (err) => {
    log.warn({ err }, "the tokens' last use could not be written; it is tried again");
  });
  return {
    services: { ...access.services, ...pockets.services, ...payments.services },
    authenticator: new Authenticator(tokensInUse, lastUses, clock, limits),
    rotateProviderSecrets: payments.rotateProviderSecrets,
    rest: { ...pockets.rest, ...payments.rest },
    resolvers: [
      ...access.resolvers,
      ...pockets.resolvers,
      ...payments.resolvers,
      new AuditEntryResolver(new AuditEntryLists(database)),
    ],
    /** To be called when another worker was told so by its `onTokensChanged`. */
    forgetTokens: tokensInUse.hearOfChange.bind(tokensInUse),
    /** Writes what was kept in memory. */
    close: async (): Promise<void> => {
      await Promise.all([lastUses.close(), limits.close()]);
    },
  };
}
