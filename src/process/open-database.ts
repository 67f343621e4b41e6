import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import type { Config } from "../config/config.js";
import {
  type Database,
  type DatabaseOptions,
  openDatabase,
  readRows,
  requireConnection,
} from "../database/database.js";
import { type EmbeddedPostgres, openEmbeddedPostgres } from "../embedded-postgres/embedded.js";
import { MigrationRecords } from "../database/migrations/migration-records.js";
import { type Migrated, migrate, readMigrations } from "../database/migrations/migrate.js";
import { isPooled } from "../database/pooler.js";
import { Readiness } from "../database/migrations/readiness.js";
import { Replicas } from "../database/replicas.js";
import { column, rowOf } from "../database/row.js";
import { sql } from "../database/sql.js";
import type { StatementWatch } from "../database/statement-watch.js";

const CLOSE_PATIENCE_MS = 1_000;

/** What PostgreSQL allows by itself, which a small server needs no more of. */
const USUAL_CONNECTIONS = 100;

/** Beside the pools: who owns the embedded PostgreSQL, migrations, and commands that visit. */
const FURTHER_CONNECTIONS = 30;

const READINESS_CONNECTIONS = 1;

/** A database that is ready to be used: reachable, and its tables up to date. */
export interface ReadyDatabase extends Database {
  /** Where it is now, password included. */
  readonly url: string;
  readonly isEmbedded: boolean;
  /** Tells whether it is so still. */
  readonly readiness: Readiness;
  /** Where lists and figures may be read instead; undefined without any. */
  readonly replicas: Replicas | undefined;
}

/** The database was left as it is: its tables are not those of this program. */
export class PendingMigrationsError extends Error {
  override readonly name = "PendingMigrationsError";

  constructor(names: readonly string[]) {
    super(
      `The database lacks what this version needs (${names.join(", ")}). ` +
        "Start this version's server on it once, which migrates it, or use the version that it was last used by.",
    );
  }
}

/** What may become of an embedded PostgreSQL while it is used. */
export interface EmbeddedEvents {
  /** It was gone and runs again, perhaps at another address. */
  readonly onBack?: () => void;
  /** It is gone for good. */
  readonly onLost?: (reason: Error) => void;
}

/**
 * Opens the database that the configuration names, the embedded one when it names none, and migrates
 * it. Closing it stops the embedded one.
 *
 * @param purpose `serve` for a server, `visit` for a command that may run beside one, `read` for one that
 *   changes nothing, and so migrates nothing.
 * @throws PendingMigrationsError for `read` alone.
 */
export async function openConfiguredDatabase(
  config: Config,
  log: Logger,
  purpose: "serve" | "visit" | "read",
  events: EmbeddedEvents = {},
): Promise<ReadyDatabase> {
  const embedded =
    config.databaseUrl === undefined ? await openEmbedded(config, log, purpose, events) : undefined;
  try {
    const url = embedded?.url ?? config.databaseUrl ?? "";
    if (purpose !== "read") {
      tellOfMigrations(await migrate(embedded?.url ?? config.databaseDirectUrl ?? url), log);
    }
    // Who leads workers, and who visits, has no lists to read.
    const reads = purpose === "serve" && config.workers === 1;
    const own = reads ? config : { ...config, databaseReplicaUrls: [] };
    const database = joinDatabase(own, log, { url, isEmbedded: embedded !== undefined });
    try {
      // A pooler that is not set up for this server is told of now, and not by each request.
      await requireConnection(database.pool);
      if (purpose === "read") await requireMigrations(database);
    } catch (error) {
      await database.close();
      throw error;
    }
    return {
      ...database,
      get url() {
        return embedded?.url ?? url;
      },
      close: async () => {
        await database.close();
        await embedded?.stop();
      },
    };
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
}

async function requireMigrations(database: Database): Promise<void> {
  const { pending } = await new MigrationRecords(database.pool).compare(await readMigrations());
  if (pending.length > 0) throw new PendingMigrationsError(pending.map(({ name }) => name));
}

function tellOfMigrations({ applied, unknown }: Migrated, log: Logger): void {
  for (const name of applied) log.info({ migration: name }, "migration applied");
  if (unknown.length === 0) return;
  log.warn(
    { migrations: unknown },
    "the database has migrations of a newer version: this one goes on serving, as migrations only add",
  );
}

/** Opens a database that another process of this server has made ready, and keeps so. */
export function joinDatabase(
  config: Config,
  log: Logger,
  { url, isEmbedded }: Pick<ReadyDatabase, "url" | "isEmbedded">,
): ReadyDatabase {
  const connections: Omit<DatabaseOptions, "url"> = {
    poolSize: config.databasePoolSize,
    timeoutMs: config.databaseTimeoutMs,
    onIdleError: (err) => {
      log.warn({ err }, "an idle database connection broke; the pool makes another");
    },
    watch: watchFor(config, log),
  };
  const database = openDatabase({ ...connections, url });
  const readiness = new Readiness(url);
  const replicas = openReplicas(config, log, url, connections);
  return {
    ...database,
    url,
    isEmbedded,
    readiness,
    replicas,
    close: async () => {
      // A connection is still busy only when its request was cut off; its transaction is rolled back
      // by the end of the connection, which the end of this process brings at the latest.
      const closed = Promise.all([database.close(), readiness.close(), replicas?.close()]);
      await Promise.race([closed, sleep(CLOSE_PATIENCE_MS, undefined, { ref: false })]);
    },
  };
}

function watchFor({ slowQueryMs, tracing }: Config, log: Logger): StatementWatch | undefined {
  if (slowQueryMs === 0 && tracing === undefined) return undefined;
  return {
    slowMs: slowQueryMs === 0 ? Infinity : slowQueryMs,
    onSlow: (statement) => {
      log.warn(statement, "a statement took long");
    },
  };
}

function openReplicas(
  config: Config,
  log: Logger,
  primaryUrl: string,
  connections: Omit<DatabaseOptions, "url">,
): Replicas | undefined {
  if (config.databaseReplicaUrls.length === 0) return undefined;
  return new Replicas({
    ...connections,
    primaryUrl,
    urls: config.databaseReplicaUrls,
    maxLagMs: config.databaseReplicaMaxLagMs,
    onChange: (replica, serves, err) => {
      if (serves) log.info({ replica }, "lists are read from a replica");
      else log.warn({ replica, err }, "a replica does not serve; lists are read elsewhere");
    },
  });
}

/** Says so when the pools of all processes may want more connections than the database allows. */
export async function warnOfFewConnections(
  config: Config,
  { pool }: Database,
  log: Logger,
): Promise<void> {
  const connection = await pool.connect();
  const isShared = await isPooled(connection).finally(() => {
    connection.release();
  });
  // A pooler's clients may be more than the connections that it has.
  if (isShared) return;
  const setting = sql`select current_setting('max_connections')::int as allowed`;
  const [row] = await readRows(pool, rowOf({ allowed: column.integer() }), setting);
  const needed = connectionsNeeded(config);
  if (row === undefined || row.allowed >= needed) return;
  log.warn(
    { needed, maxConnections: row.allowed },
    "the database allows fewer connections than the workers may need: raise its max_connections, or lower WORKERS or DATABASE_POOL_SIZE",
  );
}

/** How many connections the processes of a server hold together at most. */
function connectionsNeeded({
  workers,
  databasePoolSize,
}: Pick<Config, "workers" | "databasePoolSize">): number {
  // The one that leads the workers has a pool as well, which it uses while it starts.
  return (workers === 1 ? 1 : workers + 1) * databasePoolSize + workers * READINESS_CONNECTIONS;
}

function openEmbedded(
  config: Config,
  log: Logger,
  purpose: "serve" | "visit" | "read",
  events: EmbeddedEvents,
): Promise<EmbeddedPostgres> {
  const connections = Math.max(USUAL_CONNECTIONS, connectionsNeeded(config) + FURTHER_CONNECTIONS);
  return openEmbeddedPostgres({
    ...events,
    dataDir: config.dataDir,
    purpose: purpose === "serve" ? "serve" : "visit",
    settings: [`max_connections=${String(connections)}`],
    onRestart: () => {
      log.warn("the embedded PostgreSQL went away; starting it again");
    },
  });
}
