import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { type App, type AppOptions, createApp } from "../app/app.js";
import type { Config } from "../config/config.js";
import type { ReadyDatabase } from "./open-database.js";
import { Demo, type DemoToken } from "../demo/demo.js";
import { playgroundStart } from "../demo/playground-start.js";
import { openSecretKeys } from "../payments/secrets/secret-key-folder.store.js";
import { isLoopback } from "../shared/host.js";
import type { TracingSettings } from "../shared/tracing-settings.js";
import type { Tracing } from "../observability/tracing/tracing.js";

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
  const { introspection, compilesQueries, gathersCharges, corsOrigins, trustedProxies } = config;
  const { documentLimits, httpLimits, allowedHosts } = config;
  // The page is public, so it must contain no token when other machines can reach it.
  const pageToken = isLoopback(config.host) ? demoToken : () => null;
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
    gathersCharges,
    corsOrigins,
    allowedHosts,
    documentLimits,
    httpLimits,
    trustedProxies,
    limits: config.rateLimits,
    playground,
    secretKeys,
  });
  return { ...app, deliverTraces: async () => tracing?.close() };
}

/** Loads tracing only if it is enabled. */
async function openTracing(settings: TracingSettings, log: Logger): Promise<Tracing> {
  const { Tracing } = await import("../observability/tracing/tracing.js");
  return new Tracing(settings, log);
}

/** Call it once per server, not per process. */
export function warnOfMissingKeys(config: Config, database: ReadyDatabase, log: Logger): void {
  if (openSecretKeys(config, database.isEmbedded)().length > 0) return;
  log.warn("PROVIDER_SECRET_KEYS is not set: inputs with a providerSecret will be refused");
}

/** @returns a valid token when the database has the demo, which an empty one gets unless disabled; else null. */
export async function prepareDemo(
  app: App,
  { isEmbedded }: ReadyDatabase,
  config: Config,
): Promise<DemoToken | null> {
  if (!isEmbedded || !config.demo) return null;
  const demo = new Demo(app);
  if (await demo.isWanted()) await demo.seed();
  return (await demo.isThere()) ? demo.keepToken(config.dataDir) : null;
}

/** Ends the process after a signal, once `close` has closed everything. */
export async function stopAfter(
  signal: NodeJS.Signals,
  log: Logger,
  close: () => Promise<void>,
): Promise<void> {
  log.info({ signal }, "stopping: running requests are answered first");
  try {
    await close();
    log.info("stopped");
    process.exit(0);
  } catch (err) {
    log.fatal({ err }, "the server did not stop cleanly");
    process.exit(1);
  }
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
