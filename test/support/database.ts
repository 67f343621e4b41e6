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

/** A database of the test file's own: empty, or a clone of the migrated one. */
export async function createDatabaseUrl(template: "migrated" | "empty"): Promise<string> {
  if (template === "empty") return createFrom("template template0");
  return cloneDatabaseUrl(databaseUrl(inject("postgresUrl"), inject("templateDatabase")));
}

/** A database with what another one has, to which nothing may be connected. */
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
  // Writing all of it to the log instead takes four times as long.
  await admin.query(`create database ${name} ${options} strategy file_copy`);
  await admin.end();
  return databaseUrl(postgresUrl, name);
}

/** Whether the tests run on a Citus cluster. */
export function isOnCitus(): boolean {
  return inject("citusNodes").length > 0;
}

export async function createTestDatabase(poolSize = 10): Promise<TestDatabase> {
  return openTestDatabase(await createDatabaseUrl("migrated"), poolSize);
}

/**
 * A migrated database that was created with a locale of its own.
 *
 * @param locale options of `create database`.
 */
export async function createTestDatabaseIn(locale: string): Promise<TestDatabase> {
  const url = await createFrom(`template template0 encoding 'UTF8' ${locale}`);
  await migrate(url);
  return openTestDatabase(url);
}

/** A pool on a database that is there, through the pooler if there is one. */
export function openTestDatabase(direct: string, poolSize = 10): TestDatabase {
  const poolerUrl = inject("poolerUrl");
  const url = poolerUrl === undefined ? direct : databaseUrl(poolerUrl, databaseNameOf(direct));
  const onIdleError = (): void => undefined; // faults are part of some tests
  return { url, ...openDatabase({ url, poolSize, timeoutMs: 20_000, onIdleError }) };
}

/** The same database without the pooler that there may be before it. */
export function directUrlOf({ url }: Pick<TestDatabase, "url">): string {
  return databaseUrl(inject("postgresUrl"), databaseNameOf(url));
}

function databaseNameOf(url: string): string {
  return new URL(url).pathname.slice(1);
}
