#!/usr/bin/env node
// The installed package's one command: npx pocketcharge [command]. A clone has npm scripts instead.
import { readFileSync } from "node:fs";
import { stopWithParent } from "./stop-with-parent.mjs";

const PROGRAMS = {
  serve: "main",
  migrate: "commands/migrate",
  seed: "commands/seed",
  audit: "commands/audit",
  backup: "commands/backup",
  restore: "commands/restore",
  distribute: "commands/distribute",
  "operator-token": "commands/operator-token",
  "rotate-provider-secrets": "commands/rotate-provider-secrets",
};

const USAGE = `
pocketcharge [command]

  serve                    serves, until SIGTERM or SIGINT; what happens without a command
  migrate                  brings the database's tables up to date, as each start does too
  seed                     puts the demo's records into the database and prints a new token
  audit                    proves the books: audit [--group <slug>]... [--merchant <id>]... [--json]
  backup                   backs the embedded database up: backup [--to <file or folder>]
  restore                  restores a backup: restore <file> [--to <data folder>] [--replace]
  distribute               spreads the database over a Citus cluster: distribute [--shards <number>]
  operator-token           makes an operator's token and prints it, once
  rotate-provider-secrets  encrypts all provider secrets with the first key

  --help                   prints this
  --version                prints the version

Everything is configured by variables of the environment, and everything has a default: without
DATABASE_URL a PostgreSQL of its own is made and kept in ./data, or in the folder that DATA_DIR names.
`;
const TAKE_ARGUMENTS = new Set(["audit", "backup", "distribute", "restore"]);
const WRONG_USAGE = 2;

const [command = "serve", ...rest] = process.argv.slice(2);
if (command === "--help" || command === "-h" || command === "help") {
  console.log(USAGE.trim());
} else if (command === "--version" || command === "-v") {
  console.log(manifest().version);
} else if (!Object.hasOwn(PROGRAMS, command)) {
  fail(`There is no command ${JSON.stringify(command)}.\n\n${USAGE.trim()}`);
} else if (rest.length > 0 && !TAKE_ARGUMENTS.has(command)) {
  fail(`${command} takes no arguments; it is configured by variables of the environment.`);
} else {
  requireNode();
  // The program finds its arguments where they are when it is started by itself.
  process.argv.splice(2, 1);
  if (process.env.npm_lifecycle_event) stopWithParent();
  await import(new URL(`../dist/programs/${PROGRAMS[command]}.js`, import.meta.url));
}

function manifest() {
  return JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
}

/** npm only warns of a Node.js that is too old, which then fails somewhere within. */
function requireNode() {
  const least = /\d+\.\d+/.exec(manifest().engines.node)[0].split(".").map(Number);
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > least[0] || (major === least[0] && minor >= least[1])) return;
  fail(`Node.js ${least.join(".")} or newer is needed; this is ${process.versions.node}.`);
}

function fail(message) {
  console.error(message);
  process.exit(WRONG_USAGE);
}
