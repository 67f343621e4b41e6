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

const CLOSE_TIMEOUT_MS = 1_000;

/** PostgreSQL's default, which is enough for a small server. */
const USUAL_CONNECTIONS = 100;

/** Connections in addition to the pools: for the owner of the embedded PostgreSQL, migrations and commands. */
const FURTHER_CONNECTIONS = 30;

const READINESS_CONNECTIONS = 1;

/** A database that is ready for use: reachable and migrated. */
export interface ReadyDatabase extends Database {
  /** Its current URL, including the password. */
  readonly url: string;
  readonly isEmbedded: boolean;
  /** Checks whether it is still ready. */
  readonly readiness: Readiness;
  /** The replicas for lists and aggregates; undefined if there are none. */
  readonly replicas: Replicas | undefined;
}

/** The database lacks migrations of this version. It was not changed. */
export class PendingMigrationsError extends Error {
  override readonly name = "PendingMigrationsError";

  constructor(names: readonly string[]) {
    super(
      `The database lacks migrations of this version (${names.join(", ")}). ` +
        "Start a server of this version once to migrate it, or use the version that last used it.",
    );
  }
}

/** Events of an embedded PostgreSQL in use. */
export interface EmbeddedEvents {
  /** It had stopped and runs again, possibly with another URL. */
  readonly onBack?: () => void;
  /** It could not be restarted. */
  readonly onLost?: (reason: Error) => void;
}

/**
 * Opens and migrates the configured database, or the embedded one by default. Closing it stops an embedded PostgreSQL.
 *
 * @param purpose `serve` for a server, `visit` for a command that may run alongside a server, `read` for a command that
 *   changes nothing and therefore does not migrate.
 * @throws PendingMigrationsError only for `read`.
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
      logMigrations(await migrate(embedded?.url ?? config.databaseDirectUrl ?? url), log);
    }
    // The primary process and commands do not read lists.
    const reads = purpose === "serve" && config.workers === 1;
    const own = reads ? config : { ...config, databaseReplicaUrls: [] };
    const database = joinDatabase(own, log, { url, isEmbedded: embedded !== undefined });
    try {
      // Report a misconfigured pooler now instead of in each request.
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

function logMigrations({ applied, unknown }: Migrated, log: Logger): void {
  for (const name of applied) log.info({ migration: name }, "migration applied");
  if (unknown.length === 0) return;
  log.warn(
    { migrations: unknown },
    "the database has migrations from a newer version; this version keeps serving, because migrations only add",
  );
}

/** Opens a database that another process of this server has prepared and maintains. */
export function joinDatabase(
  config: Config,
  log: Logger,
  { url, isEmbedded }: Pick<ReadyDatabase, "url" | "isEmbedded">,
): ReadyDatabase {
  const connections: Omit<DatabaseOptions, "url"> = {
    poolSize: config.databasePoolSize,
    timeoutMs: config.databaseTimeoutMs,
    onIdleError: (err) => {
      log.warn({ err }, "an idle database connection broke; the pool replaces it");
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
      // A connection is still busy only if its request was aborted. PostgreSQL rolls back its transaction when the
      // connection ends, at the latest with this process.
      const closed = Promise.all([database.close(), readiness.close(), replicas?.close()]);
      await Promise.race([closed, sleep(CLOSE_TIMEOUT_MS, undefined, { ref: false })]);
    },
  };
}

function watchFor({ slowQueryMs, tracing }: Config, log: Logger): StatementWatch | undefined {
  if (slowQueryMs === 0 && tracing === undefined) return undefined;
  return {
    slowMs: slowQueryMs === 0 ? Infinity : slowQueryMs,
    onSlow: (statement) => {
      log.warn(statement, "slow statement");
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
      else log.warn({ replica, err }, "a replica is not used; lists are read elsewhere");
    },
  });
}

/** Warns if the pools of all processes may need more connections than the database allows. */
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

/** The maximum number of connections of all processes of a server together. */
function connectionsNeeded({
  workers,
  databasePoolSize,
  exportLimits: { running },
}: Pick<Config, "workers" | "databasePoolSize" | "exportLimits">): number {
  // The primary process also has a pool, which it uses while it starts.
  const pools = workers === 1 ? 1 : workers + 1;
  return pools * databasePoolSize + workers * (READINESS_CONNECTIONS + running);
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
      log.warn("the embedded PostgreSQL stopped unexpectedly; restarting it");
    },
  });
}
