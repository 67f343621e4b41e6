import { audit } from "../../reconciliation/audit.js";
import { textReport } from "../../reconciliation/audit-report.js";
import type { Config } from "../../config/config.js";
import { type Database, openDatabase, readRows } from "../../database/database.js";
import { passLostPositions } from "../../database/migrations/event-positions.js";
import { migrate } from "../../database/migrations/migrate.js";
import { inSnapshot } from "../../database/snapshot.js";
import { column, rowOf } from "../../database/row.js";
import { sql } from "../../database/sql.js";
import { SecretKeyFolder } from "../../secrets/secret-key-folder.store.js";
import type { Manifest } from "./manifest.js";

/**
 * Migrates a restored database to this version, audits it, and reports the results.
 *
 * @returns the number of findings.
 */
export async function verifyRestored(
  { url, dataDir, manifest }: { url: string; dataDir: string; manifest: Manifest },
  config: Config,
  print: (line: string) => void,
): Promise<number> {
  const { createdAt, version, files } = manifest;
  print(
    `The backup of ${createdAt}, created by version ${version}, is complete: ${String(files.length)} files.`,
  );
  const { applied, unknown } = await migrate(url);
  for (const name of applied)
    print(`Applied the migration ${name}, which is newer than the backup.`);
  for (const name of unknown)
    print(`The backup has the migration ${name}, which is from a newer version than this one.`);
  const database = openDatabase({
    url,
    poolSize: 2,
    timeoutMs: config.databaseTimeoutMs,
    onIdleError: () => undefined, // the next statement fails, and says why
  });
  try {
    await passLostPositions(database.pool);
    await warnAboutMissingKeys(
      database,
      [...config.providerSecretKeys, ...new SecretKeyFolder(dataDir).read()],
      print,
    );
    const lines = { report: print, progress: print };
    const report = textReport(lines);
    const everything = { groups: [], merchants: [] };
    const findings = await audit(
      database.pool,
      (work) => inSnapshot(database.pool, work),
      everything,
      report,
    );
    report.end(findings);
    return findings;
  } finally {
    await database.close();
  }
}

async function warnAboutMissingKeys(
  { pool }: Database,
  keys: readonly { id: string }[],
  print: (line: string) => void,
): Promise<void> {
  const rows = await readRows(
    pool,
    rowOf({ id: column.text(), count: column.bigint() }),
    sql`select provider_secret_key_id as id, count(*) as count from (
          select provider_secret_key_id from payment_charges
          union all select provider_secret_key_id from payment_authorizations
          union all select secret_key_id from webhook_endpoints
          union all select previous_secret_key_id from webhook_endpoints) secrets
        where provider_secret_key_id is not null group by 1 order by 1`,
  );
  for (const { id, count } of rows) {
    if (keys.some((key) => key.id === id)) continue;
    print(
      `WARNING: ${String(count)} secrets cannot be decrypted: their key ${id} is neither in the backup ` +
        "nor in PROVIDER_SECRET_KEYS.",
    );
  }
}
