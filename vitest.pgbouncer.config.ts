import { defineConfig } from "vitest/config";
import base from "./vitest.config.js";

/** A good part of the suite, and tests of its own, through a real PgBouncer in transaction mode. */
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: [
      "test/pgbouncer/**/*.test.ts",
      "test/concurrency/**/*.test.ts",
      // What writes and lists in every way; not what counts statements or holds them to milliseconds.
      "test/api/{charge-pockets,lists,lists-access,payment-*,rest-p*,several-mutations,tenants}.test.ts",
    ],
    exclude: [],
    globalSetup: "test/pgbouncer/global-setup.ts",
  },
});
