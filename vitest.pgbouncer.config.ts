import { defineConfig } from "vitest/config";
import base from "./vitest.config.js";

/** A good part of the suite, and tests of its own, through a real PgBouncer in transaction mode. */
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: ["pgbouncer", "api", "concurrency"].map((folder) => `test/${folder}/**/*.test.ts`),
    exclude: [],
    globalSetup: "test/pgbouncer/global-setup.ts",
  },
});
