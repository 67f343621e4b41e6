import { inspect } from "node:util";
import { ClientError } from "../client/client-error.js";
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
    error instanceof ClientError ||
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
    (error instanceof Error && "code" in error && String(error.code) in ENVIRONMENT);
  return isExpected ? `\n${describe(error as Error)}\n` : inspect(error);
}

type SystemError = Error &
  Pick<NodeJS.ErrnoException, "code" | "path"> & {
    readonly address?: string;
    readonly hostname?: string;
    readonly port?: number;
  };

/** Errors of the environment, such as ports, permissions and addresses, for which a stack does not help. */
const ENVIRONMENT: Readonly<Record<string, (error: SystemError) => string>> = {
  EADDRINUSE: ({ address, port }) =>
    `Another program uses the port ${String(port)} of ${String(address)}. Choose another port with PORT, such as PORT=4001.`,
  EADDRNOTAVAIL: ({ address }) =>
    `This machine does not have the address ${String(address)}. Correct HOST.`,
  EACCES: ({ path, address, port }) =>
    path === undefined
      ? `This user may not listen on the port ${String(port)} of ${String(address)}. Choose another port with PORT.`
      : `This user may not read or write ${path}. Correct its permissions, or choose another folder with DATA_DIR.`,
  // A host name with several addresses has an error of each, and this error has no address.
  ECONNREFUSED: ({ address, port }) =>
    `${UNREACHABLE}: no server listens at ${address === undefined ? "its host and port" : `${address}:${String(port)}`}.`,
  ENOTFOUND: ({ hostname }) => `${UNREACHABLE}: the host name ${String(hostname)} is unknown.`,
  ETIMEDOUT: ({ address }) => `${UNREACHABLE}: ${address ?? "its host"} does not answer.`,
  "28P01": () => "PostgreSQL refuses the user or the password of DATABASE_URL.",
  "28000": () =>
    "PostgreSQL refuses the user of DATABASE_URL. Its pg_hba.conf decides who may connect.",
  "3D000": () => "The database of DATABASE_URL does not exist. Create it, or correct its name.",
  "42501": ({ message }) =>
    `The user of DATABASE_URL may not do what the server needs; PostgreSQL says: ${message}.`,
  "57P01": () =>
    "PostgreSQL has closed the connection, because it stops. Start again when it runs.",
};

const UNREACHABLE = "The database of DATABASE_URL cannot be reached";

/** PgBouncer refuses clients that request a setting which it neither knows nor is configured to ignore. */
function isRefusedByPooler(error: unknown): boolean {
  return error instanceof Error && error.message.includes("unsupported startup parameter");
}

function describe(error: SystemError): string {
  if (isRefusedByPooler(error)) {
    return `The pooler of DATABASE_URL refuses this server: ${error.message}. Name it in PgBouncer's ignore_startup_parameters: docs/poolers-and-replicas.md has all of them.`;
  }
  const ofEnvironment = error.code === undefined ? undefined : ENVIRONMENT[error.code];
  return ofEnvironment?.(error) ?? error.message;
}
