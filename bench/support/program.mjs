import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { OWN_GROUP, endProcess } from "./child-process.mjs";

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 20_000;

/**
 * Starts a Node.js program in its own process and waits until it accepts requests.
 *
 * @template T
 * @param {import("./resources.mjs").Resources} resources
 * @param {object} program
 * @param {string} program.script
 * @param {Record<string, string | undefined>} program.env
 * @param {(output: string) => T | undefined} program.read parses the program's output; returns undefined until it
 *   is ready.
 * @param {() => Promise<void>} [program.afterEnd]
 * @param {(text: string) => unknown} [program.onOutput] receives what it prints after it is ready, which are only
 *   warnings. By default they are shown with the measurements.
 * @returns {Promise<T & { pid: number, ended: Promise<[code: number | null, signal: string | null]> }>}
 */
export async function startProgram(resources, { script, env, read, afterEnd, onOutput = warn }) {
  let started;
  const child = resources.open(
    () => {
      const spawned = spawn(process.execPath, [script], {
        env,
        stdio: ["ignore", "pipe", "inherit"],
        ...OWN_GROUP,
      });
      started = waitUntilReady(spawned, { script, read, onOutput });
      return spawned;
    },
    async (running) => {
      // Wait for a server that is still starting, because it may be about to start PostgreSQL.
      await started.catch(() => undefined);
      await endProcess(running, STOP_TIMEOUT_MS);
      await afterEnd?.();
    },
  );
  const ended = once(child, "exit");
  return { ...(await started), pid: child.pid, ended };
}

function warn(text) {
  process.stderr.write(text);
}

async function waitUntilReady(child, { script, read, onOutput }) {
  let output = "";
  const ready = new Promise((resolve) => {
    child.stdout.setEncoding("utf8").on("data", (text) => {
      const found = read((output += text));
      if (found === undefined) return;
      child.stdout.removeAllListeners("data");
      child.stdout.on("data", onOutput);
      resolve(found);
    });
  });
  const failed = once(child, "exit").then(([code, signal]) => {
    throw new Error(`${script} ended (${signal ?? code}) before it was ready:\n${output}`);
  });
  const isLate = sleep(START_TIMEOUT_MS, undefined, { ref: false }).then(() => {
    throw new Error(`${script} was not ready in ${START_TIMEOUT_MS} ms:\n${output}`);
  });
  failed.catch(() => undefined);
  isLate.catch(() => undefined);
  return Promise.race([ready, failed, isLate]);
}
