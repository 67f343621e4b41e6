import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { PACKAGE_ROOT } from "../../shared/package-root.js";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { connectionTo } from "../database.js";
import { type Migration, MigrationRecords, checksumOf } from "./migration-records.js";
import { keepPositionsAscending } from "./event-positions.js";
import { isPooled } from "../pooler.js";

const MIGRATIONS = join(PACKAGE_ROOT, "prisma/migrations");

/** An advisory lock held while migrating, so that servers that start together migrate one after another. */
export const MIGRATION_LOCK = 7_091_100_001;
const TIMEOUT_MS = 300_000;
const DELAY_MS = 100;

/**
 * A statement that waits for a table's lock blocks all later ones. A migration that does not get its locks in this
 * time therefore lets the others pass, and retries.
 */
const LOCK_TIMEOUT = "1s";
const MAX_DELAY_MS = 2_000;

/**
 * Makes Citus change a table's shards through one connection per node: with several, it would refuse a change of
 * another table in the same transaction. PostgreSQL without Citus accepts the unknown setting.
 */
const IN_TURN = "select set_config('citus.multi_shard_modify_mode', 'sequential', true)";

/** The first line of a migration that runs each statement outside a transaction. */
const OUTSIDE_TRANSACTION = "-- outside a transaction";

/** Removes timeouts that a role or a database may have set for requests. */
const NO_TIMEOUTS =
  "-c lock_timeout=0 -c statement_timeout=0 -c idle_in_transaction_session_timeout=0";

/** Migrations cannot run through a pooler: it may use different connections for the lock and the statements. */
export class PooledMigrationError extends Error {
  override readonly name = "PooledMigrationError";
}

export interface MigrateOptions {
  /** The folder of migrations. Defaults to the program's own. */
  readonly folder?: string;
}

export interface Migrated {
  /** The migrations applied by this call. */
  readonly applied: readonly string[];
  /** The migrations in the database that this version does not know, from a newer version. */
  readonly unknown: readonly string[];
}

/**
 * Applies the missing migrations of `prisma/migrations`. Safe to call from several processes at the same time; takes
 * two queries if there is nothing to do.
 *
 * A migration and its record are one transaction, on the connection that holds the lock. If a process is killed,
 * either both are committed or neither. The records are in Prisma's table.
 *
 * @param databaseUrl a direct URL of PostgreSQL. Through a pooler, only the check for missing migrations works.
 * @throws if a migration fails. Earlier ones stay applied.
 */
export async function migrate(
  databaseUrl: string,
  { folder }: MigrateOptions = {},
): Promise<Migrated> {
  const migrations = await readMigrations(folder);
  const client = new pg.Client({
    ...patientConnectionTo(databaseUrl),
    application_name: "pocketcharge migrate",
  });
  client.on("error", () => undefined); // the next statement fails with the reason
  await client.connect();
  try {
    const records = new MigrationRecords(client);
    const before = await records.compare(migrations);
    if (before.pending.length === 0) {
      await keepPositionsAscending(client, () => lock(client));
      return { applied: [], unknown: before.unknown };
    }
    if (await isPooled(client)) throw pooledError(before.pending);
    await lock(client);
    // Closing the connection always releases the lock.
    await records.create();
    const { pending, unknown } = await records.compare(migrations);
    for (const migration of pending) await apply(client, migration, records);
    await keepPositionsAscending(client, () => Promise.resolve());
    return { applied: pending.map(({ name }) => name), unknown };
  } finally {
    await client.end().catch(() => undefined);
  }
}

function patientConnectionTo(url: string): pg.ClientConfig {
  const { options = "", ...connection } = connectionTo(url);
  return { ...connection, options: `${options} ${NO_TIMEOUTS}` };
}

function pooledError(pending: readonly Migration[]): PooledMigrationError {
  return new PooledMigrationError(
    `The database needs ${String(pending.length)} migrations (up to ` +
      `${pending.at(-1)?.name ?? ""}), which cannot run through a pooler. ` +
      "Set DATABASE_DIRECT_URL to a direct connection to PostgreSQL; everything else keeps using DATABASE_URL.",
  );
}

/** The migrations in a folder, in order. */
export async function readMigrations(folder = MIGRATIONS): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return Promise.all(
    names.sort().map(async (name) => {
      const script = await readFile(join(folder, name, "migration.sql"), "utf8");
      return { name, script, checksum: checksumOf(script) };
    }),
  );
}

/**
 * Polls for the lock instead of waiting: a waiting statement holds a snapshot, and creating an index concurrently
 * waits for all snapshots.
 */
async function lock(client: pg.Client): Promise<void> {
  for (const deadline = Date.now() + TIMEOUT_MS; Date.now() < deadline;) {
    const { rows } = await client.query<{ isHeld: boolean }>(
      'select pg_try_advisory_lock($1) as "isHeld"',
      [MIGRATION_LOCK],
    );
    if (rows[0]?.isHeld === true) return;
    await sleep(DELAY_MS);
  }
  throw new Error("Another server has been migrating this database for five minutes; see its log.");
}

async function apply(
  client: pg.Client,
  migration: Migration,
  records: MigrationRecords,
): Promise<void> {
  try {
    if (migration.script.startsWith(OUTSIDE_TRANSACTION)) {
      await runStatements(client, migration);
      await records.add(migration);
    } else await applyWhole(client, migration, records);
  } catch (error) {
    const { message } = error as Error;
    throw new Error(`The migration ${migration.name} failed: ${message}`, { cause: error });
  }
}

async function applyWhole(
  client: pg.Client,
  migration: Migration,
  records: MigrationRecords,
): Promise<void> {
  const deadline = Date.now() + TIMEOUT_MS;
  for (let delay = DELAY_MS; ; delay = Math.min(2 * delay, MAX_DELAY_MS)) {
    try {
      await client.query("begin");
      await client.query("select set_config('lock_timeout', $1, true)", [LOCK_TIMEOUT]);
      await client.query(IN_TURN);
      await runStatements(client, migration);
      await records.add(migration);
      await client.query("commit");
      return;
    } catch (error) {
      if (!hasLostToOthers(error) || Date.now() > deadline) throw error;
      await client.query("rollback");
      await sleep(delay);
    }
  }
}

/** Whether the migration timed out waiting for a lock, or was aborted by a deadlock. */
function hasLostToOthers(error: unknown): boolean {
  return ["55P03", "40P01"].includes((error as { code?: string }).code ?? "");
}

/** Runs statements one by one: a Citus coordinator forwards the whole text of a query to its nodes. */
async function runStatements(client: pg.Client, { script }: Migration): Promise<void> {
  for (const statement of statementsOf(script)) await client.query(statement);
}

/** Statements end with a semicolon at the end of a line, except inside a `$$` body. */
function statementsOf(script: string): string[] {
  const statements: string[] = [];
  let statement = "";
  for (const part of script.split(/(;[ \t]*$)/m)) {
    statement += part;
    if (!part.startsWith(";") || statement.split("$$").length % 2 === 0) continue;
    statements.push(statement);
    statement = "";
  }
  return [...statements, statement].filter(
    (one) => one.replaceAll(/--.*$/gm, "").replaceAll(";", "").trim() !== "",
  );
}
