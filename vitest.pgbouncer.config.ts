import { defineConfig } from "vitest/config";
import base from "./vitest.config.js";

/** What transactions, locks and prepared statements decide, through a real PgBouncer in transaction mode. */
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: [
      "test/pgbouncer/**/*.test.ts",
      "test/concurrency/**/*.test.ts",
      // Of the payments refunds alone: captures, keys and updates that meet are in test/concurrency.
      "test/api/{charge-pockets,lists-access,payment-refunds,several-mutations}.test.ts",
    ],
    exclude: [],
    globalSetup: "test/pgbouncer/global-setup.ts",
  },
});
