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
import { connectionTo } from "./database.js";

const MIGRATIONS = fileURLToPath(new URL("../../prisma/migrations", import.meta.url));

/** Held while migrating, so that servers that start together migrate one after another. */
export const MIGRATION_LOCK = 7_091_100_001;
const LOCK_PATIENCE = "300s";

interface Migration {
  readonly name: string;
  readonly script: string;
}

/**
 * Brings the database's tables up to date with `prisma/migrations`, by Prisma's own schema engine
 * built for WebAssembly: no other program is needed. Safe to call from several processes at once;
 * costs one query when there is nothing to do.
 *
 * @returns the names of the migrations that were applied now.
 * @throws when a migration fails; those before it stay applied.
 */
export async function migrate(databaseUrl: string): Promise<string[]> {
  const migrations = await readMigrations();
  const client = new pg.Client({
    ...connectionTo(databaseUrl),
    application_name: "pocketcharge migrate",
  });
  client.on("error", () => undefined); // the next statement fails, and says why
  await client.connect();
  try {
    await client.query("select set_config('lock_timeout', $1, false)", [LOCK_PATIENCE]);
    if ((await findPending(client, migrations)).length === 0) return [];
    await client.query("select pg_advisory_lock($1)", [MIGRATION_LOCK]);
    // Closing the connection gives the lock back, whatever happens.
    const pending = await findPending(client, migrations);
    if (pending.length > 0) await apply(databaseUrl, migrations);
    return pending.map(({ name }) => name);
  } finally {
    await client.end();
  }
}

async function readMigrations(): Promise<Migration[]> {
  const entries = await readdir(MIGRATIONS, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return Promise.all(
    names.sort().map(async (name) => ({
      name,
      script: await readFile(join(MIGRATIONS, name, "migration.sql"), "utf8"),
    })),
  );
}

/** The migrations that Prisma's own table does not name as finished with this very text. */
async function findPending(client: pg.Client, migrations: Migration[]): Promise<Migration[]> {
  const found = await client.query<{ exists: boolean }>(
    "select to_regclass('_prisma_migrations') is not null as exists",
  );
  if (found.rows[0]?.exists !== true) return migrations;
  const { rows } = await client.query<{ migration_name: string; checksum: string }>(
    "select migration_name, checksum from _prisma_migrations where finished_at is not null and rolled_back_at is null",
  );
  const checksums = new Map(rows.map((row) => [row.migration_name, row.checksum]));
  return migrations.filter(({ name, script }) => {
    const checksum = checksums.get(name);
    if (checksum === undefined) return true;
    if (checksum === createHash("sha256").update(script).digest("hex")) return false;
    throw new Error(
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
  const pool = new pg.Pool({ ...connectionTo(databaseUrl), max: 2 });
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
