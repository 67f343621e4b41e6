#!/usr/bin/env node
// The command of the installed package: npx pocketcharge [command]. A clone has npm scripts instead.
import { readFileSync } from "node:fs";
import { stopWithParent } from "./stop-with-parent.mjs";

const PROGRAMS = {
  serve: "main",
  migrate: "commands/migrate",
  seed: "commands/seed",
  audit: "commands/audit",
  export: "commands/export",
  import: "commands/import",
  backup: "commands/backup",
  restore: "commands/restore",
  distribute: "commands/distribute",
  "operator-token": "commands/operator-token",
  "rotate-provider-secrets": "commands/rotate-provider-secrets",
};

const USAGE = `
pocketcharge [command]

  serve                    runs the server until SIGTERM or SIGINT; the default command
  migrate                  applies missing migrations, as every start of the server does
  seed                     creates the demo's records in the database and prints a new token
  audit                    verifies the ledger: audit [--group <slug>]... [--merchant <id>]... [--json]
  export                   exports a list of a running server: export <list> --to <file> [--filter <JSON>]
                           [--sort <JSON>] [--resume]; the token is in POCKETCHARGE_TOKEN
  import                   makes the charges or debits of a CSV file: import <file> --group <slug>
                           [--kind debits] [--dry-run] [--results <file>]; the token is in POCKETCHARGE_TOKEN
  backup                   backs up the embedded database: backup [--to <file or folder>]
  restore                  restores a backup: restore <file> [--to <data folder>] [--replace]
  distribute               distributes the database over a Citus cluster: distribute [--shards <number>]
  operator-token           creates an operator's token and prints it once
  rotate-provider-secrets  encrypts all provider secrets with the first key

  --help                   prints this help
  --version                prints the version

The server is configured by environment variables, which all have defaults. Without DATABASE_URL, it runs
its own PostgreSQL in ./data, or in the folder DATA_DIR.
`;
const TAKE_ARGUMENTS = new Set(["audit", "backup", "distribute", "export", "import", "restore"]);
const WRONG_USAGE = 2;

const [command = "serve", ...rest] = process.argv.slice(2);
if (command === "--help" || command === "-h" || command === "help") {
  console.log(USAGE.trim());
} else if (command === "--version" || command === "-v") {
  console.log(manifest().version);
} else if (!Object.hasOwn(PROGRAMS, command)) {
  fail(`Unknown command ${JSON.stringify(command)}.\n\n${USAGE.trim()}`);
} else if (rest.length > 0 && !TAKE_ARGUMENTS.has(command)) {
  fail(`${command} takes no arguments. Configure it with environment variables.`);
} else {
  requireNode();
  // Remove the command's name, so that the program finds its arguments in the usual place.
  process.argv.splice(2, 1);
  if (process.env.npm_lifecycle_event) stopWithParent();
  await import(new URL(`../dist/programs/${PROGRAMS[command]}.js`, import.meta.url));
}

function manifest() {
  return JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
}

/** npm only warns if Node.js is too old, so check the version here. */
function requireNode() {
  const least = /\d+\.\d+/.exec(manifest().engines.node)[0].split(".").map(Number);
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > least[0] || (major === least[0] && minor >= least[1])) return;
  fail(`Node.js ${least.join(".")} or newer is required; this is ${process.versions.node}.`);
}

function fail(message) {
  console.error(message);
  process.exit(WRONG_USAGE);
}
