import { parseArgs } from "node:util";
import { ClientError } from "../client/client-error.js";
import { retryTemporary } from "../client/retry-temporary.js";
import { serverAccess } from "../client/server-access.js";
import { importSummary } from "../client/import-summary.js";
import { type FileToImport, attemptImport } from "../client/import-attempt.js";
import { ImportFile } from "../client/import-file.js";
import { ImportResults } from "../client/import-results.js";
import { durationText } from "../client/progress-text.js";
import { readClientConfig } from "../config/client-config.js";
import { describeFailure } from "../process/report-failure.js";
import { commandLine } from "../shared/command-line.js";
import { ImportReport } from "../client/import-report.js";

const USAGE = `
${commandLine("import", "<file> --group <slug> [--kind charges|debits] [--dry-run] [--results <file>] [--replace] [--all] [--again <name>] [--url <url>]")}

Makes the charges or debits of a CSV file. The token is read from the variable POCKETCHARGE_TOKEN. Sending the same
file again does nothing twice, and continues an import that was interrupted.

  --group <slug>     the pocket group
  --kind debits      debits instead of charges
  --dry-run          reports what would happen, and changes nothing
  --results <file>   writes the refused rows as CSV, to be repaired and imported; every row in a dry run
  --replace          overwrites the file with the results
  --all              writes every row
  --again <name>     makes the rows of a file again that was imported before, once for each name
  --url <url>        the server; http://127.0.0.1:4000 unless POCKETCHARGE_URL is set

Exits with 0 if no row was refused, 1 if some were, 2 if the import failed.
`;
const REFUSED = 1;
const FAILED = 2;
const INTERRUPTED = 130;

const interrupted = new AbortController();
process.once("SIGINT", () => {
  interrupted.abort();
});

try {
  const { values, wanted } = readArguments();
  const config = readClientConfig();
  const access = serverAccess({ ...config, url: values.url ?? config.url });
  const { results: path, replace } = values;
  const input = wanted.file.path;
  const results = path === undefined ? null : await ImportResults.at(path, { input, replace });
  const report = new ImportReport(results);
  try {
    const end = await retryTemporary(
      async (hasProgressed) => {
        await report.restart(hasProgressed);
        return attemptImport(access, wanted, report, interrupted.signal);
      },
      {
        signal: interrupted.signal,
        onRetry: (failure, delayMs) => {
          report.print(`${failure.message} Sending the file again in ${durationText(delayMs)}.`);
        },
      },
    );
    await report.end();
    console.log(importSummary(report.beginning, end, path ?? null));
    process.exitCode = end.refused.rows === 0 ? 0 : REFUSED;
  } finally {
    await report.close();
  }
} catch (error) {
  const isInterrupted = interrupted.signal.aborted;
  console.error(
    isInterrupted
      ? "\nInterrupted. The rows so far are done. Import the same file again to continue: nothing is done twice."
      : describeFailure(error),
  );
  process.exit(isInterrupted ? INTERRUPTED : FAILED);
}

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        group: { type: "string" },
        kind: { type: "string", default: "charges" },
        "dry-run": { type: "boolean", default: false },
        results: { type: "string" },
        replace: { type: "boolean", default: false },
        all: { type: "boolean", default: false },
        again: { type: "string" },
        url: { type: "string" },
      },
    });
    const [path, ...others] = positionals;
    const { group, kind, again } = values;
    if (path === undefined || others.length > 0) throw new Error("Name one file.");
    if (group === undefined) throw new Error("Name the pocket group with --group.");
    if (kind !== "charges" && kind !== "debits")
      throw new Error(`--kind is charges or debits, not ${JSON.stringify(kind)}.`);
    const isDryRun = values["dry-run"];
    const query = {
      group,
      // Every row, so that the first refused ones are shown in any case.
      results: values.all || (isDryRun && values.results !== undefined) ? "all" : "refused",
      ...(isDryRun ? { dryRun: "true" } : {}),
      ...(again === undefined ? {} : { again }),
    };
    const file = new ImportFile(path);
    return { values, wanted: { file, kind, query } satisfies FileToImport };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ClientError(`${reason}\n${USAGE}`);
  }
}
