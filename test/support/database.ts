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
  const name = `${inject("databasePrefix")}_${randomBytes(6).toString("hex")}`;
  const postgresUrl = inject("postgresUrl");
  if (template === "migrated" && isOnCitus()) {
    await cloneOnAll(inject("citusNodes"), name, inject("templateDatabase"));
    return databaseUrl(postgresUrl, name);
  }
  const source = template === "migrated" ? inject("templateDatabase") : "template0";
  const admin = new pg.Client({ connectionString: postgresUrl });
  await admin.connect();
  await admin.query(`create database ${name} template ${source}`);
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
  const name = `${inject("databasePrefix")}_${randomBytes(6).toString("hex")}`;
  const postgresUrl = inject("postgresUrl");
  const admin = new pg.Client({ connectionString: postgresUrl });
  await admin.connect();
  await admin.query(`create database ${name} template template0 encoding 'UTF8' ${locale}`);
  await admin.end();
  await migrate(databaseUrl(postgresUrl, name));
  return openTestDatabase(databaseUrl(postgresUrl, name));
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
