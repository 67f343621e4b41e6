// Compares numbers of server processes: on all cores, and on some of them with PostgreSQL and the clients on the others.
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { DEMO_GROUP_SLUG } from "../../dist/demo/demo.js";
import { keepOn } from "../support/affinity.mjs";
import { connect } from "../support/database.mjs";
import { LoadProcess } from "../support/load-process.mjs";
import { describeMachine } from "../support/machine.mjs";
import { familyOf, usageOf } from "../support/process-usage.mjs";
import { makeDataDir, startServer } from "../support/server.mjs";
import { measureSideBySide } from "../support/side-by-side.mjs";
import { formatCores } from "./cores.results.mjs";

const FULL = { roundCount: 5, roundMs: 3_000, warmUpMs: 8_000 };
const QUICK = { roundCount: 1, roundMs: 300, warmUpMs: 200 };

const CASES = [
  { name: "single charges, 64 clients", batchSize: 1, clientCount: 64 },
  { name: "batches of 100, 8 clients", batchSize: 100, clientCount: 8 },
];

/** The sides: how many processes serve, and whether they have half of the cores to themselves. */
const SIDES = [
  { workers: 1, isPinned: false },
  { workers: 2, isPinned: false },
  { workers: 4, isPinned: false },
  { workers: 1, isPinned: true },
  { workers: 2, isPinned: true },
  { workers: 4, isPinned: true },
].map((side) => ({ ...side, key: `${side.workers}${side.isPinned ? " pinned" : ""}` }));

/** @type {import("../run.mjs").Workload} */
export const cores = { name: "cores", isLong: true, measure };

async function measure({ isQuick, resources, report }) {
  const timing = isQuick ? QUICK : FULL;
  const loads = {};
  let machine;
  for (const { key, workers, isPinned } of SIDES) {
    report(`starting a server: ${key}`);
    const settings = { WORKERS: String(workers) };
    const server = await startServer(resources, makeDataDir(resources), settings);
    const client = await connect(resources, server.databaseUrl);
    machine ??= await describeMachine(client, server.dataDir);
    loads[key] = await startLoads(resources, server, isPinned);
  }
  const comparisons = await measureSideBySide({ sides: loads, cases: CASES, ...timing, report });
  return formatCores({ machine, timing, sides: SIDES, comparisons });
}

/** The loads of a server, which also report the processor time of its processes and of PostgreSQL. */
async function startLoads(resources, server, isPinned) {
  const { graphqlUrl, demoToken: apiToken, pid, dataDir } = server;
  const postgresPid = Number(
    readFileSync(join(dataDir, "postgres", "postmaster.pid"), "utf8").split("\n")[0],
  );
  const script = new URL("charge-pockets.http.mjs", import.meta.url);
  const loads = new Map();
  for (const { clientCount } of CASES) {
    const options = { clientCount, graphqlUrl, apiToken, pocketGroupSlug: DEMO_GROUP_SLUG };
    loads.set(clientCount, await LoadProcess.start(resources, script, options));
  }
  if (isPinned) {
    const all = Array.from({ length: availableParallelism() }, (_, core) => core);
    const half = Math.floor(all.length / 2);
    keepOn(pid, all.slice(0, half));
    for (const { pid: other } of [{ pid: postgresPid }, ...loads.values()]) {
      keepOn(other, all.slice(half));
    }
  }
  const isChild = familyOf(pid).includes(postgresPid);
  const cpuMs = () => {
    const postgres = usageOf(postgresPid)?.cpuMs ?? NaN;
    const server = usageOf(pid)?.cpuMs ?? NaN;
    return { postgres, server: isChild ? server - postgres : server };
  };
  return {
    run: async ({ clientCount, ...round }) => {
      const before = cpuMs();
      const measured = await loads.get(clientCount).run(round);
      const after = cpuMs();
      return {
        ...measured,
        serverMs: after.server - before.server,
        postgresMs: after.postgres - before.postgres,
      };
    },
  };
}
