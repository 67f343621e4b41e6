import { resolve } from "node:path";
import { z } from "zod";
import {
  flag,
  hosts,
  httpAddress,
  number,
  origins,
  port,
  postgresUrl,
  postgresUrls,
  rateLimit,
  secretKeys,
  time,
  trustedProxies,
  workers,
} from "./config-values.js";
import { LOOPBACK_HOSTS, isLoopback } from "../shared/host.js";
import {
  DOCUMENT_LIMITS,
  type DocumentLimits,
  HTTP_LIMITS,
  type HttpLimits,
  MAX_CHARGES,
} from "../shared/limits.js";
import type { RateLimit } from "../shared/rate-limit.js";
import type { SecretKey } from "../shared/secret-key.js";
import {
  SAMPLER_NAMES,
  type TracingSettings,
  tracingSettings,
} from "../shared/tracing-settings.js";

const environment = z.object({
  HOST: z.string().min(1).default("127.0.0.1"),
  PORT: port.default(4000),
  WORKERS: workers.default(1),
  DATA_DIR: z.string().min(1).default("./data"),
  DATABASE_URL: postgresUrl.optional(),
  DATABASE_DIRECT_URL: postgresUrl.optional(),
  DATABASE_REPLICA_URLS: postgresUrls.default([]),
  DATABASE_REPLICA_MAX_LAG_MS: number(1_000, 600_000).default(2_000),
  DATABASE_POOL_SIZE: z.coerce.number().int().min(1).max(1000).default(10),
  DATABASE_TIMEOUT_MS: z.coerce.number().int().min(100).max(600_000).default(10_000),
  GRAPHQL_MAX_TOKENS: number(100, 1_000_000).default(DOCUMENT_LIMITS.tokens),
  // Beyond a thousand the parser, and what reads variables, could overflow.
  GRAPHQL_MAX_NESTING: number(10, 1_000).default(DOCUMENT_LIMITS.nesting),
  GRAPHQL_MAX_VALUES: number(100, 10_000_000).default(DOCUMENT_LIMITS.values),
  GRAPHQL_MAX_SELECTIONS: number(10, 10_000).default(DOCUMENT_LIMITS.selections),
  GRAPHQL_MAX_DEPTH: number(3, 1_000).default(DOCUMENT_LIMITS.depth),
  GRAPHQL_MAX_ALIASES: number(0, 10_000).default(DOCUMENT_LIMITS.aliases),
  GRAPHQL_MAX_DIRECTIVES: number(0, 10_000).default(DOCUMENT_LIMITS.directives),
  GRAPHQL_MAX_COST: number(100, 1_000_000_000).default(DOCUMENT_LIMITS.cost),
  BODY_LIMIT_BYTES: number(1_000, 100_000_000).default(HTTP_LIMITS.bodyBytes),
  HEADER_LIMIT_BYTES: number(1_000, 1_000_000).default(HTTP_LIMITS.headerBytes),
  RESPONSE_LIMIT_BYTES: number(100_000, 1_000_000_000).default(HTTP_LIMITS.responseBytes),
  MAX_CONNECTIONS: number(1, 1_000_000).default(HTTP_LIMITS.connections),
  CLIENT_TIMEOUT_MS: time.default(HTTP_LIMITS.clientTimeoutMs),
  KEEP_ALIVE_TIMEOUT_MS: time.default(HTTP_LIMITS.keepAliveTimeoutMs),
  REQUEST_TIMEOUT_MS: time.default(HTTP_LIMITS.requestTimeoutMs),
  PROVIDER_SECRET_KEYS: secretKeys.default([]),
  SHUTDOWN_TIMEOUT_MS: z.coerce.number().int().min(0).max(600_000).default(10_000),
  SHUTDOWN_DELAY_MS: number(0, 600_000).default(0),
  SLOW_QUERY_MS: number(0, 600_000).default(1_000),
  OTEL_EXPORTER_OTLP_ENDPOINT: httpAddress.optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: httpAddress.optional(),
  OTEL_SERVICE_NAME: z.string().optional(),
  OTEL_TRACES_SAMPLER: z.enum(SAMPLER_NAMES).default("parentbased_always_on"),
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(1),
  INTROSPECTION: flag.optional(),
  PLAYGROUND: flag.optional(),
  DEMO: flag.optional(),
  METRICS: flag.optional(),
  COMPILE_QUERIES: flag.default(true),
  GATHER_CHARGES: flag.default(true),
  ALLOWED_HOSTS: hosts.default([]),
  CORS_ORIGINS: origins.default([]),
  RATE_LIMIT_REQUESTS: rateLimit(1).optional(),
  // A full request could else never be made.
  RATE_LIMIT_CHARGES: rateLimit(MAX_CHARGES).optional(),
  SLOW_FAILED_AUTHENTICATION: flag.default(true),
  TRUST_PROXY: trustedProxies.default([]),
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).default("info"),
  LOG_FORMAT: z.enum(["json", "pretty"]).optional(),
  NODE_ENV: z.string().optional(),
});

/** What a process is told from outside. README.md has the same as a table. */
export interface Config {
  readonly host: string;
  readonly port: number;
  /** How many processes serve; with one, it is the only process. */
  readonly workers: number;
  /** Where the embedded database and the demo's token are kept; absolute. */
  readonly dataDir: string;
  /** A PostgreSQL to use in place of the embedded one. */
  readonly databaseUrl: string | undefined;
  /** The same PostgreSQL without a pooler before it, for migrations. */
  readonly databaseDirectUrl: string | undefined;
  /** Replicas that lists and figures may be read from. */
  readonly databaseReplicaUrls: readonly string[];
  /** How old what a replica tells may be at most. */
  readonly databaseReplicaMaxLagMs: number;
  /** Connections of each process that serves. */
  readonly databasePoolSize: number;
  /** How long a request may wait for a connection, a lock or a statement. */
  readonly databaseTimeoutMs: number;
  /** What one GraphQL operation may ask for. */
  readonly documentLimits: DocumentLimits;
  /** What a client may send, and how long things may take. */
  readonly httpLimits: HttpLimits;
  /** Keys of provider secrets, the one that seals first; with the embedded database none are needed. */
  readonly providerSecretKeys: readonly SecretKey[];
  /** How long a stopping server lets running requests answer. */
  readonly shutdownTimeoutMs: number;
  /** How long it goes on serving before that, while it says that it is not ready. */
  readonly shutdownDelayMs: number;
  /** From when on a statement is logged as slow; 0 for none. */
  readonly slowQueryMs: number;
  /** Where traces go; undefined when nothing is traced. */
  readonly tracing: TracingSettings | undefined;
  /** Whether clients may ask for the schema, as the playground does. */
  readonly introspection: boolean;
  readonly playground: boolean;
  /** Whether an empty embedded database is filled with the demo and its token. */
  readonly demo: boolean;
  /** Whether `/metrics` tells Prometheus what the server does. */
  readonly metrics: boolean;
  /** Whether GraphQL documents are compiled before they are executed. */
  readonly compilesQueries: boolean;
  /** Whether charges that arrive together share a transaction. */
  readonly gathersCharges: boolean;
  /** The hosts that the server answers to; undefined for every host. */
  readonly allowedHosts: readonly string[] | undefined;
  /** Whose pages may read answers in a browser; `*` is every origin. */
  readonly corsOrigins: readonly string[];
  /** How much each token and each address may have. */
  readonly rateLimits: {
    readonly requests: RateLimit | undefined;
    readonly charges: RateLimit | undefined;
    readonly slowsFailedAuthentication: boolean;
  };
  /** The proxies whose word on a client's address is taken. */
  readonly trustedProxies: readonly string[];
  readonly logLevel: string;
  readonly logFormat: "json" | "pretty";
}

export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/**
 * Reads the configuration; nothing else reads the environment.
 *
 * @throws ConfigError that names every variable that is wrong, all at once.
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  // A variable set to nothing is one that was not set, as in `PORT= npm start`.
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const parsed = environment.safeParse(given);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      (issue) => `  ${issue.path.join(".")}: ${issue.message}`,
    );
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
    providerSecretKeys: value.PROVIDER_SECRET_KEYS,
    shutdownTimeoutMs: value.SHUTDOWN_TIMEOUT_MS,
    shutdownDelayMs: value.SHUTDOWN_DELAY_MS,
    slowQueryMs: value.SLOW_QUERY_MS,
    tracing: tracingSettings(value),
    introspection: value.INTROSPECTION ?? !isProduction,
    playground: value.PLAYGROUND ?? !isProduction,
    demo: value.DEMO ?? !isProduction,
    metrics: value.METRICS ?? !isProduction,
    compilesQueries: value.COMPILE_QUERIES,
    gathersCharges: value.GATHER_CHARGES,
    allowedHosts: allowedHosts(value.HOST, value.ALLOWED_HOSTS),
    corsOrigins: value.CORS_ORIGINS,
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

/** Only the operator knows the names and addresses of a server that does not listen on loopback. */
function allowedHosts(
  address: string,
  configured: readonly string[],
): readonly string[] | undefined {
  if (isLoopback(address)) return [...LOOPBACK_HOSTS, ...configured];
  return configured.length > 0 ? configured : undefined;
}
