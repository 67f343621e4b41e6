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
const START_PATIENCE_MS = 60_000;
const POLL_MS = 50;

/** The port was taken a moment ago; or the last processes of a crashed server are still ending. */
const PASSING_REASONS = /Address already in use|still in use/;

/** A PostgreSQL of this project's own in a folder: its files, and its server as a process. */
export class PostgresCluster {
  private readonly dir: string;
  private programs!: PostgresPrograms;
  private password = "";
  private port = 0;

  /** @param settings of the server beside its own, such as `fsync=off` for tests. */
  constructor(
    private readonly dataDir: string,
    private readonly settings: readonly string[],
  ) {
    this.dir = join(dataDir, "postgres");
  }

  get url(): string {
    return `postgresql://${USER}:${this.password}@${HOST}:${String(this.port)}/${DATABASE}`;
  }

  /** Makes what is missing and starts what does not run. @returns whether this call started it. */
  async open(): Promise<boolean> {
    await mkdir(this.dataDir, { recursive: true });
    this.programs = await findPostgresPrograms(this.dir);
    if (!existsSync(this.dir)) await this.create();
    this.password = await readFile(join(this.dir, "password"), "utf8");
    const hasStarted = await this.ensureRunning();
    await this.ensureDatabase();
    return hasStarted;
  }

  async stop(): Promise<void> {
    const running = await this.readPidFile();
    if (running === undefined) return;
    // pg_ctl's own wait (-w) takes a server that another process starts right after for this one.
    await this.programs.run("pg_ctl", ["stop", "-D", this.dir, "-m", "fast", "-W"]);
    while ((await this.readPidFile())?.pid === running.pid) await sleep(POLL_MS);
  }

  /** Made under another name, so that a folder of the right name is always a whole cluster. */
  private async create(): Promise<void> {
    const unfinished = `${this.dir}.new-${String(process.pid)}`;
    const passwordFile = join(this.dataDir, `password.new-${String(process.pid)}`);
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

  /**
   * Starts PostgreSQL unless it runs already, on the port that it had before if there is one.
   *
   * @returns whether this call started it.
   */
  async ensureRunning(): Promise<boolean> {
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
      ...this.settings,
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
    const deadline = Date.now() + START_PATIENCE_MS;
    while (Date.now() < deadline) {
      const running = await this.readPidFile();
      if (running === undefined) return undefined;
      if (running.port > 0 && (await this.answersOn(running.port))) return running.port;
      // A file left by a crash names a process that is another one by now: pg_ctl can tell.
      if (!(await this.isServerRunning())) return undefined;
      await sleep(POLL_MS);
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
      const wasMadeMeanwhile = ["42P04", "23505"].includes((error as { code?: string }).code ?? "");
      if (!wasMadeMeanwhile) throw error;
    } finally {
      await client.end();
    }
  }

  /** A connection that names this process, not connected yet. */
  newClient(database = DATABASE, port = this.port): pg.Client {
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
