import { resolve } from "node:path";
import { describeVariable } from "./describe-variables.js";
import { variables } from "./variables.js";
import { LOCAL_PAGES, LOOPBACK_HOSTS, isLoopback } from "../shared/host.js";
import { EVENT_RETENTION_MS } from "../shared/duration.js";
import { tracingSettings } from "../shared/tracing-settings.js";

/** The configuration that `readConfig` returns; `variables.ts` describes the variables. */
export type Config = ReturnType<typeof readConfig>;

export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/**
 * Reads the configuration. No other code reads the environment.
 *
 * @throws ConfigError that lists every invalid variable, with its description and its valid values.
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env) {
  // An empty variable counts as not set, as in `PORT= npm start`.
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const parsed = variables.safeParse(given);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => {
      const name = path.join(".");
      return `  ${name}: ${message}\n    (${describeVariable(name)})`;
    });
    throw new ConfigError(`The configuration is invalid:\n${problems.join("\n")}`);
  }
  const value = parsed.data;
  const isProduction = value.NODE_ENV === "production";
  return {
    host: value.HOST,
    port: value.PORT,
    workers: value.WORKERS,
    dataDir: resolve(value.DATA_DIR),
    databaseUrl: value.DATABASE_URL,
    databaseDirectUrl: value.DATABASE_DIRECT_URL,
    databaseReplicaUrls: value.DATABASE_REPLICA_URLS,
    databaseReplicaMaxLagMs: value.DATABASE_REPLICA_MAX_LAG_MS,
    databasePoolSize: value.DATABASE_POOL_SIZE,
    databaseTimeoutMs: value.DATABASE_TIMEOUT_MS,
    documentLimits: {
      tokens: value.GRAPHQL_MAX_TOKENS,
      nesting: value.GRAPHQL_MAX_NESTING,
      values: value.GRAPHQL_MAX_VALUES,
      selections: value.GRAPHQL_MAX_SELECTIONS,
      depth: value.GRAPHQL_MAX_DEPTH,
      aliases: value.GRAPHQL_MAX_ALIASES,
      directives: value.GRAPHQL_MAX_DIRECTIVES,
      cost: value.GRAPHQL_MAX_COST,
    },
    httpLimits: {
      bodyBytes: value.BODY_LIMIT_BYTES,
      headerBytes: value.HEADER_LIMIT_BYTES,
      responseBytes: value.RESPONSE_LIMIT_BYTES,
      connections: value.MAX_CONNECTIONS,
      clientTimeoutMs: value.CLIENT_TIMEOUT_MS,
      keepAliveTimeoutMs: value.KEEP_ALIVE_TIMEOUT_MS,
      requestTimeoutMs: value.REQUEST_TIMEOUT_MS,
    },
    subscriptionLimits: {
      subscriptions: value.MAX_SUBSCRIPTIONS,
      subscriptionsPerToken: value.MAX_SUBSCRIPTIONS_PER_TOKEN,
    },
    exportLimits: { running: value.EXPORTS_MAX },
    importLimits: { running: value.IMPORTS_MAX, bytes: value.IMPORT_LIMIT_BYTES },
    providerSecretKeys: value.PROVIDER_SECRET_KEYS,
    shutdownTimeoutMs: value.SHUTDOWN_TIMEOUT_MS,
    shutdownDelayMs: value.SHUTDOWN_DELAY_MS,
    slowQueryMs: value.SLOW_QUERY_MS,
    eventRetentionMs: value.EVENT_RETENTION ?? EVENT_RETENTION_MS,
    webhookAllowedNetworks: value.WEBHOOK_ALLOWED_NETWORKS,
    webhookTimeoutMs: value.WEBHOOK_TIMEOUT_MS,
    tracing: tracingSettings(value),
    introspection: value.INTROSPECTION ?? !isProduction,
    playground: value.PLAYGROUND ?? (!isProduction && !value.PERSISTED_ONLY),
    // Its documents are not among the persisted ones.
    console: value.CONSOLE ?? !value.PERSISTED_ONLY,
    persistedDocuments: value.PERSISTED_DOCUMENTS && resolve(value.PERSISTED_DOCUMENTS),
    persistedOnly: value.PERSISTED_ONLY,
    demo: value.DEMO ?? !isProduction,
    metrics: value.METRICS ?? !isProduction,
    compilesQueries: value.COMPILE_QUERIES,
    batchesCharges: value.BATCH_CHARGES,
    allowedHosts: allowedHosts(value.HOST, value.ALLOWED_HOSTS),
    corsOrigins: (value.CORS_ORIGINS ?? (isProduction ? [] : [LOCAL_PAGES])).filter(
      (origin) => origin !== "none",
    ),
    rateLimits: {
      requests: value.RATE_LIMIT_REQUESTS,
      charges: value.RATE_LIMIT_CHARGES,
      slowsFailedAuthentication: value.SLOW_FAILED_AUTHENTICATION,
    },
    trustedProxies: value.TRUST_PROXY,
    logLevel: value.LOG_LEVEL,
    logFormat: value.LOG_FORMAT ?? (isProduction || !process.stdout.isTTY ? "json" : "pretty"),
  };
}

/** Only the operator knows the host names of a server that does not listen on loopback. */
function allowedHosts(
  address: string,
  configured: readonly string[],
): readonly string[] | undefined {
  if (isLoopback(address)) return [...LOOPBACK_HOSTS, ...configured];
  return configured.length > 0 ? configured : undefined;
}
