import { defineConfig } from "vitest/config";
import base from "./vitest.config.js";

/** Tests that depend on transactions, locks and prepared statements, through a real PgBouncer in transaction mode. */
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: [
      "test/pgbouncer/**/*.test.ts",
      "test/concurrency/**/*.test.ts",
      // Of the payment tests only refunds: test/concurrency covers captures, idempotency keys and updates.
      "test/api/{charge-pockets,lists-access,payment-refunds,several-mutations}.test.ts",
    ],
    exclude: [],
    globalSetup: "test/pgbouncer/global-setup.ts",
  },
});
