import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { DATA_FOLDER_PARTS } from "../embedded-postgres/backup/data-folder.js";
import { BackupError } from "../embedded-postgres/backup/manifest.js";
import { verifyRestored } from "../embedded-postgres/backup/verify-restored.js";
import { restoreBackup } from "../embedded-postgres/backup/restore-backup.js";
import { commandLine } from "../shared/command-line.js";
import { readConfig } from "../config/config.js";
import { describeFailure } from "../process/report-failure.js";

const USAGE = `
${commandLine("restore", "<backup> [--to <data folder>] [--replace]")}

Restores a backup of an embedded database into DATA_DIR, or into the folder given with --to, and audits it first.
Exits with 0 if the audit has no findings, 1 if it has some, 2 if nothing was restored.
`;
const FOUND = 1;
const FAILED = 2;

try {
  const { file, to, replaces } = readArguments();
  const config = readConfig();
  if (config.databaseUrl !== undefined && to === undefined) {
    throw new BackupError(
      "DATABASE_URL is set, and its database is not embedded in this server. Choose a data folder with --to, or " +
        "unset the variable.",
    );
  }
  const dataDir = resolve(to ?? config.dataDir);
  let findings = 0;
  const aside = await restoreBackup({
    file: resolve(file),
    dataDir,
    replaces,
    parts: DATA_FOLDER_PARTS,
    prove: async (restored) => {
      findings = await verifyRestored(restored, config, (line) =>
        process.stdout.write(`${line}\n`),
      );
    },
  });
  console.log(`\nRestored into ${dataDir}. Start the server with DATA_DIR=${dataDir} to use it.`);
  if (aside !== undefined) console.log(`The previous data is in ${aside}.`);
  process.exitCode = findings === 0 ? 0 : FOUND;
} catch (error) {
  console.error(describeFailure(error));
  process.exit(FAILED);
}

function readArguments(): { file: string; to: string | undefined; replaces: boolean } {
  let problem = "Specify the backup to restore.";
  try {
    const { values, positionals } = parseArgs({
      options: { to: { type: "string" }, replace: { type: "boolean", default: false } },
      allowPositionals: true,
    });
    const [file, ...more] = positionals;
    if (file !== undefined && more.length === 0) {
      return { file, to: values.to, replaces: values.replace };
    }
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error);
  }
  throw new BackupError(`${problem}\n${USAGE}`);
}
