import { flag, hosts, origins, rateLimit, text, trustedProxies, wholeNumber } from "./kinds.js";
import {
  EXPORT_LIMITS,
  HTTP_LIMITS,
  IMPORT_LIMITS,
  MAX_ITEMS,
  SUBSCRIPTION_LIMITS,
} from "../shared/request-limits.js";

const timeout = wholeNumber(100, 600_000);

/** The variables that limit requests and rates. */
export const requests = {
  PERSISTED_DOCUMENTS: text
    .optional()
    .describe(
      "a folder of `.graphql` files, or a manifest, with the [persisted documents](limits.md#persisted-documents)",
    ),
  PERSISTED_ONLY: flag
    .default(false)
    .describe(
      "whether the server refuses every GraphQL document that is not in `PERSISTED_DOCUMENTS`",
    ),
  BODY_LIMIT_BYTES: wholeNumber(1_000, 100_000_000)
    .default(HTTP_LIMITS.bodyBytes)
    .describe("the maximum size of a request's body"),
  HEADER_LIMIT_BYTES: wholeNumber(1_000, 1_000_000)
    .default(HTTP_LIMITS.headerBytes)
    .describe("the maximum size of all headers of a request together"),
  RESPONSE_LIMIT_BYTES: wholeNumber(100_000, 1_000_000_000)
    .default(HTTP_LIMITS.responseBytes)
    .describe(
      "how much a request may read from the database, and the maximum size of a GraphQL answer",
    ),
  MAX_CONNECTIONS: wholeNumber(1, 1_000_000)
    .default(HTTP_LIMITS.connections)
    .describe("how many clients may be connected to each process at a time"),
  MAX_SUBSCRIPTIONS: wholeNumber(0, 1_000_000)
    .default(SUBSCRIPTION_LIMITS.subscriptions)
    .describe("how many [subscriptions](subscriptions.md) each process may have at a time"),
  MAX_SUBSCRIPTIONS_PER_TOKEN: wholeNumber(0, 1_000_000)
    .default(SUBSCRIPTION_LIMITS.subscriptionsPerToken)
    .describe("how many subscriptions each token may have at a time, in each process"),
  EXPORTS_MAX: wholeNumber(0, 100)
    .default(EXPORT_LIMITS.running)
    .describe(
      "how many [exports](exports.md) each process runs at a time, each on a connection of its own; `0` turns exports off",
    ),
  IMPORTS_MAX: wholeNumber(0, 100)
    .default(IMPORT_LIMITS.running)
    .describe("how many [imports](imports.md) each process runs at a time; `0` turns imports off"),
  IMPORT_LIMIT_BYTES: wholeNumber(1_000, 1_000_000_000)
    .default(IMPORT_LIMITS.bytes)
    .describe("the maximum size of an imported file, decompressed"),
  CLIENT_TIMEOUT_MS: timeout
    .default(HTTP_LIMITS.clientTimeoutMs)
    .describe("how long a client may take to send a request"),
  KEEP_ALIVE_TIMEOUT_MS: timeout
    .default(HTTP_LIMITS.keepAliveTimeoutMs)
    .describe(
      "how long an idle connection stays open; it must be longer than a proxy in front keeps it",
    ),
  REQUEST_TIMEOUT_MS: timeout
    .default(HTTP_LIMITS.requestTimeoutMs)
    .describe(
      "how long a request may take before it is [given up](limits.md#how-long-an-answer-may-take)",
    ),
  ALLOWED_HOSTS: hosts.default([]).describe("the [hosts](#hosts) that requests may be for"),
  CORS_ORIGINS: origins.optional().meta({
    description:
      "the origins whose pages may read answers in a browser; `localhost` is [this machine](#other-origins) on any port, `*` every origin",
    default: "`localhost`; `none` in production",
  }),
  TRUST_PROXY: trustedProxies
    .default([])
    .describe("the [proxies](rate-limits.md#behind-a-proxy) that report a client's address"),
  RATE_LIMIT_REQUESTS: rateLimit(1)
    .optional()
    .describe("how many requests each token may send: [rate limits](rate-limits.md)"),
  // With a lower limit, every full batch would be refused.
  RATE_LIMIT_CHARGES: rateLimit(MAX_ITEMS)
    .optional()
    .describe(
      "how many charges, debits and other items for pockets each token may send; each item of a batch counts",
    ),
  SLOW_FAILED_AUTHENTICATION: flag
    .default(true)
    .describe(
      "whether addresses that send [bad tokens](rate-limits.md#bad-tokens) are slowed down",
    ),
};
