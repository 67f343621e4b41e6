import { randomBytes } from "node:crypto";
import pg from "pg";
import { inject } from "vitest";
import { type Database, openDatabase } from "../../src/database/database.js";
import { migrate } from "../../src/database/migrations/migrate.js";
import { cloneOnAll } from "./citus.js";
import { databaseUrl } from "./global-setup.js";

export interface TestDatabase extends Database {
  readonly url: string;
}

/** A database for one test file: empty, or a clone of the migrated one. */
export async function createDatabaseUrl(template: "migrated" | "empty"): Promise<string> {
  if (template === "empty") return createFrom("template template0");
  return cloneDatabaseUrl(databaseUrl(inject("postgresUrl"), inject("templateDatabase")));
}

/** Clones a database, which must not have any connections. */
export async function cloneDatabaseUrl(source: string): Promise<string> {
  if (!isOnCitus()) return createFrom(`template ${databaseNameOf(source)}`);
  const name = newDatabaseName();
  await cloneOnAll(inject("citusNodes"), name, databaseNameOf(source));
  return databaseUrl(inject("postgresUrl"), name);
}

function newDatabaseName(): string {
  return `${inject("databasePrefix")}_${randomBytes(6).toString("hex")}`;
}

/** @param options of `create database`. */
async function createFrom(options: string): Promise<string> {
  const name = newDatabaseName();
  const postgresUrl = inject("postgresUrl");
  const admin = new pg.Client({ connectionString: postgresUrl });
  await admin.connect();
  // The alternative strategy, WAL_LOG, takes four times as long.
  await admin.query(`create database ${name} ${options} strategy file_copy`);
  await admin.end();
  return databaseUrl(postgresUrl, name);
}

/** Tells whether the tests run on a Citus cluster. */
export function isOnCitus(): boolean {
  return inject("citusNodes").length > 0;
}

export async function createTestDatabase(poolSize = 10): Promise<TestDatabase> {
  return openTestDatabase(await createDatabaseUrl("migrated"), poolSize);
}

/**
 * Creates a migrated database with its own locale.
 *
 * @param locale options of `create database`.
 */
export async function createTestDatabaseIn(locale: string): Promise<TestDatabase> {
  const url = await createFrom(`template template0 encoding 'UTF8' ${locale}`);
  await migrate(url);
  return openTestDatabase(url);
}

/** Opens a pool on an existing database, through the pooler if there is one. */
export function openTestDatabase(direct: string, poolSize = 10): TestDatabase {
  const poolerUrl = inject("poolerUrl");
  const url = poolerUrl === undefined ? direct : databaseUrl(poolerUrl, databaseNameOf(direct));
  const onIdleError = (): void => undefined; // some tests break connections on purpose
  return { url, ...openDatabase({ url, poolSize, timeoutMs: 20_000, onIdleError }) };
}

/** The same database, bypassing the pooler if there is one. */
export function directUrlOf({ url }: Pick<TestDatabase, "url">): string {
  return databaseUrl(inject("postgresUrl"), databaseNameOf(url));
}

function databaseNameOf(url: string): string {
  return new URL(url).pathname.slice(1);
}
