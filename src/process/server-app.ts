import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { type App, type AppOptions, createApp } from "../app/app.js";
import type { Config } from "../config/config.js";
import type { ReadyDatabase } from "./open-database.js";
import { playgroundStart } from "../demo/playground-start.js";
import { openSecretKeys } from "../payments/secrets/secret-key-folder.store.js";
import { isLoopback } from "../shared/host.js";
import type { TracingSettings } from "../shared/tracing-settings.js";
import type { Tracing } from "../observability/tracing/tracing.js";

export interface ServerAppOptions extends Pick<AppOptions, "metrics" | "onTokensChanged"> {
  /** The demo's token at the moment; null without a demo. */
  readonly demoToken: () => string | null;
}

export interface ServerApp extends App {
  /** Sends what is left of the traces, in bounded time. To be called when nothing is done any more. */
  deliverTraces(): Promise<void>;
}

/** The program as the configuration wants it, on a database that is ready. */
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

/** Loaded only where traces are wanted. */
async function openTracing(settings: TracingSettings, log: Logger): Promise<Tracing> {
  const { Tracing } = await import("../observability/tracing/tracing.js");
  return new Tracing(settings, log);
}

/**
 * Answers what has begun and takes nothing more; what takes longer than is configured is cut off. Before
 * that it goes on serving for as long as is configured, so that whoever asks whether it is ready can
 * send its requests elsewhere.
 */
export async function closeInTime(app: ServerApp, config: Config, log: Logger): Promise<void> {
  app.drain();
  if (config.shutdownDelayMs > 0) await sleep(config.shutdownDelayMs);
  const cutOff = sleep(config.shutdownTimeoutMs).then(() => {
    log.warn("some requests took too long and are cut off");
    app.http.server.closeAllConnections();
  });
  // What is cut off may hold every connection, so that closing would wait for one.
  await Promise.race([app.close(), cutOff]);
  await app.deliverTraces();
}
