// Compares numbers of server processes: on all cores, and on some of them with PostgreSQL and the clients on the others.
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { keepOn } from "../support/affinity.mjs";
import { connect } from "../support/database.mjs";
import { describeMachine } from "../support/machine.mjs";
import { familyOf, usageOf } from "../support/process-usage.mjs";
import { makeDataDir, startServer } from "../support/server.mjs";
import { measureSideBySide } from "../support/side-by-side.mjs";
import { CASES, startLoads } from "./charge-pockets.loads.mjs";
import { formatCores } from "./cores.results.mjs";

const FULL = { roundCount: 5, roundMs: 3_000, warmUpMs: 30_000 };
const QUICK = { roundCount: 1, roundMs: 300, warmUpMs: 200 };

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
    loads[key] = await startObserved(resources, server, isPinned);
  }
  const comparisons = await measureSideBySide({ sides: loads, cases: CASES, ...timing, report });
  return formatCores({ machine, timing, sides: SIDES, comparisons });
}

/** The loads of a server, which also report the processor time of its processes and of PostgreSQL. */
async function startObserved(resources, server, isPinned) {
  const { pid, dataDir } = server;
  const postgresPid = Number(
    readFileSync(join(dataDir, "postgres", "postmaster.pid"), "utf8").split("\n")[0],
  );
  const loads = await startLoads(resources, server);
  if (isPinned) {
    const all = Array.from({ length: availableParallelism() }, (_, core) => core);
    const half = Math.floor(all.length / 2);
    keepOn(pid, all.slice(0, half));
    for (const other of [postgresPid, ...loads.pids]) keepOn(other, all.slice(half));
  }
  const isChild = familyOf(pid).includes(postgresPid);
  const cpuMs = () => {
    const postgres = usageOf(postgresPid)?.cpuMs ?? NaN;
    const server = usageOf(pid)?.cpuMs ?? NaN;
    return { postgres, server: isChild ? server - postgres : server };
  };
  return {
    run: async (round) => {
      const before = cpuMs();
      const measured = await loads.run(round);
      const after = cpuMs();
      return {
        ...measured,
        serverMs: after.server - before.server,
        postgresMs: after.postgres - before.postgres,
      };
    },
  };
}
