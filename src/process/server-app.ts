import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { type App, type AppOptions, createApp } from "../app/app.js";
import type { Config } from "../config/config.js";
import type { ReadyDatabase } from "./open-database.js";
import { docsStart } from "../demo/docs-start.js";
import { playgroundStart } from "../demo/playground-start.js";
import { openSecretKeys } from "../secrets/secret-key-folder.store.js";
import { PersistedDocuments } from "../graphql/persisted-documents.js";
import { isLoopback } from "../shared/host.js";
import type { TracingSettings } from "../shared/tracing-settings.js";
import type { Tracing } from "../observability/tracing/tracing.js";

/** The delay between two searches for expired holds. */
const EXPIRE_HOLDS_MS = 5_000;

/** The delay between two runs that roll up entries. Aggregates read the entries of this time themselves. */
const ROLL_UP_MS = 2_000;

export interface ServerAppOptions extends Pick<AppOptions, "metrics" | "onTokensChanged"> {
  /** The current token of the demo; null without a demo. */
  readonly demoToken: () => string | null;
}

export interface ServerApp extends App {
  /** Sends the remaining traces, in bounded time. Call it after all work has ended. */
  deliverTraces(): Promise<void>;
}

/** Creates the program for a configuration, on a database that is ready. */
export async function createServerApp(
  config: Config,
  log: Logger,
  database: ReadyDatabase,
  { demoToken, ...options }: ServerAppOptions,
): Promise<ServerApp> {
  const { introspection, compilesQueries, batchesCharges, corsOrigins, trustedProxies } = config;
  const { documentLimits, httpLimits, subscriptionLimits, allowedHosts, persistedOnly } = config;
  const persistedDocuments =
    config.persistedDocuments === undefined
      ? undefined
      : PersistedDocuments.read(config.persistedDocuments);
  // The pages are public, so they must contain no token when other machines can reach them.
  const pageToken = isLoopback(config.host) ? demoToken : () => null;
  const hasPlayground = config.playground;
  const console = config.console ? () => ({ token: pageToken(), hasPlayground }) : undefined;
  const playground = config.playground ? () => playgroundStart(pageToken()) : undefined;
  const secretKeys = openSecretKeys(config, database.isEmbedded);
  const tracing = config.tracing && (await openTracing(config.tracing, log));
  const app = await createApp({
    ...options,
    database,
    readiness: database.readiness,
    tracing,
    log,
    introspection,
    compilesQueries,
    batchesCharges,
    corsOrigins,
    allowedHosts,
    persistedDocuments,
    persistedOnly,
    documentLimits,
    httpLimits,
    subscriptionLimits,
    exportLimits: config.exportLimits,
    importLimits: config.importLimits,
    trustedProxies,
    limits: config.rateLimits,
    expireHoldsEveryMs: EXPIRE_HOLDS_MS,
    rollUpEveryMs: ROLL_UP_MS,
    eventRetentionMs: config.eventRetentionMs,
    webhookAllowedNetworks: config.webhookAllowedNetworks,
    webhookDelivery: { timeoutMs: config.webhookTimeoutMs },
    listenUrl: () => config.databaseDirectUrl ?? database.url,
    playground,
    console,
    docs: () => docsStart(pageToken()),
    secretKeys,
  });
  return { ...app, deliverTraces: async () => tracing?.close() };
}

/** Loads tracing only if it is enabled. */
async function openTracing(settings: TracingSettings, log: Logger): Promise<Tracing> {
  const { Tracing } = await import("../observability/tracing/tracing.js");
  return new Tracing(settings, log);
}

/**
 * Keeps serving for the configured delay, so that load balancers notice that it is no longer ready. Then finishes
 * running requests and refuses new ones. Requests that exceed the configured timeout are aborted.
 */
export async function closeInTime(app: ServerApp, config: Config, log: Logger): Promise<void> {
  app.drain();
  if (config.shutdownDelayMs > 0) await sleep(config.shutdownDelayMs);
  const cutOff = sleep(config.shutdownTimeoutMs).then(() => {
    log.warn("some requests took too long and are aborted");
    app.http.server.closeAllConnections();
  });
  // Aborted requests may hold every connection, and closing would wait for them.
  await Promise.race([app.close(), cutOff]);
  await app.deliverTraces();
}
