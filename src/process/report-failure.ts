import { inspect } from "node:util";
import { BackupError } from "../embedded-postgres/backup/manifest.js";
import { ConfigError } from "../config/config.js";
import { DistributionError } from "../citus/distribute.js";
import { DataFolderInUseError } from "../embedded-postgres/embedded.js";
import { PooledMigrationError } from "../database/migrations/migrate.js";
import { PendingMigrationsError } from "./open-database.js";
import { PoolerSettingsError } from "../database/pooler.js";
import { DataFolderNameError } from "../embedded-postgres/postgres-cluster.js";
import { PersistedDocumentsError } from "../graphql/persisted-documents.js";
import { RestoreUnfinishedError } from "../embedded-postgres/restore-mark.js";
import { WorkerStartError } from "./worker-start-error.js";

/** Exits with a message for people. */
export function reportFailure(error: unknown): never {
  console.error(describeFailure(error));
  process.exit(1);
}

/** The reason of a failure, for people. An unexpected error includes its stack. */
export function describeFailure(error: unknown): string {
  if (error instanceof WorkerStartError) return error.message;
  const isExpected =
    error instanceof ConfigError ||
    error instanceof DataFolderInUseError ||
    error instanceof DataFolderNameError ||
    error instanceof PersistedDocumentsError ||
    error instanceof PendingMigrationsError ||
    error instanceof PoolerSettingsError ||
    error instanceof PooledMigrationError ||
    isRefusedByPooler(error) ||
    error instanceof RestoreUnfinishedError ||
    error instanceof BackupError ||
    error instanceof DistributionError ||
    (error instanceof Error && "code" in error && EXPECTED_CODES.has(String(error.code)));
  return isExpected ? `\n${describe(error as Error)}\n` : inspect(error);
}

/** Errors of the environment, such as ports, permissions and addresses, for which a stack does not help. */
const EXPECTED_CODES = new Set([
  "42501", // insufficient_privilege
  "57P01",
  "ETIMEDOUT",

  "EADDRINUSE",
  "EACCES",
  "ECONNREFUSED",
  "ENOTFOUND",
  "28P01",
  "3D000",
]);

/** PgBouncer refuses clients that request a setting which it neither knows nor is configured to ignore. */
function isRefusedByPooler(error: unknown): boolean {
  return error instanceof Error && error.message.includes("unsupported startup parameter");
}

function describe(error: Error & { code?: string }): string {
  if (error.code === "EADDRINUSE")
    return `${error.message}. Choose another port with PORT, such as PORT=4001.`;
  if (error.code === "ECONNREFUSED" || error.code === "ENOTFOUND") {
    return `The database of DATABASE_URL cannot be reached: ${error.message || error.code}`;
  }
  if (isRefusedByPooler(error)) {
    return `The pooler of DATABASE_URL refuses this server: ${error.message}. Name it in PgBouncer's ignore_startup_parameters: docs/poolers-and-replicas.md has all of them.`;
  }
  return error.message;
}
