import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { OWN_GROUP, endProcess } from "./child-process.mjs";
import { startProgram } from "./program.mjs";

const FOLDER = join(import.meta.dirname, "../peers");
const STAMP = join(FOLDER, "node_modules/.bench-stamp");
const INPUTS = ["package.json", "package-lock.json", ".npmrc", "prisma/schema.prisma"];
const STOP_TIMEOUT_MS = 5_000;

/** Installs the peers' packages and generates their Prisma client, unless that is done already. */
export async function installPeers(resources, report) {
  const digest = createHash("sha256");
  for (const input of INPUTS) digest.update(await readFile(join(FOLDER, input)));
  const stamp = digest.digest("hex");
  if (existsSync(STAMP) && (await readFile(STAMP, "utf8")) === stamp) return;

  report("installing the packages of the other stacks");
  const npm = process.env.npm_execpath;
  const [command, args] = npm?.endsWith(".js") ? [process.execPath, [npm]] : ["npm", []];
  await run(resources, command, [...args, "ci", "--include=dev", "--loglevel=error"]);
  // npm sets the path on which Prisma finds the generator of Pothos.
  const generate = [
    "exec",
    "--",
    "prisma",
    "generate",
    "--schema",
    "prisma/schema.prisma",
    "--no-hints",
  ];
  // Prisma downloads a schema engine that `generate` never runs. Setting any program as its path avoids that.
  const env = { PRISMA_SCHEMA_ENGINE_BINARY: process.execPath };
  await run(resources, command, [...args, ...generate], env);
  await writeFile(STAMP, stamp);
}

/**
 * Starts a peer in its own process.
 *
 * @param {import("./resources.mjs").Resources} resources
 * @param {string} name the name of its folder.
 * @param {{ databaseUrl: string, poolSize: number }} database
 * @returns {Promise<{ graphqlUrl: string, pid: number }>}
 */
export function startPeer(resources, name, { databaseUrl, poolSize }) {
  return startProgram(resources, {
    script: join(FOLDER, name, "server.mjs"),
    env: {
      ...process.env,
      DATABASE_URL: databaseUrl,
      GRAPHILE_ENV: "production",
      NODE_ENV: "production",
      POOL_SIZE: String(poolSize),
      PORT: "0",
    },
    read: (output) => {
      const graphqlUrl = /ready: (\S+)/.exec(output)?.[1];
      return graphqlUrl && { graphqlUrl };
    },
  });
}

async function run(resources, command, args, env = {}) {
  let output = "";
  const child = resources.open(
    () =>
      spawn(command, args, {
        cwd: FOLDER,
        env: { ...process.env, ...env },
        stdio: ["ignore", "pipe", "pipe"],
        shell: process.platform === "win32" && command === "npm",
        ...OWN_GROUP,
      }),
    (running) => endProcess(running, STOP_TIMEOUT_MS),
  );
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => (output += text));
  }
  const [code, signal] = await once(child, "close");
  if (code !== 0) throw new Error(`${[command, ...args].join(" ")}: ${signal ?? code}\n${output}`);
}
