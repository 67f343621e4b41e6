import { defineConfig } from "vitest/config";

/** Tests that need a package registry and take minutes, separate from the suite: `npm run test:package`. */
export default defineConfig({
  test: { include: ["test/**/*.package-test.ts"], testTimeout: 120_000, hookTimeout: 600_000 },
});
