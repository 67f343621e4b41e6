import { defineConfig } from "vitest/config";
import base, { SYSTEM_TESTS } from "./vitest.config.js";

/** Tests of whole programs, in browsers and at scale: `npm run test:system`. */
export default defineConfig({
  ...base,
  test: { ...base.test, include: SYSTEM_TESTS, exclude: [] },
});
