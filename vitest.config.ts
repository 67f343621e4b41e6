import { defineConfig } from "vitest/config";

export default defineConfig({
  // Two copies of graphql, one by each of its entries, would not accept each other's types.
  resolve: { alias: [{ find: /^graphql$/, replacement: "graphql/index.js" }] },
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: "test/support/global-setup.ts",
    setupFiles: "reflect-metadata",
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: "forks",
    // Vitest's own choice leaves a core of two idle, while most files wait for PostgreSQL or a process.
    maxWorkers: 2,
  },
});
