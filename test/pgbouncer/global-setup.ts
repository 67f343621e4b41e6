import type { TestProject } from "vitest/node";
import { provideDatabases, startPostgres } from "../support/global-setup.js";
import { PgBouncer, requirePgBouncer } from "../support/pgbouncer.js";

/** Like the setup of the other tests, with a PgBouncer in front of PostgreSQL for all tested code. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  requirePgBouncer();
  const postgres = await startPostgres();
  // Smaller than the tests' pools, so that transactions share server connections.
  const bouncer = await PgBouncer.start(postgres.url, { default_pool_size: 5 });
  provideDatabases(project, postgres.url);
  project.provide("poolerUrl", bouncer.url);
  return async () => {
    await bouncer.stop();
    await postgres.stop();
  };
}
