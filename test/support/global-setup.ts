import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { openEmbeddedPostgres } from "../../src/embedded-postgres/embedded.js";
import { migrate } from "../../src/database/migrations/migrate.js";

declare module "vitest" {
  interface ProvidedContext {
    /** The URL of a PostgreSQL that only this test run uses. */
    postgresUrl: string;
    /** A folder that the test files of this run share. It is removed after the run. */
    runFolder: string;
    /** The same through a pooler, if there is one. All tested code then uses it. */
    poolerUrl: string | undefined;
    /** The migrated template database. */
    templateDatabase: string;
    /** The prefix of the names of this run's databases. */
    databasePrefix: string;
  }
}

const TEMPLATE_DATABASE = "migrated_template";

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const { url, dataDir, stop } = await startPostgres();
  provideDatabases(project, url);
  project.provide("runFolder", dataDir);
  return stop;
}

/** Provides the tests with the addresses of their databases and templates. */
export function provideDatabases(project: TestProject, postgresUrl: string): void {
  project.provide("postgresUrl", postgresUrl);
  project.provide("citusNodes", []);
  project.provide("templateDatabase", TEMPLATE_DATABASE);
  project.provide("databasePrefix", "test");
}

/** Starts a PostgreSQL for the tests, with a migrated template database. */
export async function startPostgres(): Promise<{
  url: string;
  dataDir: string;
  stop: () => Promise<void>;
}> {
  const dataDir = await mkdtemp(join(tmpdir(), "pocketcharge-test-"));
  const settings = [
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=300",
    // The databases are small and short-lived, and there are too many of them to visit in turn.
    "autovacuum=off",
  ];
  const postgres = await openEmbeddedPostgres({ dataDir, purpose: "serve", settings });

  const admin = new pg.Client({ connectionString: postgres.url });
  await admin.connect();
  await admin.query(`create database ${TEMPLATE_DATABASE}`);
  await admin.end();
  await migrate(databaseUrl(postgres.url, TEMPLATE_DATABASE));

  return {
    url: postgres.url,
    dataDir,
    stop: async () => {
      await postgres.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

export function databaseUrl(postgresUrl: string, database: string): string {
  const url = new URL(postgresUrl);
  url.pathname = `/${database}`;
  return url.href;
}
