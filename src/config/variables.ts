import { z } from "zod";
import { requests } from "./request-variables.js";
import {
  flag,
  httpUrl,
  oneOf,
  postgresUrl,
  postgresUrls,
  ratio,
  secretKeys,
  text,
  wholeNumber,
  workers,
} from "./kinds.js";
import { events } from "./event-variables.js";
import { DOCUMENT_LIMITS } from "../shared/request-limits.js";
import { SAMPLER_NAMES } from "../shared/tracing-settings.js";

const timeout = wholeNumber(100, 600_000);
const duration = wholeNumber(0, 600_000);

/** A flag that defaults to true in development and to false in production. */
const trueInDevelopment = (description: string) =>
  flag.optional().meta({ description, default: "`true`; `false` in production" });

const process = {
  HOST: text.default("127.0.0.1").describe("the address to listen on; `0.0.0.0` is all addresses"),
  PORT: wholeNumber(0, 65_535)
    .default(4000)
    .describe("the port to listen on; `0` is any free port"),
  WORKERS: workers
    .default(1)
    .describe("how many processes serve: [several processes](operating.md#several-processes)"),
  DATA_DIR: text
    .default("./data")
    .describe("the folder of the embedded database, its keys and the demo's token"),
};

const database = {
  DATABASE_URL: postgresUrl
    .optional()
    .describe("a PostgreSQL (15 or newer) to use instead of the embedded one"),
  DATABASE_DIRECT_URL: postgresUrl
    .optional()
    .describe(
      "the same PostgreSQL without the [pooler](poolers-and-replicas.md#pgbouncer) at `DATABASE_URL`; migrations use it",
    ),
  DATABASE_REPLICA_URLS: postgresUrls
    .default([])
    .describe("[replicas](poolers-and-replicas.md#replicas) that serve lists and aggregates"),
  DATABASE_REPLICA_MAX_LAG_MS: wholeNumber(1_000, 600_000)
    .default(2_000)
    .describe(
      "how many milliseconds a replica may be behind; otherwise the server reads the primary",
    ),
  DATABASE_POOL_SIZE: wholeNumber(1, 1_000)
    .default(10)
    .describe(
      "the maximum number of connections of each process; [lists hold three quarters](limits.md#how-many-connections-a-request-may-hold)",
    ),
  DATABASE_TIMEOUT_MS: timeout
    .default(10_000)
    .describe("how long a request waits for a connection, for a lock, and for a statement"),
};

const operations = {
  GRAPHQL_MAX_TOKENS: wholeNumber(100, 1_000_000)
    .default(DOCUMENT_LIMITS.tokens)
    .describe("the maximum number of lexical tokens of a GraphQL document: [limits](limits.md)"),
  // Above a thousand, the parser and the code that reads variables could overflow the stack.
  GRAPHQL_MAX_NESTING: wholeNumber(10, 1_000)
    .default(DOCUMENT_LIMITS.nesting)
    .describe("how deep brackets may nest in a document and in its variables"),
  GRAPHQL_MAX_VALUES: wholeNumber(100, 10_000_000)
    .default(DOCUMENT_LIMITS.values)
    .describe("the maximum number of list items and object fields in an operation's variables"),
  GRAPHQL_MAX_SELECTIONS: wholeNumber(10, 10_000)
    .default(DOCUMENT_LIMITS.selections)
    .describe("the maximum number of fields and fragments of a document"),
  GRAPHQL_MAX_DEPTH: wholeNumber(3, 1_000)
    .default(DOCUMENT_LIMITS.depth)
    .describe("how many fields deep an operation may be"),
  GRAPHQL_MAX_ALIASES: wholeNumber(0, 10_000)
    .default(DOCUMENT_LIMITS.aliases)
    .describe("the maximum number of aliases of an operation"),
  GRAPHQL_MAX_DIRECTIVES: wholeNumber(0, 10_000)
    .default(DOCUMENT_LIMITS.directives)
    .describe("the maximum number of directives of an operation"),
  GRAPHQL_MAX_COST: wholeNumber(100, 1_000_000_000)
    .default(DOCUMENT_LIMITS.cost)
    .describe("the maximum [cost](limits.md#cost) of an operation, in points"),
};

const operation = {
  PROVIDER_SECRET_KEYS: secretKeys
    .default([])
    .describe(
      "the [keys of provider secrets](operating.md#keys-of-provider-secrets); the first one encrypts",
    ),
  ...events,
  SHUTDOWN_TIMEOUT_MS: duration
    .default(10_000)
    .describe("how long a stopping server lets running requests finish"),
  SHUTDOWN_DELAY_MS: duration
    .default(0)
    .describe(
      "how long a stopping server still takes requests, while [`/health/ready`](observability.md#health) reports that it stops",
    ),
  SLOW_QUERY_MS: duration
    .default(1_000)
    .describe(
      "how long a statement takes to be [logged as slow](observability.md#slow-statements); `0` logs none",
    ),
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl
    .optional()
    .describe(
      "where the server sends [traces](observability.md#traces) by OTLP over HTTP, such as `http://localhost:4318`",
    ),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: httpUrl
    .optional()
    .describe(
      "the whole URL for traces, such as `http://localhost:4318/v1/traces`; it replaces `OTEL_EXPORTER_OTLP_ENDPOINT`",
    ),
  OTEL_SERVICE_NAME: text
    .optional()
    .describe(
      "the service's name in traces: `pocketcharge`, unless `OTEL_RESOURCE_ATTRIBUTES` has another",
    ),
  OTEL_TRACES_SAMPLER: oneOf(SAMPLER_NAMES)
    .default("parentbased_always_on")
    .describe(
      "which traces are recorded; with `parentbased_`, the client's trace decides if there is one",
    ),
  OTEL_TRACES_SAMPLER_ARG: ratio
    .default(1)
    .describe("the share of the traces that `traceidratio` records"),
  INTROSPECTION: trueInDevelopment("whether clients may ask for the schema"),
  PLAYGROUND: flag.optional().meta({
    description: "whether `/playground`, and `/graphql` in a browser, show the playground",
    default: "`true`; `false` in production or with `PERSISTED_ONLY`",
  }),
  CONSOLE: flag.optional().meta({
    description: "whether `/console` serves the [console](console.md)",
    default: "`true`; `false` with `PERSISTED_ONLY`",
  }),
  DEMO: trueInDevelopment(
    "whether an empty embedded database begins with the demo, and the demo has a token",
  ),
  METRICS: trueInDevelopment(
    "whether `/metrics` reports to Prometheus [what the server does](observability.md#metrics)",
  ),
  COMPILE_QUERIES: flag
    .default(true)
    .describe("whether GraphQL documents are compiled to code, which runs twice as fast"),
  BATCH_CHARGES: flag
    .default(true)
    .describe(
      "whether charges of a group that arrive together share a transaction, several times as fast",
    ),
  LOG_LEVEL: oneOf(["fatal", "error", "warn", "info", "debug", "trace", "silent"])
    .default("info")
    .describe("the least severe messages that are logged"),
  LOG_FORMAT: oneOf(["json", "pretty"]).optional().meta({
    description: "`json` for machines, `pretty` for people",
    default: "`json`; `pretty` on a terminal, not in production",
  }),
  NODE_ENV: text.optional().describe("`production` changes the defaults of other variables"),
};

/**
 * Every environment variable: its kind, its default and its description. The table in docs/configuration.md and the
 * error messages are generated from it.
 */
export const variables = z
  .object({ ...process, ...database, ...operations, ...requests, ...operation })
  .refine(({ PERSISTED_ONLY, PERSISTED_DOCUMENTS }) => !PERSISTED_ONLY || PERSISTED_DOCUMENTS, {
    path: ["PERSISTED_ONLY"],
    message: "requires PERSISTED_DOCUMENTS",
    // Report it together with other problems.
    when: () => true,
  });
