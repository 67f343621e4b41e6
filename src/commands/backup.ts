import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { OTHER_DATA_FILES } from "../embedded-postgres/backup/data-folder.js";
import { createBackup } from "../embedded-postgres/backup/create-backup.js";
import { BackupError } from "../embedded-postgres/backup/manifest.js";
import { commandLine } from "../shared/command-line.js";
import { readConfig } from "../config/config.js";
import { openEmbeddedPostgres } from "../embedded-postgres/embedded.js";
import { reportFailure } from "../process/report-failure.js";

const USAGE = `
${commandLine("backup", "[--to <file or folder>]")}

Backs up the embedded database with the keys of its provider secrets. A server may be running. The backup
is written to the folder backups in DATA_DIR, or to the path given with --to.
`;

/** Backs up the embedded database in its current state, without migrating or stopping it. */
try {
  const to = readTarget();
  const { databaseUrl, dataDir } = readConfig();
  if (databaseUrl !== undefined) {
    throw new BackupError(
      "The database of DATABASE_URL is not embedded in this server. Back it up with PostgreSQL's own tools, " +
        "as described in docs/backups.md.",
    );
  }
  await stat(join(dataDir, "postgres")).catch(() => {
    throw new BackupError(`There is no database in the data folder ${dataDir}.`);
  });
  const path = await nameBackup(to ?? join(dataDir, "backups/"));
  const postgres = await openEmbeddedPostgres({ dataDir, purpose: "visit" });
  try {
    const folder = { dataDir, url: postgres.url, otherDataFiles: OTHER_DATA_FILES };
    const { bytes, sha256, manifest } = await createBackup(folder, path);
    console.log(`
The backup was written to ${path}
${inMegabytes(bytes)}, of ${inMegabytes(manifest.bytes)} in ${String(manifest.files.length)} files; SHA-256 ${sha256}

It contains the keys of provider secrets, so anyone who can read it can read everything. Copy it to another
machine and verify it there by restoring it into a new data folder:

${commandLine("restore", `${path} --to /a/new/data-folder`)}
`);
  } finally {
    await postgres.stop();
  }
} catch (error) {
  reportFailure(error);
}

function readTarget(): string | undefined {
  try {
    return parseArgs({ options: { to: { type: "string" } } }).values.to;
  } catch (error) {
    throw new BackupError(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  }
}

/** @param to a file or a folder. It is a folder if it exists as one or ends with a slash. */
async function nameBackup(to: string): Promise<string> {
  const isFolder =
    /[/\\]$/.test(to) || (await stat(to).catch(() => undefined))?.isDirectory() === true;
  if (!isFolder) return resolve(to);
  const time = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, "");
  return resolve(to, `pocketcharge-${time}.tar.gz`);
}

function inMegabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
