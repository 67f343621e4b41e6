// Verifies that the server's memory stays constant during ten minutes of charges, batches and reads.
import { DEMO_GROUP_SLUG } from "../../dist/demo/demo.js";
import { connect } from "../support/database.mjs";
import { LoadProcess } from "../support/load-process.mjs";
import { describeMachine } from "../support/machine.mjs";
import { usageOf } from "../support/process-usage.mjs";
import { startServer } from "../support/server.mjs";
import { fillCharges } from "./charges.fill.mjs";
import { readCases } from "./reads.queries.mjs";
import { formatSoak } from "./soak.results.mjs";

const CHARGE_COUNT = 100_000;
const FULL = { roundCount: 60, roundMs: 10_000, singleClients: 64, batchClients: 4 };
const QUICK = { roundCount: 5, roundMs: 1_000, singleClients: 64, batchClients: 4 };
const BATCH_SIZE = 100;

/** @type {import("../run.mjs").Workload} */
export const soak = { name: "soak", isLong: true, measure };

async function measure({ isQuick, resources, report }) {
  const timing = isQuick ? QUICK : FULL;
  const server = await startServer(resources);
  const client = await connect(resources, server.databaseUrl);
  report(`creating ${CHARGE_COUNT} charges`);
  await fillCharges(client, CHARGE_COUNT);
  const loads = await startLoads(resources, server, timing);
  const reads = (await readCases(client, CHARGE_COUNT)).filter(({ isHeavy }) => !isHeavy);

  const rounds = [];
  for (let number = 0; number < timing.roundCount; number++) {
    const round = { durationMs: timing.roundMs, expectedCount: 0 };
    const [singles, batches, read] = await Promise.all([
      loads.singles.run({ ...round, batchSize: 1 }),
      loads.batches.run({ ...round, batchSize: BATCH_SIZE }),
      loads.reads.run({ ...round, ...reads[number % reads.length] }),
    ]);
    const charges = singles.requestCount + batches.requestCount * BATCH_SIZE;
    const usage = usageOf(server.pid);
    rounds.push({ elapsedMs: singles.elapsedMs, charges, reads: read.requestCount, usage });
    report(`round ${number + 1} of ${timing.roundCount}: ${usage?.residentBytes} bytes`);
  }
  return formatSoak({ machine: await describeMachine(client, server.dataDir), timing, rounds });
}

async function startLoads(resources, { graphqlUrl, demoToken }, { singleClients, batchClients }) {
  const server = { graphqlUrl, apiToken: demoToken, pocketGroupSlug: DEMO_GROUP_SLUG };
  const start = (script, clientCount) =>
    LoadProcess.start(resources, new URL(script, import.meta.url), { ...server, clientCount });
  return {
    singles: await start("charge-pockets.http.mjs", singleClients),
    batches: await start("charge-pockets.http.mjs", batchClients),
    reads: await start("reads.http.mjs", 4),
  };
}
