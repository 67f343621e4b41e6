import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that start programs, or take longest for another reason. */
const LONG =
  /\/test\/(process|browser|docs\/examples|examples|attacks\/processor-time|integration\/(statement-growth|audit|text))/;

/** Begins with what takes longest, so that no worker is left alone with it in the end. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification): boolean => LONG.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  // Two copies of graphql, one by each of its entries, would not accept each other's types.
  resolve: { alias: [{ find: /^graphql$/, replacement: "graphql/index.js" }] },
  test: {
    include: ["test/**/*.test.ts"],
    sequence: { sequencer: LongestFirst },
    // They need a program of the system, and a Citus cluster: npm run test:pgbouncer, test:distributed.
    exclude: ["test/pgbouncer/**", "test/distributed/**"],
    globalSetup: "test/support/global-setup.ts",
    setupFiles: "reflect-metadata",
    testTimeout: 300_000,
    hookTimeout: 300_000,
    pool: "forks",
    // More than two cores have: many tests wait for a process, a browser or PostgreSQL.
    maxWorkers: 3,
    // Reading the program's modules anew for each file would take a fifth of the time.
    isolate: false,
  },
});
