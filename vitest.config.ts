import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** The slowest files: most of them start programs. */
const LONG =
  /\/test\/(process\/start|package|docs\/examples|api\/lists|performance|integration\/(audit|text))/;

/** The tests of `npm run test:system`: whole programs, browsers, client packages, the package, costs at scale, and tools. */
export const SYSTEM_TESTS = [
  "test/{process,browser,console,clients,examples,package,performance,tooling}/**/*.test.ts",
  "test/docs/examples.test.ts",
];

/** Runs the slowest files first, so that the run does not end with one worker still busy. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification): boolean => LONG.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  // graphql has two entry points. Loading both would create two copies that reject each other's types.
  resolve: { alias: [{ find: /^graphql$/, replacement: "graphql/index.js" }] },
  test: {
    include: ["test/**/*.test.ts"],
    sequence: { sequencer: LongestFirst },
    // The others need PgBouncer and a Citus cluster: npm run test:pgbouncer and npm run test:distributed.
    exclude: [...SYSTEM_TESTS, "test/pgbouncer/**", "test/distributed/**"],
    globalSetup: "test/support/global-setup.ts",
    setupFiles: "reflect-metadata",
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // As long as test/support/wait-timeout.ts: the default of a second fails on a busy machine.
    expect: { poll: { timeout: 180_000, interval: 20 } },
    pool: "forks",
    // More workers than the two cores of CI, because many tests wait for a process, a browser or PostgreSQL.
    maxWorkers: 3,
    // Loading the modules again for each file would take a fifth of the time.
    isolate: false,
  },
});
