import { defineConfig, mergeConfig } from "vitest/config";
import usual from "./vitest.config.js";

const FILES_LEFT_OUT = [
  // They have no database, or start embedded ones of their own.
  "test/architecture.test.ts",
  "test/unit/**",
  "test/docs/{links,tables,examples,doc-examples}.test.ts",
  "test/process/**",
  "test/integration/replicas.test.ts",
  "test/{deployment,package,pgbouncer}/**",
  "test/browser/**",
  "test/examples/**",
  // How one PostgreSQL plans the lists, and how few statements they take there.
  "test/integration/list-plans.test.ts",
  "test/api/lists-statements.test.ts",
  "test/api/payment-statements.test.ts",
  // It makes a function and its trigger by one text, which Citus does not pass on to the shards.
  "test/concurrency/batched-charges.test.ts",
];

const TESTS_LEFT_OUT = [
  // They plant what Citus has no way for: triggers on reference tables, rows that no rule would let in.
  "is not written by the requests, and is there once",
  "is not written for a token that was refused",
  "finds each corruption, says what it is",
  "finds any number of records that break a rule",
  "looks at what it is asked for alone",
  // Their own statements are none that Citus takes: a lock, or a read, by no distribution column.
  "tells how many requests run, and forgets those",
  "do not lock out the tokens in use from a server that has just started",
  "opens at its own record alone, and not when a byte of it was changed",
  "on a full disk is SERVICE_UNAVAILABLE",
  "never hold secrets, nor what people are called",
  // It reads the log of the PostgreSQL that the usual tests start.
  "tell no token, secret, phone number or name",
  // A statement that meets no shard runs on none, and so into no trigger.
  "set operation = 'other' where false",
];

const escaped = TESTS_LEFT_OUT.map((title) => title.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));

/** The usual tests, on the Citus cluster of CITUS_URL. */
export default mergeConfig(
  { ...usual, test: { ...usual.test, globalSetup: [], exclude: FILES_LEFT_OUT } },
  defineConfig({
    test: {
      globalSetup: "test/support/citus.ts",
      testNamePattern: new RegExp(`^(?!.*(${escaped.join("|")}))`),
      testTimeout: 120_000,
      hookTimeout: 120_000,
    },
  }),
);
