import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { PACKAGE_ROOT } from "../../shared/package-root.js";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { connectionTo } from "../database.js";
import { type Migration, MigrationRecords, checksumOf } from "./migration-records.js";
import { isPooled } from "../pooler.js";

const MIGRATIONS = join(PACKAGE_ROOT, "prisma/migrations");

/** Held while migrating, so that servers that start together migrate one after another. */
export const MIGRATION_LOCK = 7_091_100_001;
const PATIENCE_MS = 300_000;
const PAUSE_MS = 100;

/**
 * Whoever waits for a table's lock keeps all that come after it waiting: a migration that does not get
 * its locks in this time lets the others pass, and tries again.
 */
const LOCK_TIMEOUT = "1s";
const MAX_PAUSE_MS = 2_000;

/**
 * Has Citus change the shards of a table by one connection a node: by several, it would refuse a change of
 * another table in the same transaction. A PostgreSQL without Citus does not know the name, and takes it.
 */
const IN_TURN = "select set_config('citus.multi_shard_modify_mode', 'sequential', true)";

/** In its first line, what makes a migration run statement by statement, each on its own. */
const OUTSIDE_TRANSACTION = "-- outside a transaction";

/** What a role or a database may have set, and means for requests. */
const PATIENCE =
  "-c lock_timeout=0 -c statement_timeout=0 -c idle_in_transaction_session_timeout=0";

/** Migrations were to run through a pooler, which gives a lock and what it guards two connections. */
export class PooledMigrationError extends Error {
  override readonly name = "PooledMigrationError";
}

export interface MigrateOptions {
  /** The folder of migrations; the program's own when left out. */
  readonly folder?: string;
}

export interface Migrated {
  /** What was applied now. */
  readonly applied: readonly string[];
  /** What the database has and this version does not know: a newer version has been there. */
  readonly unknown: readonly string[];
}

/**
 * Brings the database's tables up to date with `prisma/migrations`. Safe to call from several processes
 * at once; costs two queries when there is nothing to do.
 *
 * A migration and the record of it are one transaction, on the connection that holds the lock: whatever is
 * killed, it is applied and known to be, or neither. The records are Prisma's own.
 *
 * @param databaseUrl of PostgreSQL itself: through a pooler it is only seen whether there is something to do.
 * @throws when a migration fails; those before it stay applied.
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
  client.on("error", () => undefined); // the next statement fails, and says why
  await client.connect();
  try {
    const records = new MigrationRecords(client);
    const before = await records.compare(migrations);
    if (before.pending.length === 0) return { applied: [], unknown: before.unknown };
    if (await isPooled(client)) throw pooledError(before.pending);
    await lock(client);
    // Closing the connection gives the lock back, whatever happens.
    await records.create();
    const { pending, unknown } = await records.compare(migrations);
    for (const migration of pending) await apply(client, migration, records);
    return { applied: pending.map(({ name }) => name), unknown };
  } finally {
    await client.end().catch(() => undefined);
  }
}

function patientConnectionTo(url: string): pg.ClientConfig {
  const { options = "", ...connection } = connectionTo(url);
  return { ...connection, options: `${options} ${PATIENCE}` };
}

function pooledError(pending: readonly Migration[]): PooledMigrationError {
  return new PooledMigrationError(
    `The tables must be brought up to date (${String(pending.length)} migrations, up to ` +
      `${pending.at(-1)?.name ?? ""}), which does not go through a pooler. ` +
      "Set DATABASE_DIRECT_URL to PostgreSQL itself; all else goes on through DATABASE_URL.",
  );
}

/** The migrations of a folder, in their order. */
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
 * Asks again and again instead of waiting: a statement that waits has a snapshot, and an index that is
 * made concurrently waits for all snapshots.
 */
async function lock(client: pg.Client): Promise<void> {
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline;) {
    const { rows } = await client.query<{ isHeld: boolean }>(
      'select pg_try_advisory_lock($1) as "isHeld"',
      [MIGRATION_LOCK],
    );
    if (rows[0]?.isHeld === true) return;
    await sleep(PAUSE_MS);
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
  const deadline = Date.now() + PATIENCE_MS;
  for (let pause = PAUSE_MS; ; pause = Math.min(2 * pause, MAX_PAUSE_MS)) {
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
      await sleep(pause);
    }
  }
}

/** Its wait for a lock was too long for the others, or was one in a circle. */
function hasLostToOthers(error: unknown): boolean {
  return ["55P03", "40P01"].includes((error as { code?: string }).code ?? "");
}

/** One by one: a Citus coordinator sends on to its nodes the whole text that a statement came in. */
async function runStatements(client: pg.Client, { script }: Migration): Promise<void> {
  for (const statement of statementsOf(script)) await client.query(statement);
}

/** Each ends with a semicolon at the end of a line; so do lines of a body in `$$`, which end none. */
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
