// The server compared with alternative stacks on the same PostgreSQL and records: the stacks in bench/peers, the
// server without batching, and the upper limits of its two layers.
import { readFile } from "node:fs/promises";
import { captureStatements } from "../support/capture.mjs";
import { connect } from "../support/database.mjs";
import { LoadProcess } from "../support/load-process.mjs";
import { describeMachine } from "../support/machine.mjs";
import { installPeers, startPeer } from "../support/peers.mjs";
import { resetPeak, observe, usageOf } from "../support/process-usage.mjs";
import { startAnotherServer, startServer } from "../support/server.mjs";
import { measureSideBySide } from "../support/side-by-side.mjs";
import { CASES, SIDES } from "./stacks.cases.mjs";
import { fillStacks } from "./stacks.fill.mjs";
import { operationsOf } from "./stacks.operations.mjs";
import { verifyCharges, verifyServers } from "./stacks.verify.mjs";
import { formatStacks } from "./stacks.results.mjs";

const FULL = { roundCount: 5, roundMs: 2_000, warmUpMs: 2_000 };
const QUICK = { roundCount: 1, roundMs: 200, warmUpMs: 100 };
/** The names of their folders in bench/peers and of their sides. */
const PEERS = ["plain", "yoga", "mercurius", "postgraphile", "layer"];
const POSTGRAPHILE_TABLES = new URL("../peers/postgraphile/tables.sql", import.meta.url);

/** @type {import("../run.mjs").Workload} */
export const stacks = { name: "stacks", measure };

async function measure({ isQuick, resources, report }) {
  await installPeers(resources, report);
  report("starting a server");
  const server = await startServer(resources);
  const client = await connect(resources, server.databaseUrl);
  report("creating charges");
  const records = await fillStacks(client, server);
  await client.query(await readFile(POSTGRAPHILE_TABLES, "utf8"));

  report("starting the others");
  const servers = await startServers(resources, server);
  report("verifying that all servers do the same");
  const made = await verifyServers(servers, server.demoToken, records);

  const timing = isQuick ? QUICK : FULL;
  const comparisons = await measureSideBySide({
    sides: await startLoads(resources, server, servers, records),
    cases: Object.values(CASES),
    ...timing,
    afterWarmUp: () => resetPeak(server.pid),
    report,
  });
  report("verifying the written records");
  const verifiedCount = await verifyCharges(client, comparisons, made);
  const peakBytes = usageOf(server.pid)?.peakBytes ?? null;
  const machine = await describeMachine(client, server.dataDir);
  return formatStacks({ machine, timing, comparisons, peakBytes, verifiedCount });
}

async function startServers(resources, server) {
  const [unbatched, ...peers] = await Promise.all([
    startAnotherServer(resources, server, { BATCH_CHARGES: "false" }),
    ...PEERS.map((name) => startPeer(resources, name, server)),
  ]);
  const byName = Object.fromEntries(PEERS.map((name, at) => [name, peers[at]]));
  return { pocketcharge: server, unbatched, ...byName };
}

async function startLoads(resources, server, servers, records) {
  const { databaseUrl, poolSize, demoToken: apiToken } = server;
  const statements = await captureReads(resources, server, records);
  const start = async (side, script, options, pid) => {
    const common = { side, digit: SIDES[side].digit, records };
    const url = new URL(script, import.meta.url);
    const load = await LoadProcess.start(resources, url, { ...common, ...options });
    return [side, observe(load, pid ?? load.pid)];
  };
  const loads = await Promise.all([
    ...Object.entries(servers).map(([side, { graphqlUrl, pid }]) =>
      start(side, "stacks.http.mjs", { graphqlUrl, apiToken }, pid),
    ),
    start("nodePg", "stacks.node-pg.mjs", { databaseUrl, poolSize, statements }),
  ]);
  return Object.fromEntries(loads);
}

/** Sends each read twice, to leave out statements that the server sends only once, such as for a slug's id. */
async function captureReads(resources, { databaseUrl, demoToken: apiToken }, records) {
  const { trace, list } = operationsOf("pocketcharge", records);
  const twice = [trace(), trace(), list(), list()];
  const captured = await captureStatements(resources, { databaseUrl, apiToken }, twice);
  return { trace: captured[1].statements, list: captured[3].statements };
}
