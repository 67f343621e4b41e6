import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { readConfig } from "../../dist/config.js";
import { OWN_GROUP, endProcess } from "./child-process.mjs";

const MAIN = fileURLToPath(new URL("../../dist/main.js", import.meta.url));
const START_PATIENCE_MS = 60_000;
const STOP_PATIENCE_MS = 20_000;
const POLL_MS = 50;

/**
 * @typedef {object} Server
 * @property {string} graphqlUrl
 * @property {string} demoToken
 * @property {string} databaseUrl of its embedded PostgreSQL.
 * @property {string} dataDir
 * @property {number} poolSize of its connections to PostgreSQL.
 */

/**
 * Starts dist/main.js in its own process, with a new embedded PostgreSQL in a temporary folder.
 *
 * @param {import("./resources.mjs").Resources} resources
 * @returns {Promise<Server>}
 */
export async function startServer(resources) {
  const dataDir = resources.open(
    () => mkdtempSync(join(tmpdir(), "pocketcharge-bench-")),
    (folder) => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  );
  const env = environment(dataDir);
  let started;
  resources.open(
    () => {
      const child = spawn(process.execPath, [MAIN], {
        env,
        stdio: ["ignore", "pipe", "inherit"],
        ...OWN_GROUP,
      });
      started = readWelcome(child);
      return child;
    },
    (child) => stopServer(child, started, dataDir),
  );
  const welcome = await started;
  const { databasePoolSize: poolSize } = readConfig(env);
  return { ...welcome, dataDir, poolSize, databaseUrl: await databaseUrlOf(dataDir) };
}

/** DATABASE_URL is emptied: a benchmark must never write to a database that somebody uses. */
function environment(dataDir) {
  return {
    ...process.env,
    DATABASE_URL: "",
    DATA_DIR: dataDir,
    HOST: "127.0.0.1",
    INTROSPECTION: "",
    LOG_FORMAT: "json",
    LOG_LEVEL: "warn",
    NODE_ENV: "production",
    PORT: "0",
  };
}

/** @returns {Promise<Pick<Server, "graphqlUrl" | "demoToken">>} once the server takes requests. */
async function readWelcome(child) {
  let output = "";
  const welcome = new Promise((resolve) => {
    child.stdout.setEncoding("utf8").on("data", (text) => {
      const graphqlUrl = /is ready: (\S+)/.exec((output += text))?.[1];
      const demoToken = /Authorization: Token ([^\s']+)'/.exec(output)?.[1];
      if (graphqlUrl === undefined || demoToken === undefined) return;
      child.stdout.removeAllListeners("data");
      // From here on it prints warnings alone, and whoever reads the figures should see them.
      child.stdout.on("data", (warning) => process.stderr.write(warning));
      resolve({ graphqlUrl, demoToken });
    });
  });
  const failed = once(child, "exit").then(([code, signal]) => {
    throw new Error(`The server ended (${signal ?? code}) before it was ready:\n${output}`);
  });
  const isLate = sleep(START_PATIENCE_MS, undefined, { ref: false }).then(() => {
    throw new Error(`The server was not ready in ${START_PATIENCE_MS} ms:\n${output}`);
  });
  failed.catch(() => undefined);
  isLate.catch(() => undefined);
  return Promise.race([welcome, failed, isLate]);
}

/** A server that is still starting may be about to start PostgreSQL, so that is waited for. */
async function stopServer(child, started, dataDir) {
  await started.catch(() => undefined);
  await endProcess(child, STOP_PATIENCE_MS);
  await stopLeftPostgres(dataDir);
}

/** The server stops its PostgreSQL, unless it crashed or had to be killed. */
async function stopLeftPostgres(dataDir) {
  const pidFile = join(dataDir, "postgres", "postmaster.pid");
  for (const signal of ["SIGINT", "SIGQUIT", "SIGKILL"]) {
    const pid = Number((await readFile(pidFile, "utf8").catch(() => "")).split("\n")[0]);
    if (!(pid > 0) || !signalProcess(pid, signal)) return;
    for (const deadline = Date.now() + 5_000; Date.now() < deadline; await sleep(POLL_MS)) {
      if (!existsSync(pidFile)) return;
    }
  }
}

/** @returns {boolean} whether there is such a process. */
function signalProcess(pid, signal) {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

async function databaseUrlOf(dataDir) {
  const cluster = join(dataDir, "postgres");
  const port = (await readFile(join(cluster, "postmaster.pid"), "utf8")).split("\n")[3];
  const password = await readFile(join(cluster, "password"), "utf8");
  return `postgresql://postgres:${password}@127.0.0.1:${port}/pocketcharge`;
}
