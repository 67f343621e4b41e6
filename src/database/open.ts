import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import type { Config } from "../config.js";
import { type Database, openDatabase, queryRows } from "./database.js";
import { type EmbeddedPostgres, openEmbeddedPostgres } from "./embedded.js";
import { type Migrated, migrate } from "./migrate.js";
import { sql } from "./sql.js";

const CLOSE_PATIENCE_MS = 1_000;

/** What PostgreSQL allows by itself, which a small server needs no more of. */
const USUAL_CONNECTIONS = 100;

/** Beside the pools: who owns the embedded PostgreSQL, migrations, and commands that visit. */
const FURTHER_CONNECTIONS = 30;

/** A database that is ready to be used: reachable, and its tables up to date. */
export interface ReadyDatabase extends Database {
  /** Where it is now, password included. */
  readonly url: string;
  readonly isEmbedded: boolean;
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
 * @param purpose `serve` for a server, `visit` for a command that may run beside one.
 */
export async function openConfiguredDatabase(
  config: Config,
  log: Logger,
  purpose: "serve" | "visit",
  events: EmbeddedEvents = {},
): Promise<ReadyDatabase> {
  const embedded =
    config.databaseUrl === undefined ? await openEmbedded(config, log, purpose, events) : undefined;
  try {
    const url = embedded?.url ?? config.databaseUrl ?? "";
    tellOfMigrations(await migrate(url), log);
    const database = joinDatabase(config, log, { url, isEmbedded: embedded !== undefined });
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
  const database = openDatabase({
    url,
    poolSize: config.databasePoolSize,
    timeoutMs: config.databaseTimeoutMs,
    onIdleError: (err) => {
      log.warn({ err }, "an idle database connection broke; the pool makes another");
    },
  });
  return {
    ...database,
    url,
    isEmbedded,
    close: async () => {
      // A connection is still busy only when its request was cut off; its transaction is rolled back
      // by the end of the connection, which the end of this process brings at the latest.
      await Promise.race([database.close(), sleep(CLOSE_PATIENCE_MS, undefined, { ref: false })]);
    },
  };
}

/** Says so when the pools of all processes may want more connections than the database allows. */
export async function warnOfFewConnections(
  config: Config,
  { pool }: Database,
  log: Logger,
): Promise<void> {
  const setting = sql`select current_setting('max_connections')::int as allowed`;
  const [row] = await queryRows<{ allowed: number }>(pool, setting);
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
  return (workers === 1 ? 1 : workers + 1) * databasePoolSize;
}

function openEmbedded(
  config: Config,
  log: Logger,
  purpose: "serve" | "visit",
  events: EmbeddedEvents,
): Promise<EmbeddedPostgres> {
  const connections = Math.max(USUAL_CONNECTIONS, connectionsNeeded(config) + FURTHER_CONNECTIONS);
  return openEmbeddedPostgres({
    ...events,
    dataDir: config.dataDir,
    purpose,
    settings: [`max_connections=${String(connections)}`],
    onRestart: () => {
      log.warn("the embedded PostgreSQL went away; starting it again");
    },
  });
}
