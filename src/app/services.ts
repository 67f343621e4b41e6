import type { Logger } from "pino";
import { Authenticator } from "../access/authenticator.service.js";
import { TokenWatch } from "../access/token-watch.service.js";
import { LastUseRecorder } from "../access/last-use-recorder.service.js";
import type { Database } from "../database/database.js";
import type { Metrics } from "../observability/metrics/metrics.js";
import { type Clock, systemClock } from "../shared/clock.js";
import type { SecretKeySource } from "../shared/secret-key.js";
import { EVENT_RETENTION_MS } from "../shared/duration.js";
import { repeat } from "../shared/repeat.js";
import type { ImportLimits } from "../shared/request-limits.js";
import { composeAccess } from "./access.js";
import { composeFeatures } from "./features.js";
import { composeImports } from "./imports.js";
import { type DeliveryOptions, composeDelivery } from "./webhook-delivery.js";
import { type RateLimitOptions, composeRateLimits } from "./rate-limits.js";

export interface ServiceOptions {
  readonly database: Database;
  readonly log: Logger;
  /** Whether simultaneous charge requests share a transaction; otherwise each has its own. */
  readonly batchesCharges?: boolean | undefined;
  /** The keys of provider secrets and webhook secrets. Without keys, secrets are refused. */
  readonly secretKeys?: SecretKeySource;
  readonly clock?: Clock;
  /** How long events are listed, in milliseconds; 30 days by default. */
  readonly eventRetentionMs?: number | undefined;
  /** The database's URL for a connection that can listen. If omitted, the server looks for events every second. */
  readonly listenUrl?: (() => string) | undefined;
  /** The networks that may receive webhooks in addition to the internet; none by default. */
  readonly webhookAllowedNetworks?: readonly string[] | undefined;
  /** Whether clients may run only persisted documents, so that webhook endpoints have no selections of their own. */
  readonly persistedOnly?: boolean | undefined;
  /** How the server delivers webhooks. If omitted, it does not deliver them. */
  readonly webhookDelivery?: Omit<DeliveryOptions, "allowedNetworks"> | undefined;
  /** The rate limits per token and per address; unlimited by default. */
  readonly limits?: RateLimitOptions | undefined;
  /** The limits on imported files. Omitted limits have their defaults. */
  readonly importLimits?: Partial<ImportLimits> | undefined;
  /** How often to close expired holds, in milliseconds. If omitted, only the next change of their pocket does. */
  readonly expireHoldsEveryMs?: number | undefined;
  /** How often to roll up new entries, in milliseconds. If omitted, aggregates read the entries themselves. */
  readonly rollUpEveryMs?: number | undefined;
  /** Called when tokens that other workers cache may no longer be valid. */
  readonly onTokensChanged?: (() => void) | undefined;
}

export type Composed = ReturnType<typeof composeServices>;

/** Everything except the HTTP server, so that the demo and commands load in half the time. */
export function composeServices(options: ServiceOptions, metrics?: Metrics) {
  const { database, log, secretKeys = () => [], clock = systemClock } = options;
  const access = composeAccess(database, clock, options.onTokensChanged);
  const { apiTokenStore, tokensInUse } = access;
  const parts = { database, clock, log, metrics, apiTokenStore };
  const limits = composeRateLimits(options.limits ?? {}, parts);
  const retentionMs = options.eventRetentionMs ?? EVENT_RETENTION_MS;
  const allowedNetworks = options.webhookAllowedNetworks ?? [];
  const features = composeFeatures(database, access, {
    charging: { batches: options.batchesCharges, metrics, limit: limits.charges },
    secretKeys,
    clock,
    events: { retentionMs, listenUrl: options.listenUrl, log },
    webhooks: { allowedNetworks, persistedOnly: options.persistedOnly },
  });
  const { lists, pockets, payments, events, webhooks, rotateSecrets, schema } = features;
  const imports = composeImports({ database, pockets, log }, options.importLimits);
  const repeated = [
    repeatIf(
      options.expireHoldsEveryMs,
      () => pockets.expireHolds.expireDue(),
      "close expired holds",
    ),
    repeatIf(options.rollUpEveryMs, () => pockets.rollUpEntries.rollUp(), "roll up entries"),
  ];
  /** @param what the work as the log names it. */
  function repeatIf(everyMs: number | undefined, work: () => Promise<void>, what: string) {
    if (everyMs === undefined) return undefined;
    return repeat(work, everyMs, (err) => {
      log.warn({ err }, `could not ${what}; trying again`);
    });
  }
  const delivery =
    options.webhookDelivery &&
    composeDelivery(
      { database, log, metrics, retentionMs, ...features },
      { allowedNetworks, ...options.webhookDelivery },
    );
  const lastUses = new LastUseRecorder(apiTokenStore, (err) => {
    log.warn({ err }, "could not write the last use of tokens; retrying");
  });
  return {
    services: {
      ...access.services,
      ...pockets.services,
      ...payments.services,
      ...webhooks.services,
    },
    authenticator: new Authenticator(tokensInUse, lastUses, clock, limits),
    /** Reports when the token of an open connection becomes invalid. */
    tokens: new TokenWatch(tokensInUse, clock, (err) => {
      log.warn({ err }, "could not check the tokens of open connections; retrying");
    }),
    rotateSecrets,
    rest: { ...pockets.rest, ...payments.rest, imports },
    schema,
    lists,
    events,
    webhooks,
    delivery,
    /** Call it when another worker has called its `onTokensChanged`. */
    forgetTokens: tokensInUse.clear.bind(tokensInUse),
    /** Writes the data that is kept in memory. */
    close: async (): Promise<void> => {
      await Promise.all(repeated.flatMap((one) => (one === undefined ? [] : [one.close()])));
      await Promise.all([lastUses.close(), limits.close(), events.signal.close()]);
    },
  };
}
