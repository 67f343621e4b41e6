import { execFile } from "node:child_process";
import { appendFile, chown, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { vi } from "vitest";
import {
  type EmbeddedPostgres,
  openEmbeddedPostgres,
} from "../../src/embedded-postgres/embedded.js";
import { migrate } from "../../src/database/migrations/migrate.js";
import { PostgresCluster } from "../../src/embedded-postgres/postgres-cluster.js";
import { POLL } from "./wait-timeout.js";

const SETTINGS = ["fsync=off", "full_page_writes=off", "shared_buffers=16MB"];

/** A PostgreSQL with the server's tables, and a streaming replica. */
export class ReplicatedPostgres {
  private constructor(
    private readonly folder: string,
    private readonly primary: EmbeddedPostgres,
    private readonly replica: PostgresCluster,
  ) {}

  static async start(): Promise<ReplicatedPostgres> {
    const folder = await mkdtemp(join(tmpdir(), "pocketcharge-replica-"));
    const primary = await openEmbeddedPostgres({
      dataDir: join(folder, "primary"),
      purpose: "serve",
      settings: SETTINGS,
    });
    await migrate(primary.url);
    const copy = join(folder, "replica");
    await copyCluster(primary.url, join(folder, "primary"), copy);
    const replica = new PostgresCluster(copy, SETTINGS);
    await replica.open();
    return new ReplicatedPostgres(folder, primary, replica);
  }

  get primaryUrl(): string {
    return this.primary.url;
  }

  get replicaUrl(): string {
    return this.replica.url;
  }

  /** Runs a statement on the replica. */
  async onReplica<Row extends pg.QueryResultRow>(statement: string): Promise<Row[]> {
    const client = new pg.Client({ connectionString: this.replicaUrl });
    await client.connect();
    try {
      return (await client.query<Row>(statement)).rows;
    } finally {
      await client.end();
    }
  }

  /** The replica still receives the log, but stops replaying it. */
  async pauseReplay(): Promise<void> {
    await this.onReplica("select pg_wal_replay_pause()");
    await vi.waitFor(async () => {
      const [row] = await this.onReplica<{ state: string }>(
        "select pg_get_wal_replay_pause_state() as state",
      );
      if (row?.state !== "paused") throw new Error("the replica still replays");
    }, POLL);
  }

  async resumeReplay(): Promise<void> {
    await this.onReplica("select pg_wal_replay_resume()");
  }

  /** Kills the replica, as a crash would. */
  async killReplica(): Promise<void> {
    const file = join(this.folder, "replica", "postgres", "postmaster.pid");
    const pid = Number((await readFile(file, "utf8")).split("\n")[0]);
    process.kill(pid, "SIGQUIT");
    await vi.waitFor(() => {
      if (isAlive(pid)) throw new Error("the replica still runs");
    }, POLL);
  }

  async startReplica(): Promise<void> {
    await this.replica.ensureRunning();
  }

  async stop(): Promise<void> {
    await this.replica.stop();
    await this.primary.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Makes a base backup manually, because the npm packages do not contain pg_basebackup. */
async function copyCluster(url: string, from: string, to: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query("select pg_backup_start('replica', true)");
    await promisify(execFile)("cp", ["-a", from, to]);
    const { rows } = await client.query<{ labelfile: string }>(
      "select labelfile from pg_backup_stop()",
    );
    const dir = join(to, "postgres");
    const { port, username, password } = new URL(url);
    const conninfo = `host=127.0.0.1 port=${port} user=${username} password=${password}`;
    await appendFile(join(dir, "postgresql.auto.conf"), `primary_conninfo = '${conninfo}'\n`);
    const { uid, gid } = await stat(dir);
    for (const [name, text] of [
      ["backup_label", rows[0]?.labelfile ?? ""],
      ["standby.signal", ""],
    ] as const) {
      await writeFile(join(dir, name), text);
      await chown(join(dir, name), uid, gid);
    }
    await rm(join(dir, "postmaster.pid"));
  } finally {
    await client.end();
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
