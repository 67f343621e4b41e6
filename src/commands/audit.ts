import { parseArgs } from "node:util";
import { AuditScopeError, audit } from "../reconciliation/audit.js";
import { jsonReport, textReport } from "../reconciliation/audit-report.js";
import { commandLine } from "../shared/command-line.js";
import { readConfig } from "../config/config.js";
import { openConfiguredDatabase } from "../process/open-database.js";
import { inSnapshot } from "../database/snapshot.js";
import { createLog } from "../observability/log.js";
import { describeFailure } from "../process/report-failure.js";

const USAGE = `
${commandLine("audit", "[--group <slug>]... [--merchant <id>]... [--json]")}

Verifies the ledger: everything, or only the given groups and merchants.
Exits with 0 if there are no findings, 1 if there are some, 2 if the audit failed.
`;
const FOUND = 1;
const FAILED = 2;

/** Verifies the ledger in the configured database. A server may be running. Changes nothing. */
try {
  const { group: groups, merchant: merchants, json } = readArguments();
  const config = readConfig();
  // Log lines must not mix with the report.
  const log = createLog({ ...config, logLevel: "fatal" });
  const database = await openConfiguredDatabase(config, log, "read");
  try {
    const lines = {
      report: (line: string) => process.stdout.write(`${line}\n`),
      progress: (line: string) => process.stderr.write(`${line}\n`),
    };
    const report = json ? jsonReport(lines) : textReport(lines);
    const findings = await audit(
      database.pool,
      (work) => inSnapshot(database.pool, work),
      { groups, merchants },
      report,
    );
    report.end(findings);
    process.exitCode = findings === 0 ? 0 : FOUND;
  } finally {
    await database.close();
  }
} catch (error) {
  console.error(error instanceof AuditScopeError ? `\n${error.message}\n` : describeFailure(error));
  process.exit(FAILED);
}

function readArguments(): { group: string[]; merchant: string[]; json: boolean } {
  try {
    return parseArgs({
      options: {
        group: { type: "string", multiple: true, default: [] },
        merchant: { type: "string", multiple: true, default: [] },
        json: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    throw new AuditScopeError(
      `${error instanceof Error ? error.message : String(error)}\n${USAGE}`,
    );
  }
}
