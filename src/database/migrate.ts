import { createHash } from "node:crypto";
import { readFile, readdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { PrismaPg } from "@prisma/adapter-pg";
import {
  type SqlMigrationAwareDriverAdapterFactory,
  bindMigrationAwareSqlAdapterFactory,
} from "@prisma/driver-adapter-utils";
import type * as SchemaEngineModule from "@prisma/schema-engine-wasm/schema_engine_bg";
import pg from "pg";
import { type Queryable, connectionTo, queryRows } from "./database.js";
import { isPooled } from "./pooler.js";
import { sql } from "./sql.js";

const MIGRATIONS = fileURLToPath(new URL("../../prisma/migrations", import.meta.url));

/** Held while migrating, so that servers that start together migrate one after another. */
const MIGRATION_LOCK = 7_091_100_001;

/** What a role or a database may have set, to bound what it usually does. */
const PATIENCE =
  "-c lock_timeout=300s -c statement_timeout=0 -c idle_in_transaction_session_timeout=0";

/** Migrations were to run through a pooler, which gives a lock and what it guards two connections. */
export class PooledMigrationError extends Error {
  override readonly name = "PooledMigrationError";
}

/** One of `prisma/migrations`, which belong to this build. */
export interface Migration {
  readonly name: string;
  readonly script: string;
}

/** What was applied to the database is not what this build would apply. */
export class ChangedMigrationError extends Error {}

/**
 * Brings the database's tables up to date with `prisma/migrations`, by Prisma's own schema engine
 * built for WebAssembly: no other program is needed. Safe to call from several processes at once;
 * costs one query when there is nothing to do.
 *
 * @returns the names of the migrations that were applied now.
 * @param databaseUrl of PostgreSQL itself: through a pooler it is only seen whether there is something to do.
 * @throws when a migration fails; those before it stay applied.
 */
export async function migrate(databaseUrl: string): Promise<string[]> {
  const migrations = await readMigrations();
  const client = new pg.Client({
    ...patientConnectionTo(databaseUrl),
    application_name: "pocketcharge migrate",
  });
  client.on("error", () => undefined); // the next statement fails, and says why
  await client.connect();
  try {
    const wanted = await findPending(client, migrations);
    if (wanted.length === 0) return [];
    if (await isPooled(client)) {
      throw new PooledMigrationError(
        `The tables must be brought up to date (${String(wanted.length)} migrations, up to ` +
          `${wanted.at(-1)?.name ?? ""}), which does not go through a pooler. ` +
          "Set DATABASE_DIRECT_URL to PostgreSQL itself; all else goes on through DATABASE_URL.",
      );
    }
    await client.query("select pg_advisory_lock($1)", [MIGRATION_LOCK]);
    // Closing the connection gives the lock back, whatever happens.
    const pending = await findPending(client, migrations);
    if (pending.length > 0) await apply(databaseUrl, migrations);
    return pending.map(({ name }) => name);
  } finally {
    await client.end();
  }
}

function patientConnectionTo(url: string): pg.ClientConfig {
  const { options = "", ...connection } = connectionTo(url);
  return { ...connection, options: `${options} ${PATIENCE}` };
}

export async function readMigrations(): Promise<Migration[]> {
  const entries = await readdir(MIGRATIONS, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return Promise.all(
    names.sort().map(async (name) => ({
      name,
      script: await readFile(join(MIGRATIONS, name, "migration.sql"), "utf8"),
    })),
  );
}

/**
 * The migrations that Prisma's own table does not name as finished with this very text.
 *
 * @throws ChangedMigrationError when it names one as finished with another text.
 */
export async function findPending(on: Queryable, migrations: Migration[]): Promise<Migration[]> {
  const [found] = await queryRows<{ exists: boolean }>(
    on,
    sql`select to_regclass('_prisma_migrations') is not null as exists`,
  );
  if (found?.exists !== true) return migrations;
  const rows = await queryRows<{ migration_name: string; checksum: string }>(
    on,
    sql`select migration_name, checksum from _prisma_migrations
        where finished_at is not null and rolled_back_at is null`,
  );
  const checksums = new Map(rows.map((row) => [row.migration_name, row.checksum]));
  return migrations.filter(({ name, script }) => {
    const checksum = checksums.get(name);
    if (checksum === undefined) return true;
    if (checksum === createHash("sha256").update(script).digest("hex")) return false;
    throw new ChangedMigrationError(
      `The migration ${name} was changed after it had been applied to this database.`,
    );
  });
}

async function apply(databaseUrl: string, migrations: Migration[]): Promise<void> {
  await withSchemaEngine(databaseUrl, (engine) =>
    engine.applyMigrations({
      migrationsList: {
        baseDir: MIGRATIONS,
        lockfile: { path: "migration_lock.toml", content: 'provider = "postgresql"' },
        shadowDbInitScript: "",
        migrationDirectories: migrations.map(({ name, script }) => ({
          path: name,
          migrationFile: { path: "migration.sql", content: { tag: "ok", value: script } },
        })),
      },
      filters: { externalTables: [], externalEnums: [] },
    }),
  );
}

/** Runs work with Prisma's schema engine on a database. The engine itself never closes a connection. */
export async function withSchemaEngine<T>(
  databaseUrl: string,
  work: (engine: SchemaEngineModule.SchemaEngine) => Promise<T>,
): Promise<T> {
  const pool = new pg.Pool({ ...patientConnectionTo(databaseUrl), max: 2 });
  pool.on("error", () => undefined); // whoever uses the connection is told
  pool.on("connect", (client) => client.on("error", () => undefined));
  const adapter: SqlMigrationAwareDriverAdapterFactory = new PrismaPg(pool);
  try {
    const { SchemaEngine } = await (schemaEngine ??= loadSchemaEngine());
    const engine = await SchemaEngine.new(
      { datamodels: undefined },
      () => undefined,
      bindMigrationAwareSqlAdapterFactory(adapter),
    );
    return await work(engine);
  } finally {
    await pool.end();
  }
}

/** Loaded once: a second instance would take the memory of the first for its own. */
let schemaEngine: Promise<typeof SchemaEngineModule> | undefined;

/**
 * The package's own entry imports the .wasm file as a module, which Node 20 does not do, so it is
 * instantiated here.
 */
async function loadSchemaEngine(): Promise<typeof SchemaEngineModule> {
  const bindings = createRequire(import.meta.url).resolve(
    "@prisma/schema-engine-wasm/schema_engine_bg",
  );
  const engine =
    (await import("@prisma/schema-engine-wasm/schema_engine_bg")) as typeof SchemaEngineModule & {
      __wbg_set_wasm(exports: WebAssembly.Exports): void;
    };
  const wasm = await readFile(join(dirname(bindings), "schema_engine_bg.wasm"));
  const { instance } = await WebAssembly.instantiate(wasm, {
    "./schema_engine_bg.js": { ...engine },
  });
  engine.__wbg_set_wasm(instance.exports);
  (instance.exports["__wbindgen_start"] as () => void)();
  return engine;
}
