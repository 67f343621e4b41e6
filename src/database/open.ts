import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import type { Config } from "../config.js";
import { type Database, openDatabase } from "./database.js";
import { type EmbeddedPostgres, openEmbeddedPostgres } from "./embedded.js";
import { migrate } from "./migrate.js";

const CLOSE_PATIENCE_MS = 1_000;

/** A database that is ready to be used: reachable, and its tables up to date. */
export interface ReadyDatabase extends Database {
  readonly isEmbedded: boolean;
}

/**
 * Opens the database that the configuration names, the embedded one when it names none, and migrates
 * it. Closing it stops the embedded one.
 *
 * @param purpose `serve` for a server, `visit` for a command that may run beside one.
 * @param onLost told when the embedded PostgreSQL is gone for good.
 */
export async function openConfiguredDatabase(
  config: Config,
  log: Logger,
  purpose: "serve" | "visit",
  onLost: (reason: Error) => void = () => undefined,
): Promise<ReadyDatabase> {
  const embedded =
    config.databaseUrl === undefined ? await openEmbedded(config, log, purpose, onLost) : undefined;
  try {
    const url = embedded?.url ?? config.databaseUrl ?? "";
    for (const name of await migrate(url)) log.info({ migration: name }, "migration applied");
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
      isEmbedded: embedded !== undefined,
      close: async () => {
        // A connection is still busy only when its request was cut off; its transaction is rolled back
        // by the end of the connection, which the end of this process brings at the latest.
        await Promise.race([database.close(), sleep(CLOSE_PATIENCE_MS, undefined, { ref: false })]);
        await embedded?.stop();
      },
    };
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
}

function openEmbedded(
  { dataDir }: Config,
  log: Logger,
  purpose: "serve" | "visit",
  onLost: (reason: Error) => void,
): Promise<EmbeddedPostgres> {
  return openEmbeddedPostgres({
    dataDir,
    purpose,
    onRestart: () => {
      log.warn("the embedded PostgreSQL went away; starting it again");
    },
    onLost,
  });
}
