import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import { isUnavailable } from "../database/failure.js";
import { PostgresCluster } from "./postgres-cluster.js";

/** Held on the cluster for as long as a process serves from it, and given back when it dies. */
const OWNER_LOCK = 7_091_100_002;

/** Shared by all who visit; the owner waits for them before it stops. */
const VISIT_LOCK = 7_091_100_003;
const LOCK_PATIENCE = "3s";
const LOCK_NOT_AVAILABLE = "55P03";
const RECOVERY_PATIENCE_MS = 60_000;
const RECOVERY_PAUSE_MS = 50;

export class DataFolderInUseError extends Error {
  override readonly name = "DataFolderInUseError";
}

export interface EmbeddedPostgresOptions {
  /** The folder that holds the cluster; made when it is not there. */
  readonly dataDir: string;
  /**
   * `serve` owns the cluster and refuses to share that; `visit` uses a running one beside its owner,
   * and owns it only when it had to start it.
   */
  readonly purpose: "serve" | "visit";
  /** Further settings of the server, such as `fsync=off` for tests. */
  readonly settings?: readonly string[];
  /** Told when PostgreSQL went away by itself; it is started again on the same port. */
  readonly onRestart?: () => void;
  /** Told when it runs again: on another port when a command has started it in the meantime. */
  readonly onBack?: () => void;
  /** Told when it could not be started again. */
  readonly onLost?: (reason: Error) => void;
}

/** A PostgreSQL of this project's own, on the loopback address, in a folder. */
export interface EmbeddedPostgres {
  /** Where it is now. */
  readonly url: string;
  /** Stops PostgreSQL when this process owns it. */
  stop(): Promise<void>;
}

/**
 * Makes the cluster if need be, starts it if it is not running, and takes hold of it. One that a
 * killed process left running is taken over as it is.
 *
 * @throws DataFolderInUseError when another process serves from this folder; it is left alone.
 */
export async function openEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  const cluster = new PostgresCluster(options.dataDir, options.settings ?? []);
  const ownership = new Ownership(cluster, options);
  for (const deadline = Date.now() + RECOVERY_PATIENCE_MS; ;) {
    try {
      const hasStarted = await cluster.open();
      await (hasStarted || options.purpose === "serve" ? ownership.take() : ownership.visit());
      break;
    } catch (error) {
      const isInUse = error instanceof DataFolderInUseError;
      // A command whose PostgreSQL was taken hold of by a server visits that one, next time round.
      const mayVisit = isInUse && options.purpose === "visit";
      // Otherwise its last owner was just stopping it.
      if (!mayVisit && (isInUse || !isUnavailable(error) || Date.now() > deadline)) throw error;
      await sleep(RECOVERY_PAUSE_MS);
    }
  }
  return {
    get url() {
      return cluster.url;
    },
    stop: () => ownership.end(),
  };
}

/**
 * A connection that holds a lock tells whose the cluster is. Unlike a file with a process id, it
 * cannot outlive its process, and nobody else can be taken for it.
 */
class Ownership {
  private connection: pg.Client | undefined;
  private visiting: pg.Client | undefined;
  private isEnding = false;

  constructor(
    private readonly cluster: PostgresCluster,
    private readonly options: EmbeddedPostgresOptions,
  ) {}

  async take(): Promise<void> {
    const client = this.cluster.newClient();
    await client.connect();
    try {
      await client.query("select set_config('lock_timeout', $1, false)", [LOCK_PATIENCE]);
      await client.query("select pg_advisory_lock($1)", [OWNER_LOCK]);
    } catch (error) {
      const isTaken = (error as { code?: string }).code === LOCK_NOT_AVAILABLE;
      const holder = isTaken ? await findHolder(client) : "";
      await client.end();
      if (!isTaken) throw error;
      throw new DataFolderInUseError(
        `Another server (${holder}) is running on the data folder ${this.options.dataDir}. ` +
          "It was left alone. Stop it first, or choose another folder with DATA_DIR.",
      );
    }
    client.on("end", () => {
      if (!this.isEnding) void this.recover();
    });
    this.connection = client;
  }

  /** The connection that owns the cluster ended by itself: PostgreSQL has crashed, or was stopped. */
  private async recover(): Promise<void> {
    this.options.onRestart?.();
    const deadline = Date.now() + RECOVERY_PATIENCE_MS;
    while (!this.isEnding) {
      try {
        await this.cluster.ensureRunning();
        await this.take();
        this.options.onBack?.();
        return;
      } catch (error) {
        // It may crash again while it is taken hold of.
        if (error instanceof DataFolderInUseError || Date.now() > deadline) {
          this.options.onLost?.(error as Error);
          return;
        }
        await sleep(RECOVERY_PAUSE_MS);
      }
    }
  }

  /** Keeps the owner from stopping PostgreSQL, for a while. */
  async visit(): Promise<void> {
    this.visiting = this.cluster.newClient();
    await this.visiting.connect();
    await this.visiting.query("select pg_advisory_lock_shared($1)", [VISIT_LOCK]);
  }

  /** Stops PostgreSQL when it is this process's own, once its visitors have gone. */
  async end(): Promise<void> {
    this.isEnding = true;
    await this.visiting?.end();
    if (this.connection === undefined) return;
    // Visitors that stay too long, or a PostgreSQL that is gone, hold nobody up.
    await this.connection.query("select pg_advisory_lock($1)", [VISIT_LOCK]).catch(() => undefined);
    // The lock is kept to the end: nobody takes hold of a PostgreSQL that is about to stop.
    await this.cluster.stop();
    await this.connection.end().catch(() => undefined);
  }
}

async function findHolder(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ application_name: string }>(
    `select a.application_name from pg_locks l join pg_stat_activity a on a.pid = l.pid
     where l.locktype = 'advisory' and l.granted and ((l.classid::bigint << 32) | l.objid::bigint) = $1`,
    [OWNER_LOCK],
  );
  return rows[0]?.application_name ?? "its process has just ended";
}
