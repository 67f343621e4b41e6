import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, chown, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { type PostgresPrograms, findPostgresPrograms } from "./postgres-programs.js";

const DATABASE = "pocketcharge";
const USER = "postgres";
const HOST = "127.0.0.1";

/** Held on the cluster for as long as a process serves from it, and given back when it dies. */
const OWNER_LOCK = 7_091_100_002;
const LOCK_PATIENCE_MS = 5_000;
const START_PATIENCE_MS = 60_000;
const POLL_MS = 50;

/** The port was taken a moment ago; or the last processes of a crashed server are still ending. */
const PASSING_REASONS = /Address already in use|still in use/;

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
  readonly onRestart?: (reason: Error) => void;
  /** Told when it could not be started again. */
  readonly onLost?: (reason: Error) => void;
}

/** A PostgreSQL of this project's own, on the loopback address, in a folder. */
export interface EmbeddedPostgres {
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
  const cluster = new Cluster(options);
  await cluster.open();
  return { url: cluster.url, stop: () => cluster.stop() };
}

class Cluster {
  private readonly dir: string;
  private programs!: PostgresPrograms;
  private password = "";
  private port = 0;
  private owner: pg.Client | undefined;
  private isStopping = false;

  constructor(private readonly options: EmbeddedPostgresOptions) {
    this.dir = join(options.dataDir, "postgres");
  }

  get url(): string {
    return `postgresql://${USER}:${this.password}@${HOST}:${String(this.port)}/${DATABASE}`;
  }

  async open(): Promise<void> {
    await mkdir(this.options.dataDir, { recursive: true });
    this.programs = await findPostgresPrograms(this.dir);
    if (!existsSync(this.dir)) await this.create();
    this.password = await readFile(join(this.dir, "password"), "utf8");
    const hasStarted = await this.ensureRunning();
    await this.ensureDatabase();
    if (hasStarted || this.options.purpose === "serve") await this.takeOwnership();
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    if (this.owner === undefined) return;
    await this.owner.end();
    await this.programs.run("pg_ctl", ["stop", "-D", this.dir, "-m", "fast", "-w"]);
  }

  /** Made under another name, so that a folder of the right name is always a whole cluster. */
  private async create(): Promise<void> {
    const unfinished = `${this.dir}.new-${String(process.pid)}`;
    const passwordFile = join(this.options.dataDir, `password.new-${String(process.pid)}`);
    const { owner } = this.programs;
    await mkdir(unfinished, { mode: 0o700 });
    try {
      await writeFile(passwordFile, randomBytes(24).toString("hex"), { mode: 0o600 });
      if (owner) await chown(unfinished, owner.uid, owner.gid);
      if (owner) await chown(passwordFile, owner.uid, owner.gid);
      await this.programs.run("initdb", [
        `--pgdata=${unfinished}`,
        `--username=${USER}`,
        `--pwfile=${passwordFile}`,
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
      ]);
      await rename(passwordFile, join(unfinished, "password"));
      await chmod(join(unfinished, "password"), 0o600);
      await rename(unfinished, this.dir);
    } catch (error) {
      // Another process made the cluster meanwhile; both have taken the same steps.
      if (!existsSync(this.dir)) throw error;
    } finally {
      await rm(passwordFile, { force: true });
      await rm(unfinished, { recursive: true, force: true });
    }
  }

  /** @returns whether this call started it. */
  private async ensureRunning(): Promise<boolean> {
    for (const deadline = Date.now() + START_PATIENCE_MS; ;) {
      const port = await this.findRunningPort();
      if (port !== undefined) {
        this.port = port;
        return false;
      }
      const wanted = this.port === 0 ? await findFreePort() : this.port;
      try {
        await this.start(wanted);
        this.port = wanted;
        return true;
      } catch (error) {
        const mayPass =
          PASSING_REASONS.test((error as Error).message) || (await this.isHeldByProcess());
        if (!mayPass || Date.now() > deadline) throw error;
        await sleep(POLL_MS);
      }
    }
  }

  private async start(port: number): Promise<void> {
    const settings = [
      `port=${String(port)}`,
      `listen_addresses=${HOST}`,
      "unix_socket_directories=",
      "timezone=UTC",
      "log_timezone=UTC",
      "log_checkpoints=off",
      ...(this.options.settings ?? []),
    ];
    const flags = settings.map((setting) => `-c ${setting}`).join(" ");
    const log = join(this.dir, "server.log");
    const logged = await readFile(log, "utf8").catch(() => "");
    try {
      await this.programs.run("pg_ctl", ["start", "-D", this.dir, "-l", log, "-w", "-o", flags]);
    } catch (error) {
      const reason = (await readFile(log, "utf8").catch(() => "")).slice(logged.length).trim();
      throw new Error(
        `The embedded PostgreSQL did not start.\n${reason || (error as Error).message}`,
        {
          cause: error,
        },
      );
    }
  }

  private async isHeldByProcess(): Promise<boolean> {
    return (await this.readPidFile()) !== undefined;
  }

  /** PostgreSQL's own lock file: the process on its first line, the port on its fourth. */
  private async readPidFile(): Promise<{ pid: number; port: number } | undefined> {
    try {
      const lines = (await readFile(join(this.dir, "postmaster.pid"), "utf8")).split("\n");
      const pid = Number(lines[0]);
      process.kill(pid, 0);
      return { pid, port: Number(lines[3]) };
    } catch (error) {
      // EPERM: the process is there and belongs to another user.
      return (error as NodeJS.ErrnoException).code === "EPERM" ? { pid: 0, port: 0 } : undefined;
    }
  }

  /** The port of a server that runs on this cluster and takes connections, once it does. */
  private async findRunningPort(): Promise<number | undefined> {
    for (
      const deadline = Date.now() + START_PATIENCE_MS;
      Date.now() < deadline;
      await sleep(POLL_MS)
    ) {
      const running = await this.readPidFile();
      if (running === undefined) return undefined;
      if (running.port > 0 && (await this.answersOn(running.port))) return running.port;
      // A file left by a crash names a process that is another one by now: pg_ctl can tell.
      if (!(await this.isServerRunning())) return undefined;
    }
    return undefined;
  }

  private async isServerRunning(): Promise<boolean> {
    return this.programs.run("pg_ctl", ["status", "-D", this.dir]).then(
      () => true,
      () => false,
    );
  }

  private async answersOn(port: number): Promise<boolean> {
    const client = this.newClient("postgres", port);
    try {
      await client.connect();
      return true;
    } catch {
      return false; // still starting, or already stopping
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  private async ensureDatabase(): Promise<void> {
    const client = this.newClient("postgres", this.port);
    await client.connect();
    try {
      const { rowCount } = await client.query("select from pg_database where datname = $1", [
        DATABASE,
      ]);
      if (rowCount === 0) await client.query(`create database ${DATABASE}`);
    } catch (error) {
      if (!["42P04", "23505"].includes((error as { code?: string }).code ?? "")) throw error; // made meanwhile
    } finally {
      await client.end();
    }
  }

  private async takeOwnership(): Promise<void> {
    const client = this.newClient(DATABASE, this.port);
    await client.connect();
    client.on("error", () => undefined); // "end" follows, and is handled
    for (const deadline = Date.now() + LOCK_PATIENCE_MS; ; await sleep(POLL_MS)) {
      const { rows } = await client.query<{ locked: boolean }>(
        "select pg_try_advisory_lock($1) as locked",
        [OWNER_LOCK],
      );
      if (rows[0]?.locked === true) break;
      if (Date.now() > deadline) {
        const holder = await findHolder(client);
        await client.end();
        throw new DataFolderInUseError(
          `Another server (${holder}) is running on the data folder ${this.options.dataDir}. It was left alone. ` +
            "Stop it first, or choose another folder with DATA_DIR.",
        );
      }
    }
    client.on("end", () => {
      if (!this.isStopping) void this.recover();
    });
    this.owner = client;
  }

  /** The connection that owns the cluster ended by itself: PostgreSQL has crashed, or was stopped. */
  private async recover(): Promise<void> {
    this.options.onRestart?.(new Error("The embedded PostgreSQL went away."));
    try {
      await this.ensureRunning();
      await this.takeOwnership();
    } catch (error) {
      this.options.onLost?.(error as Error);
    }
  }

  private newClient(database: string, port: number): pg.Client {
    return new pg.Client({
      host: HOST,
      port,
      user: USER,
      password: this.password,
      database,
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
      application_name: `process ${String(process.pid)}`,
    });
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

async function findFreePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, HOST, () => {
      const address = server.address();
      server.close(() => {
        resolve(typeof address === "object" && address !== null ? address.port : 0);
      });
    });
  });
}
