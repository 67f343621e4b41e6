import { defineConfig } from "vitest/config";
import base from "./vitest.config.js";

/** Client packages against a real server, separate from the suite because loading them takes longer than the tests. */
export default defineConfig({
  ...base,
  test: { ...base.test, include: ["test/clients/**/*.test.ts"], exclude: [] },
});
