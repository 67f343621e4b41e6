import { defineConfig } from "vitest/config";

/** What takes a registry and minutes: `npm run test:package`, apart from the suite. */
export default defineConfig({
  test: { include: ["test/**/*.package-test.ts"], testTimeout: 120_000, hookTimeout: 600_000 },
});
