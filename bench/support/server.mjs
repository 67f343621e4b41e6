import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { readConfig } from "../../dist/config/config.js";
import { startProgram } from "./program.mjs";

/** The server's program. */
export const MAIN = fileURLToPath(new URL("../../dist/programs/main.js", import.meta.url));
const POLL_MS = 50;

/**
 * @typedef {object} Server
 * @property {string} graphqlUrl
 * @property {number} pid
 * @property {string} demoToken
 * @property {string} databaseUrl the URL of its embedded PostgreSQL.
 * @property {string} dataDir
 * @property {number} poolSize the number of its connections to PostgreSQL.
 */

/**
 * Creates a temporary folder for an embedded PostgreSQL.
 *
 * @param {import("./resources.mjs").Resources} resources
 */
export function makeDataDir(resources) {
  return resources.open(
    () => mkdtempSync(join(tmpdir(), "pocketcharge-bench-")),
    (folder) => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  );
}

/**
 * Starts dist/programs/main.js in its own process, with an embedded PostgreSQL.
 *
 * @param {import("./resources.mjs").Resources} resources
 * @param {string} dataDir the folder for PostgreSQL's data. Defaults to a new folder.
 * @param {Record<string, string>} settings environment variables that differ from the default.
 * @returns {Promise<Server>}
 */
export async function startServer(resources, dataDir = makeDataDir(resources), settings = {}) {
  const env = environment({ DATA_DIR: dataDir, ...settings });
  const started = await startProgram(resources, {
    script: MAIN,
    env,
    read: readWelcome,
    afterEnd: () => stopOrphanedPostgres(dataDir),
  });
  const { databasePoolSize: poolSize } = readConfig(env);
  return { ...started, dataDir, poolSize, databaseUrl: await databaseUrlOf(dataDir) };
}

/**
 * Starts another server on the database of the first.
 *
 * @param {import("./resources.mjs").Resources} resources
 * @param {Server} first
 * @param {Record<string, string>} settings environment variables that differ from the default.
 * @returns {Promise<Pick<Server, "graphqlUrl" | "pid">>}
 */
export function startAnotherServer(resources, { databaseUrl }, settings) {
  return startProgram(resources, {
    script: MAIN,
    env: environment({ DATABASE_URL: databaseUrl, ...settings }),
    read: readAddress,
  });
}

/**
 * Clears DATABASE_URL unless the benchmark sets it: a benchmark must never write to a database that is in
 * use.
 */
export function environment(settings) {
  return {
    ...process.env,
    DATABASE_URL: "",
    DEMO: "true",
    HOST: "127.0.0.1",
    INTROSPECTION: "",
    LOG_FORMAT: "json",
    LOG_LEVEL: "warn",
    NODE_ENV: "production",
    PORT: "0",
    ...settings,
  };
}

/** Parses the address that a server prints when it is ready. */
export function readAddress(output) {
  const graphqlUrl = /is ready: (\S+)/.exec(output)?.[1];
  return graphqlUrl && { graphqlUrl };
}

/** A first start prints the token; later starts print the file that contains it. */
function readWelcome(output) {
  const [, secret, file] =
    /Authorization: Token (?:([^\s'$]+)'|\$\(cat '([^']+)'\))/.exec(output) ?? [];
  const demoToken = file === undefined ? secret : readFileSync(file, "utf8").trim();
  return demoToken && { ...readAddress(output), demoToken };
}

/** Stops the PostgreSQL that a crashed or killed server left running. */
export async function stopOrphanedPostgres(dataDir) {
  const pidFile = join(dataDir, "postgres", "postmaster.pid");
  for (const signal of ["SIGINT", "SIGQUIT", "SIGKILL"]) {
    const pid = Number((await readFile(pidFile, "utf8").catch(() => "")).split("\n")[0]);
    if (!(pid > 0) || !signalProcess(pid, signal)) return;
    for (const deadline = Date.now() + 5_000; Date.now() < deadline; await sleep(POLL_MS)) {
      if (!existsSync(pidFile)) return;
    }
  }
}

/** @returns {boolean} whether the process exists. */
function signalProcess(pid, signal) {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** The URL of the PostgreSQL that runs on the folder. */
export async function databaseUrlOf(dataDir) {
  const cluster = join(dataDir, "postgres");
  const port = (await readFile(join(cluster, "postmaster.pid"), "utf8")).split("\n")[3];
  const password = await readFile(join(cluster, "password"), "utf8");
  return `postgresql://postgres:${password}@127.0.0.1:${port}/pocketcharge`;
}
