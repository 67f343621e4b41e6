import { defineConfig, mergeConfig } from "vitest/config";
import usual from "./vitest.config.js";

/** What cannot have anything to do with where the database lies. */
const NOTHING_TO_DO_WITH_IT: string[] = [];

export default mergeConfig(
  { ...usual, test: { ...usual.test, globalSetup: [] } },
  defineConfig({
    test: {
      globalSetup: "test/support/citus.ts",
      exclude: NOTHING_TO_DO_WITH_IT,
      testTimeout: 120_000,
      hookTimeout: 120_000,
    },
  }),
);
