import "reflect-metadata";
import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import { Authenticator } from "../access/authenticator.service.js";
import { LastUseRecorder } from "../access/last-use-recorder.service.js";
import { type Access, composeAccess } from "./access.js";
import { composeFeatures } from "./features.js";
import { type RateLimitOptions, composeRateLimits } from "./rate-limits.js";
import type { composePayments } from "./payments.js";
import type { composePockets } from "./pockets.js";
import type { Database } from "../database/database.js";
import { isDistributed } from "../database/distributed.js";
import type { Readiness } from "../database/migrations/readiness.js";
import { type HttpServerOptions, createHttpServer } from "../http/server.js";
import { createRestApi } from "../rest/rest.js";
import type { RotateProviderSecrets } from "../payments/secrets/rotate-provider-secrets.service.js";
import { type Clock, systemClock } from "../shared/clock.js";
import type { SecretKeySource } from "../shared/secret-key.js";

export interface AppOptions extends Omit<
  HttpServerOptions,
  "schema" | "authenticator" | "rest" | "health"
> {
  readonly database: Database;
  readonly log: Logger;
  /** Whether charges that arrive together share a transaction; else each request has its own. */
  readonly gathersCharges?: boolean | undefined;
  /** The keys of provider secrets; without any, secrets are refused. */
  readonly secretKeys?: SecretKeySource;
  readonly clock?: Clock;
  /** How much each token and each address may have; without it as much as comes. */
  readonly limits?: RateLimitOptions | undefined;
  /** Looks at the database for /health/ready, which does not ask for it otherwise. */
  readonly readiness?: Pick<Readiness, "look"> | undefined;
  /** Told when tokens that other workers keep in memory may not be good any more. */
  readonly onTokensChanged?: (() => void) | undefined;
}

/** The program, put together and not listening yet. */
export interface App {
  readonly http: FastifyInstance;
  readonly services: Services;
  readonly authenticator: Authenticator;
  readonly rotateProviderSecrets: RotateProviderSecrets;
  /** To be called when another worker was told so by its `onTokensChanged`. */
  forgetTokens(): void;
  /** From now on the server says that it is not ready, and asks clients to connect anew. */
  drain(): void;
  /** Stops taking requests, lets the running ones answer, writes what was kept in memory. */
  close(): Promise<void>;
}

/** What the demo and commands call without HTTP. */
type Services = Pick<Access["services"], "merchants" | "employees" | "apiTokens"> &
  ReturnType<typeof composePockets>["services"] &
  ReturnType<typeof composePayments>["services"];

/** The composition root: everything that lives as long as the process is made in this folder. */
export async function createApp(options: AppOptions): Promise<App> {
  const { database, log, secretKeys = () => [], clock = systemClock } = options;
  const metrics = options.metrics?.counted;
  // Asked before the first request does; where the database is away for now, that one asks.
  void isDistributed(database.pool).catch(() => undefined);
  const access = composeAccess(database, clock, options.onTokensChanged);
  const { apiTokenStore } = access;
  const parts = { database, clock, log, metrics, apiTokenStore };
  const limits = composeRateLimits(options.limits ?? {}, parts);
  const { pockets, payments, schema } = composeFeatures(database, access, {
    charging: { batches: options.gathersCharges, metrics, limit: limits.charges },
    secretKeys,
    clock,
  });

  const lastUses = new LastUseRecorder(access.apiTokenStore, (err) => {
    log.warn({ err }, "the tokens' last use could not be written; it is tried again");
  });
  const authenticator = new Authenticator(access.tokensInUse, lastUses, clock, limits);
  const rest = createRestApi({ ...pockets.rest, ...payments.rest }, authenticator);
  let isDraining = false;
  const { readiness } = options;
  const health = { isDraining: () => isDraining, lookAtDatabase: readiness?.look.bind(readiness) };
  const http = await createHttpServer({ ...options, schema, authenticator, rest, health });
  return {
    http,
    authenticator,
    services: { ...access.services, ...pockets.services, ...payments.services },
    rotateProviderSecrets: payments.rotateProviderSecrets,
    forgetTokens: access.tokensInUse.hearOfChange.bind(access.tokensInUse),
    drain: () => {
      isDraining = true;
    },
    close: async () => {
      isDraining = true;
      await http.close();
      await Promise.all([lastUses.close(), limits.close()]);
    },
  };
}
