import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { connectionTo } from "../database.js";
import { ChangedMigrationError, type Migration, MigrationRecords } from "./migration-records.js";
import { readMigrations } from "./migrate.js";

/** Whether requests can be served, as far as the database goes. */
export interface DatabaseState {
  readonly database: "ok" | "unreachable";
  readonly migrations: "ok" | "pending" | "changed" | "unknown";
}

const UNREACHABLE: DatabaseState = { database: "unreachable", migrations: "unknown" };

/** Shorter than the second after which an orchestrator gives up by default. */
const PATIENCE_MS = 900;

/**
 * Looks whether the database answers and has every migration of this build. On a connection of its
 * own, which is made for the first question: a pool that is used up is slow, and not away.
 */
export class Readiness {
  private readonly pool: pg.Pool;
  private migrations: Migration[] | undefined;
  private looking: Promise<DatabaseState> | undefined;

  constructor(url: string) {
    this.pool = new pg.Pool({
      ...connectionTo(url),
      max: 1,
      connectionTimeoutMillis: PATIENCE_MS,
      query_timeout: PATIENCE_MS,
      application_name: "pocketcharge readiness",
    });
    this.pool.on("error", () => undefined); // the next question makes another connection
    this.pool.on("connect", (client) => client.on("error", () => undefined));
  }

  /** Answers within a second. Whoever asks while it is looked is answered the same. */
  look(): Promise<DatabaseState> {
    this.looking ??= this.lookInTime().finally(() => {
      this.looking = undefined;
    });
    return this.looking;
  }

  async close(): Promise<void> {
    await this.pool.end();
  }

  private async lookInTime(): Promise<DatabaseState> {
    const tooLate = new AbortController();
    const timer = sleep(PATIENCE_MS, UNREACHABLE, { signal: tooLate.signal });
    timer.catch(() => undefined);
    try {
      return await Promise.race([this.lookAt(), timer]);
    } finally {
      tooLate.abort();
    }
  }

  private async lookAt(): Promise<DatabaseState> {
    try {
      this.migrations ??= await readMigrations();
      const { pending } = await new MigrationRecords(this.pool).compare(this.migrations);
      return { database: "ok", migrations: pending.length === 0 ? "ok" : "pending" };
    } catch (error) {
      if (error instanceof ChangedMigrationError) return { database: "ok", migrations: "changed" };
      return UNREACHABLE;
    }
  }
}
