import { defineConfig } from "vitest/config";

export default defineConfig({
  // Two copies of graphql, one by each of its entries, would not accept each other's types.
  resolve: { alias: [{ find: /^graphql$/, replacement: "graphql/index.js" }] },
  test: {
    include: ["test/**/*.test.ts"],
    // They need a Citus cluster: npm run test:distributed.
    exclude: ["test/distributed/**"],
    globalSetup: "test/support/global-setup.ts",
    setupFiles: "reflect-metadata",
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: "forks",
    // More than two cores have: many tests wait for a process, a browser or PostgreSQL.
    maxWorkers: 3,
    // Reading the program's modules anew for each file would take a fifth of the time.
    isolate: false,
  },
});
