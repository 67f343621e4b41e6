import { parseArgs } from "node:util";
import { commandLine } from "../shared/command-line.js";
import { ConfigError, readConfig } from "../config/config.js";
import { distribute } from "../citus/distribute.js";
import { migrate } from "../database/migrations/migrate.js";
import { reportFailure } from "../process/report-failure.js";

const USUAL_SHARDS = 32;
const MAX_SHARDS = 64_000; // Citus' own

/**
 * Migrates the database of DATABASE_URL, which must be on the coordinator of a Citus cluster, and distributes it
 * over the cluster. Safe to repeat: tables that are already distributed stay unchanged. Restart the servers afterwards.
 */
try {
  const shards = readShards();
  const { databaseUrl, databaseDirectUrl } = readConfig();
  if (databaseUrl === undefined) {
    throw new ConfigError(
      "DATABASE_URL is not set. Set it to the coordinator of a Citus cluster; the embedded PostgreSQL has no Citus.",
    );
  }
  const report = (line: string): void => {
    console.log(line);
  };
  const url = databaseDirectUrl ?? databaseUrl;
  for (const name of (await migrate(url)).applied) report(`migration ${name} applied`);
  await distribute(url, { shards, report });
  report("\nDone. Restart all servers of this database.");
} catch (error) {
  reportFailure(error);
}

function readShards(): number {
  const given = readOption();
  const shards = given === undefined ? USUAL_SHARDS : Number(given);
  if (Number.isInteger(shards) && shards >= 1 && shards <= MAX_SHARDS) return shards;
  throw new ConfigError(
    `--shards must be an integer from 1 to ${String(MAX_SHARDS)}, not ${JSON.stringify(given)}.`,
  );
}

function readOption(): string | undefined {
  try {
    return parseArgs({ options: { shards: { type: "string" } } }).values.shards;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`${message}. Usage: ${commandLine("distribute", "[--shards <number>]")}`);
  }
}
