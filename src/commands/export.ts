import { extname } from "node:path";
import { parseArgs } from "node:util";
import { ClientError } from "../client/client-error.js";
import { downloadExport } from "../client/download-export.js";
import { CSV_RECORDS, NDJSON_RECORDS, type SumsByCurrency } from "../client/export-records.js";
import { PartFile } from "../client/part-file.js";
import { ProgressLine } from "../client/progress-line.js";
import { durationText, inDigits } from "../client/progress-text.js";
import { serverAccess } from "../client/server-access.js";
import { readClientConfig } from "../config/client-config.js";
import { reportFailure } from "../process/report-failure.js";
import { commandLine } from "../shared/command-line.js";

const USAGE = `
${commandLine("export", "<list> --to <file> [--format csv|ndjson] [--filter <JSON>] [--sort <JSON>] [--bom] [--resume] [--replace] [--url <server>]")}

Exports a list of a running server into a file. The list has its GraphQL name, such as pocketCharges, and the
filter and the sort are those of GraphQL. The token is read from the environment variable POCKETCHARGE_TOKEN.
The file gets its name when it is complete; until then, it is <file>.part and can be continued with --resume.
`;
const FORMATS = { csv: CSV_RECORDS, ndjson: NDJSON_RECORDS } as const;
/** The exit code of a program that SIGINT ends. */
const INTERRUPTED = 130;

const interrupt = new AbortController();
process.once("SIGINT", () => {
  interrupt.abort();
});

try {
  await run(readArguments());
} catch (error) {
  reportFailure(error);
}

type Arguments = ReturnType<typeof readArguments>;

async function run({ list, to, format, query, resume, replace, url }: Arguments): Promise<void> {
  const access = serverAccess({ ...readClientConfig(), ...(url === undefined ? {} : { url }) });
  const source = `${list}.${format} ${JSON.stringify(query)} of ${access.url.href}`;
  const file = await PartFile.open(to, { source, token: access.token, resume, replace });
  const { rows: before } = file.state;
  const progress = new ProgressLine("rows", process.stderr, undefined, before);
  const wanted = { path: `export/${list}.${format}`, query, format: FORMATS[format] };
  try {
    const { rows, bytes, sums } = await downloadExport(access, wanted, file, {
      signal: interrupt.signal,
      onProgress: progress.show.bind(progress),
      onRetry: ({ message }, delayMs) => {
        progress.print(`${message} Trying again in ${durationText(delayMs)}.`);
      },
    });
    progress.print(
      `${inDigits(rows)} rows, ${megabytes(bytes)} in ${durationText(progress.elapsedMs)}: ${to}${sumsText(sums)}`,
    );
  } catch (error) {
    progress.clear();
    await file.suspend();
    const { rows } = file.state;
    const hint =
      rows === 0
        ? "Nothing was written."
        : `The first ${inDigits(rows)} rows are in ${to}.part. Continue with the same command and --resume.`;
    if (!interrupt.signal.aborted) throw rows === 0 ? error : withHint(error, hint);
    progress.print(`Interrupted. ${hint}`);
    process.exitCode = INTERRUPTED;
  }
}

function withHint(error: unknown, hint: string): unknown {
  if (!(error instanceof ClientError)) return error;
  return new ClientError(`${error.message}\n${hint}`, { cause: error });
}

function sumsText(sums: SumsByCurrency | null): string {
  const lines = Object.entries(sums ?? {}).map(
    ([currency, ofFields]) =>
      `\n  ${currency}: ${Object.entries(ofFields)
        .map(([name, sum]) => `${name} ${sum}`)
        .join(", ")}`,
  );
  return lines.length === 0 ? "" : `\nThe sums in minor units:${lines.join("")}`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function readArguments() {
  const { values, positionals } = parse();
  const [list, ...others] = positionals;
  const { to, filter, sort, bom, resume, replace, url } = values;
  if (list === undefined || others.length > 0 || to === undefined) {
    throw new ClientError(`Name one list, and the file with --to.\n${USAGE}`);
  }
  if (!/^\w+$/.test(list))
    throw new ClientError(`${JSON.stringify(list)} is not the name of a list.`);
  const format = values.format ?? (extname(to) === ".ndjson" ? "ndjson" : "csv");
  if (format !== "csv" && format !== "ndjson") {
    throw new ClientError(`--format must be csv or ndjson; it is ${JSON.stringify(format)}.`);
  }
  if (bom && format !== "csv") throw new ClientError("--bom is only for CSV.");
  const query = {
    ...(filter === undefined ? {} : { filter }),
    ...(sort === undefined ? {} : { sort }),
    ...(bom ? { bom: "true" } : {}),
  };
  return { list, to, format, query, resume, replace, url } as const;
}

function parse() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        to: { type: "string" },
        format: { type: "string" },
        filter: { type: "string" },
        sort: { type: "string" },
        bom: { type: "boolean", default: false },
        resume: { type: "boolean", default: false },
        replace: { type: "boolean", default: false },
        url: { type: "string" },
      },
    });
  } catch (error) {
    throw new ClientError(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  }
}
