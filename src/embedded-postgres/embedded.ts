import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import { isUnavailable } from "../database/failure.js";
import { PostgresCluster } from "./postgres-cluster.js";

/** The owner holds this advisory lock. PostgreSQL releases it when the owner's process ends. */
const OWNER_LOCK = 7_091_100_002;

/** Visitors share this advisory lock. The owner waits for it before it stops PostgreSQL. */
const VISIT_LOCK = 7_091_100_003;
const LOCK_TIMEOUT = "3s";
const LOCK_NOT_AVAILABLE = "55P03";
const RECOVERY_TIMEOUT_MS = 60_000;
const RECOVERY_PAUSE_MS = 50;

export class DataFolderInUseError extends Error {
  override readonly name = "DataFolderInUseError";
}

export interface EmbeddedPostgresOptions {
  /** The folder of the cluster. It is created if it does not exist. */
  readonly dataDir: string;
  /**
   * `serve` owns the cluster exclusively. `visit` uses a cluster that another process runs, and owns it only if it
   * had to start it.
   */
  readonly purpose: "serve" | "visit";
  /** Additional PostgreSQL settings, such as `fsync=off` for tests. */
  readonly settings?: readonly string[];
  /** Called when PostgreSQL has crashed or was stopped. It is then restarted on the same port. */
  readonly onRestart?: () => void;
  /** Called when PostgreSQL runs again. The port is different if a command has started it in the meantime. */
  readonly onBack?: () => void;
  /** Called when PostgreSQL cannot be restarted. */
  readonly onLost?: (reason: Error) => void;
}

/** The PostgreSQL that this program runs, in a folder and on the loopback address. */
export interface EmbeddedPostgres {
  /** The current URL. It changes if PostgreSQL restarts on another port. */
  readonly url: string;
  /** Stops PostgreSQL if this process owns it. */
  stop(): Promise<void>;
}

/**
 * Creates the cluster if it does not exist, starts it if it is not running, and takes ownership. A PostgreSQL that a
 * killed process left running is taken over.
 *
 * @throws DataFolderInUseError if another process serves from this folder. That process is not affected.
 */
export async function openEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  const cluster = new PostgresCluster(options.dataDir, options.settings ?? []);
  const ownership = new Ownership(cluster, options);
  for (const deadline = Date.now() + RECOVERY_TIMEOUT_MS; ;) {
    try {
      const hasStarted = await cluster.open();
      await (hasStarted || options.purpose === "serve" ? ownership.take() : ownership.visit());
      break;
    } catch (error) {
      const isInUse = error instanceof DataFolderInUseError;
      // A server may have taken ownership of a command's PostgreSQL. The command then retries as a visitor.
      const mayVisit = isInUse && options.purpose === "visit";
      // Otherwise its previous owner was stopping it.
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
 * Ownership of the cluster is a lock that a connection holds. Unlike a file with a process id, it cannot
 * outlive its process or be confused with another one.
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
      await client.query("select set_config('lock_timeout', $1, false)", [LOCK_TIMEOUT]);
      await client.query("select pg_advisory_lock($1)", [OWNER_LOCK]);
    } catch (error) {
      const isTaken = (error as { code?: string }).code === LOCK_NOT_AVAILABLE;
      const holder = isTaken ? await findHolder(client) : "";
      await client.end();
      if (!isTaken) throw error;
      throw new DataFolderInUseError(
        `Another server (${holder}) is running on the data folder ${this.options.dataDir}. ` +
          "Stop it first, or choose another folder with DATA_DIR.",
      );
    }
    client.on("end", () => {
      if (!this.isEnding) void this.recover();
    });
    this.connection = client;
  }

  /** Restarts PostgreSQL after the owning connection has ended: PostgreSQL has crashed, or was stopped. */
  private async recover(): Promise<void> {
    this.options.onRestart?.();
    const deadline = Date.now() + RECOVERY_TIMEOUT_MS;
    while (!this.isEnding) {
      try {
        await this.cluster.ensureRunning();
        await this.take();
        this.options.onBack?.();
        return;
      } catch (error) {
        // PostgreSQL may crash again while this process takes ownership.
        if (error instanceof DataFolderInUseError || Date.now() > deadline) {
          this.options.onLost?.(error as Error);
          return;
        }
        await sleep(RECOVERY_PAUSE_MS);
      }
    }
  }

  /** Delays a stop of PostgreSQL by its owner, for a limited time. */
  async visit(): Promise<void> {
    this.visiting = this.cluster.newClient();
    await this.visiting.connect();
    await this.visiting.query("select pg_advisory_lock_shared($1)", [VISIT_LOCK]);
  }

  /** Stops PostgreSQL if this process owns it, after its visitors have disconnected. */
  async end(): Promise<void> {
    this.isEnding = true;
    await this.visiting?.end();
    if (this.connection === undefined) return;
    // Stop anyway if visitors stay too long, or if PostgreSQL has already ended.
    await this.connection.query("select pg_advisory_lock($1)", [VISIT_LOCK]).catch(() => undefined);
    // Keep the lock until the end, so that no process takes ownership of a stopping PostgreSQL.
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
