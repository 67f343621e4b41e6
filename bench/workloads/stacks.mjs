// The server beside what else it could have been built with, on the same PostgreSQL and records: the
// stacks in bench/peers, the server without gathering, and the limits of its two layers.
import { readFile } from "node:fs/promises";
import { captureStatements } from "../support/capture.mjs";
import { connect } from "../support/database.mjs";
import { LoadProcess } from "../support/load-process.mjs";
import { describeMachine } from "../support/machine.mjs";
import { installPeers, startPeer } from "../support/peers.mjs";
import { observe, usageOf } from "../support/process-usage.mjs";
import { startFurtherServer, startServer } from "../support/server.mjs";
import { measureSideBySide } from "../support/side-by-side.mjs";
import { CASES, SIDES } from "./stacks.cases.mjs";
import { fillStacks } from "./stacks.fill.mjs";
import { operationsOf } from "./stacks.operations.mjs";
import { proveCharges, proveServers } from "./stacks.proof.mjs";
import { formatStacks } from "./stacks.results.mjs";

const FULL = { roundCount: 5, roundMs: 1_200, warmUpMs: 1_200 };
const QUICK = { roundCount: 2, roundMs: 250, warmUpMs: 250 };
const POSTGRAPHILE_TABLES = new URL("../peers/postgraphile/tables.sql", import.meta.url);

/** @type {import("../run.mjs").Workload} */
export const stacks = { name: "stacks", measure };

async function measure({ isQuick, resources, report }) {
  await installPeers(resources, report);
  report("starting a server");
  const server = await startServer(resources);
  const client = await connect(resources, server.databaseUrl);
  report("making pockets and charges");
  const records = await fillStacks(client);
  await client.query(await readFile(POSTGRAPHILE_TABLES, "utf8"));

  report("starting the others");
  const servers = await startServers(resources, server);
  report("proving that all do the same");
  const { layer, ...complete } = servers;
  const made = await proveServers(complete, server.demoToken, records);

  const timing = isQuick ? QUICK : FULL;
  const comparisons = await measureSideBySide({
    sides: await startLoads(resources, server, { layer, ...complete }, records),
    cases: Object.values(CASES),
    ...timing,
    // What autovacuum does after a minute: the plans of an empty table are no plans to measure.
    afterWarmUp: () => client.query("analyze pockets, pocket_charges"),
    report,
  });
  report("proving what was written");
  const provenCount = await proveCharges(client, comparisons, made);
  const peakBytes = usageOf(server.pid)?.peakBytes ?? null;
  const machine = await describeMachine(client, server.dataDir);
  return formatStacks({ machine, timing, comparisons, peakBytes, provenCount });
}

async function startServers(resources, server) {
  return {
    pocketcharge: server,
    ungathered: await startFurtherServer(resources, server, { GATHER_CHARGES: "false" }),
    plain: await startPeer(resources, "plain", server),
    mercurius: await startPeer(resources, "mercurius", server),
    postgraphile: await startPeer(resources, "postgraphile", server),
    layer: await startPeer(resources, "layer", server),
  };
}

async function startLoads(resources, server, servers, records) {
  const { databaseUrl, poolSize, demoToken: apiToken } = server;
  const start = (script, options) =>
    LoadProcess.start(resources, new URL(script, import.meta.url), { records, ...options });
  const loads = {};
  for (const [side, { graphqlUrl, pid }] of Object.entries(servers)) {
    const { digit } = SIDES[side];
    const load = await start("stacks.http.mjs", { side, digit, graphqlUrl, apiToken });
    loads[side] = observe(load, pid);
  }
  const { digit } = SIDES.nodePg;
  const statements = await captureReads(resources, server, records);
  const load = await start("stacks.node-pg.mjs", { digit, databaseUrl, poolSize, statements });
  loads.nodePg = observe(load, load.pid);
  return loads;
}

/** Each read is sent twice: what the server asks for once only, such as the id of a slug, is left out. */
async function captureReads(resources, { databaseUrl, demoToken: apiToken }, records) {
  const { trace, list } = operationsOf("pocketcharge", records);
  const twice = [trace(), trace(), list(), list()];
  const captured = await captureStatements(resources, { databaseUrl, apiToken }, twice);
  return { trace: captured[1].statements, list: captured[3].statements };
}
