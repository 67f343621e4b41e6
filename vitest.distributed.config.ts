import { defineConfig, mergeConfig } from "vitest/config";
import usual from "./vitest.config.js";

const EXCLUDED_FILES = [
  // These use no database, or start their own embedded ones.
  "test/architecture.test.ts",
  "test/unit/**",
  "test/docs/{links,tables,examples,doc-examples}.test.ts",
  "test/process/**",
  "test/integration/replicas.test.ts",
  "test/{clients,deployment,package,pgbouncer,tooling}/**",
  "test/{browser,console}/**",
  "test/examples/**",
  // These check query plans and statement counts of a single PostgreSQL.
  "test/integration/list-plans.test.ts",
  "test/api/lists-statements.test.ts",
  "test/api/payment-statements.test.ts",
  // Creates a function and its trigger in one statement, which Citus does not propagate to the shards.
  "test/concurrency/batched-charges.test.ts",
];

const EXCLUDED_TESTS = [
  // These create what Citus does not support: triggers on reference tables, and rows that violate constraints.
  "is not written by requests, but once when the server closes",
  "is not written for a token that was refused",
  "finds exactly each corruption and describes it",
  "finds any number of records that violate a rule",
  "audits only the requested parts",
  // Citus refuses their statements: locks and reads without the distribution column.
  "reports the number of running requests, without those whose clients disconnected",
  "do not lock out the tokens in use from a server that has just started",
  "can be decrypted only for its own record, and not if a byte was changed",
  "returns SERVICE_UNAVAILABLE on a full disk",
  "never contain secrets, names or contact details",
  // Reads the log of the PostgreSQL that the normal tests start.
  "reveal no token, secret, phone number or name",
  // A statement that matches no shard runs on none, so it fires no trigger.
  "set operation = 'other' where false",
];

const escaped = EXCLUDED_TESTS.map((title) => title.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));

/** The normal tests on the Citus cluster of CITUS_URL. */
export default mergeConfig(
  { ...usual, test: { ...usual.test, globalSetup: [], exclude: EXCLUDED_FILES } },
  defineConfig({
    test: {
      globalSetup: "test/support/citus.ts",
      testNamePattern: new RegExp(`^(?!.*(${escaped.join("|")}))`),
      testTimeout: 120_000,
      hookTimeout: 120_000,
    },
  }),
);
