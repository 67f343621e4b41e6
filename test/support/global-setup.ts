import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { openEmbeddedPostgres } from "../../src/database/embedded.js";
import { migrate } from "../../src/database/migrate.js";

declare module "vitest" {
  interface ProvidedContext {
    /** A PostgreSQL that is there for this run of the tests alone. */
    postgresUrl: string;
    /** The migrated database to clone from. */
    templateDatabase: string;
    /** What the names of the run's databases begin with. */
    databasePrefix: string;
  }
}

const TEMPLATE_DATABASE = "migrated_template";

/** Starts a PostgreSQL for the tests, with a migrated database to clone from. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = await mkdtemp(join(tmpdir(), "pocketcharge-test-"));
  const settings = [
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=300",
  ];
  const postgres = await openEmbeddedPostgres({ dataDir, purpose: "serve", settings });

  const admin = new pg.Client({ connectionString: postgres.url });
  await admin.connect();
  await admin.query(`create database ${TEMPLATE_DATABASE}`);
  await admin.end();
  await migrate(databaseUrl(postgres.url, TEMPLATE_DATABASE));

  project.provide("postgresUrl", postgres.url);
  project.provide("citusNodes", []);
  project.provide("templateDatabase", TEMPLATE_DATABASE);
  project.provide("databasePrefix", "test");
  return async () => {
    await postgres.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
}

export function databaseUrl(postgresUrl: string, database: string): string {
  const url = new URL(postgresUrl);
  url.pathname = `/${database}`;
  return url.href;
}
