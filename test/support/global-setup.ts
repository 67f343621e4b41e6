import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { openEmbeddedPostgres } from "../../src/embedded-postgres/embedded.js";
import { migrate } from "../../src/database/migrations/migrate.js";

declare module "vitest" {
  interface ProvidedContext {
    /** A PostgreSQL that is there for this run of the tests alone. */
    postgresUrl: string;
    /** A folder for what the files of this run share, removed after it. */
    runFolder: string;
    /** The same through a pooler, which all that is tested then uses; only where there is one. */
    poolerUrl: string | undefined;
    /** The migrated database to clone from. */
    templateDatabase: string;
    /** What the names of the run's databases begin with. */
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

/** Tells the tests where their databases are, and what they are made from. */
export function provideDatabases(project: TestProject, postgresUrl: string): void {
  project.provide("postgresUrl", postgresUrl);
  project.provide("citusNodes", []);
  project.provide("templateDatabase", TEMPLATE_DATABASE);
  project.provide("databasePrefix", "test");
}

/** Starts a PostgreSQL for the tests, with a migrated database to clone from. */
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
