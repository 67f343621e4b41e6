import { existsSync } from "node:fs";
import { mkdir, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { USER, createCluster } from "./create-cluster.js";
import { type PostgresPrograms, findPostgresPrograms } from "./postgres-programs.js";
import { requireNoRestore } from "./restore-mark.js";
import { identifier, sql } from "../database/sql.js";

const DATABASE = "pocketcharge";
const HOST = "127.0.0.1";
const START_TIMEOUT_MS = 60_000;
const POLL_MS = 50;

/**
 * Temporary failures: another program has taken the port, the last processes of a crashed server are still ending,
 * or another process is starting the same server, which a short command may have stopped again since.
 */
const PASSING_REASONS =
  /Address already in use|still in use|PID file ".*" is empty|lock file ".*" already exists/;
const LOCK_FILE_EXISTS = 'lock file "postmaster.pid" already exists';

/** The path of the data folder cannot be passed to PostgreSQL. */
export class DataFolderNameError extends Error {
  override readonly name = "DataFolderNameError";
}

/** The PostgreSQL in a folder: its files, and its server process. */
export class PostgresCluster {
  private readonly dir: string;
  private readonly pidFile: string;
  private programs!: PostgresPrograms;
  private password = "";
  private port = 0;

  /** @param settings additional PostgreSQL settings, such as `fsync=off` for tests. */
  constructor(
    private readonly dataDir: string,
    private readonly settings: readonly string[],
  ) {
    this.dir = join(dataDir, "postgres");
    this.pidFile = join(this.dir, "postmaster.pid");
  }

  get url(): string {
    return `postgresql://${USER}:${this.password}@${HOST}:${String(this.port)}/${DATABASE}`;
  }

  /** Whether PostgreSQL is running, starting or stopping in the folder. */
  async isRunning(): Promise<boolean> {
    return (await this.readPidFile()) !== undefined;
  }

  /** Creates and starts the cluster where needed. @returns whether this call started it. */
  async open(): Promise<boolean> {
    // pg_ctl passes the folder's name to a shell, in double quotes.
    if (process.platform !== "win32" && /["$`\\\n]/.test(this.dataDir)) {
      throw new DataFolderNameError(
        `The data folder ${this.dataDir} cannot be used: its path contains one of the characters " $ \` \\ ` +
          "or a line break. Choose another folder with DATA_DIR.",
      );
    }
    await mkdir(this.dataDir, { recursive: true });
    await requireNoRestore(this.dataDir);
    this.programs = await findPostgresPrograms(this.dir);
    if (!existsSync(this.dir)) await createCluster(this.dir, this.programs);
    this.password = await readFile(join(this.dir, "password"), "utf8");
    const hasStarted = await this.ensureRunning();
    await this.ensureDatabase();
    return hasStarted;
  }

  async stop(): Promise<void> {
    const running = await this.readPidFile();
    if (running === undefined) return;
    // With -w, pg_ctl would wait for the wrong server if another process starts one immediately afterwards.
    await this.programs.run("pg_ctl", ["stop", "-D", this.dir, "-m", "fast", "-W"]);
    const deadline = Date.now() + START_TIMEOUT_MS;
    while ((await this.readPidFile())?.pid === running.pid) {
      if (Date.now() > deadline) throw new Error("The embedded PostgreSQL did not stop.");
      await sleep(POLL_MS);
    }
  }

  /**
   * Starts PostgreSQL unless it is already running, on its previous port if it had one.
   *
   * @returns whether this call started it.
   */
  async ensureRunning(): Promise<boolean> {
    for (const deadline = Date.now() + START_TIMEOUT_MS; ;) {
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
        const mayPass = PASSING_REASONS.test((error as Error).message) || (await this.isRunning());
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
      // Otherwise, server.log would contain refused rows with personal data.
      "log_error_verbosity=terse",
      ...this.settings,
    ];
    const flags = settings.map((setting) => `-c ${setting}`).join(" ");
    const log = join(this.dir, "server.log");
    const logged = await readFile(log, "utf8").catch(() => "");
    try {
      await this.programs.run("pg_ctl", ["start", "-D", this.dir, "-l", log, "-w", "-o", flags]);
    } catch (error) {
      const reason = (await readFile(log, "utf8").catch(() => "")).slice(logged.length).trim();
      // PostgreSQL takes any live process with the recorded id for its own. Only then remove the file: another
      // start may have written a new one since it was last read.
      const isRefused = reason.includes(LOCK_FILE_EXISTS);
      if (isRefused && !(await this.isRunning())) await rm(this.pidFile, { force: true });
      throw new Error(
        `The embedded PostgreSQL did not start.\n${reason || (error as Error).message}`,
        {
          cause: error,
        },
      );
    }
  }

  /**
   * Reads PostgreSQL's lock file: the process id is on its first line, the port on its fourth.
   *
   * @returns undefined if there is no file, or its process has ended.
   */
  private async readPidFile(): Promise<{ pid: number; port: number } | undefined> {
    const lines = (await readFile(this.pidFile, "utf8").catch(() => "")).split("\n");
    const pid = Number(lines[0]);
    return pid > 0 && (await isPostgres(pid)) ? { pid, port: Number(lines[3]) } : undefined;
  }

  /** The port of the server on this cluster, as soon as it accepts connections. */
  private async findRunningPort(): Promise<number | undefined> {
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (Date.now() < deadline) {
      const running = await this.readPidFile();
      if (running === undefined) return undefined;
      if (running.port > 0 && (await this.answersOn(running.port))) return running.port;
      await sleep(POLL_MS);
    }
    return undefined;
  }

  private async answersOn(port: number): Promise<boolean> {
    const client = this.newClient("postgres", port);
    try {
      await client.connect();
      return true;
    } catch {
      return false; // it is starting or stopping
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
      if (rowCount === 0) await client.query(sql`create database ${identifier(DATABASE)}`.text);
    } catch (error) {
      const wasMadeMeanwhile = ["42P04", "23505"].includes((error as { code?: string }).code ?? "");
      if (!wasMadeMeanwhile) throw error;
    } finally {
      await client.end();
    }
  }

  /** A client, not connected yet, with this process's id as its application name. */
  newClient(database = DATABASE, port = this.port): pg.Client {
    const client = new pg.Client({
      host: HOST,
      port,
      user: USER,
      password: this.password,
      database,
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
      application_name: `process ${String(process.pid)}`,
    });
    client.on("error", () => undefined); // the "end" event or the next statement reports it
    return client;
  }
}

/** After a crash or a power failure, the file may have the id of another program's process. */
async function isPostgres(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  if (process.platform !== "linux") return true;
  const program = await readFile(`/proc/${String(pid)}/comm`, "utf8").catch(() => "");
  return program.startsWith("postgres");
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
