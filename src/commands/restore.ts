import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { DATA_FOLDER_PARTS } from "../embedded-postgres/backup/data-folder.js";
import { BackupError } from "../embedded-postgres/backup/manifest.js";
import { proveRestored } from "../embedded-postgres/backup/prove-restored.js";
import { restoreBackup } from "../embedded-postgres/backup/restore-backup.js";
import { commandLine } from "../shared/command-line.js";
import { readConfig } from "../config/config.js";
import { wordsFor } from "../process/report-failure.js";

const USAGE = `
${commandLine("restore", "<backup> [--to <data folder>] [--replace]")}

Restores a backup of an embedded database into DATA_DIR, or where --to says, and audits it before it takes
its place. Ends with 0 when the books are right, 1 when the audit found something, 2 when nothing was restored.
`;
const FOUND = 1;
const FAILED = 2;

try {
  const { file, to, replaces } = readArguments();
  const config = readConfig();
  if (config.databaseUrl !== undefined && to === undefined) {
    throw new BackupError(
      "DATABASE_URL names a database that this server does not run: name a data folder with --to, or leave " +
        "the variable out.",
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
      findings = await proveRestored(restored, config, (line) => process.stdout.write(`${line}\n`));
    },
  });
  console.log(`\nRestored into ${dataDir}: the next start with DATA_DIR=${dataDir} serves it.`);
  if (aside !== undefined) console.log(`What was there before is in ${aside}.`);
  process.exitCode = findings === 0 ? 0 : FOUND;
} catch (error) {
  console.error(wordsFor(error));
  process.exit(FAILED);
}

function readArguments(): { file: string; to: string | undefined; replaces: boolean } {
  let problem = "Name the backup to restore.";
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
