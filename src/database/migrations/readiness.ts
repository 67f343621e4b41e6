import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { connectionTo } from "../database.js";
import { ChangedMigrationError, type Migration, MigrationRecords } from "./migration-records.js";
import { readMigrations } from "./migrate.js";

/** The state of the database, as far as it is needed to serve requests. */
export interface DatabaseState {
  readonly database: "ok" | "unreachable";
  readonly migrations: "ok" | "pending" | "changed" | "unknown";
}

const UNREACHABLE: DatabaseState = { database: "unreachable", migrations: "unknown" };

/** Shorter than the default timeout of orchestrators, which is one second. */
const TIMEOUT_MS = 900;

/**
 * Checks whether the database responds and has every migration of this build. Uses a separate connection, which opens
 * on the first check: an exhausted pool does not mean that the database is unreachable.
 */
export class Readiness {
  private readonly pool: pg.Pool;
  private migrations: Migration[] | undefined;
  private checking: Promise<DatabaseState> | undefined;

  constructor(url: string) {
    this.pool = new pg.Pool({
      ...connectionTo(url),
      max: 1,
      connectionTimeoutMillis: TIMEOUT_MS,
      query_timeout: TIMEOUT_MS,
      application_name: "pocketcharge readiness",
    });
    this.pool.on("error", () => undefined); // the next check opens another connection
    this.pool.on("connect", (client) => client.on("error", () => undefined));
  }

  /** Returns within a second. Simultaneous calls share a check. */
  look(): Promise<DatabaseState> {
    this.checking ??= this.checkInTime().finally(() => {
      this.checking = undefined;
    });
    return this.checking;
  }

  async close(): Promise<void> {
    await this.pool.end();
  }

  private async checkInTime(): Promise<DatabaseState> {
    const tooLate = new AbortController();
    const timer = sleep(TIMEOUT_MS, UNREACHABLE, { signal: tooLate.signal });
    timer.catch(() => undefined);
    try {
      return await Promise.race([this.check(), timer]);
    } finally {
      tooLate.abort();
    }
  }

  private async check(): Promise<DatabaseState> {
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
