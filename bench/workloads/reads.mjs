// Reads per second through HTTP and GraphQL, compared with node-pg with the same statements on the same
// PostgreSQL.
import { captureStatements } from "../support/capture.mjs";
import { connect } from "../support/database.mjs";
import { LoadProcess } from "../support/load-process.mjs";
import { describeMachine } from "../support/machine.mjs";
import { startServer } from "../support/server.mjs";
import { measureSideBySide } from "../support/side-by-side.mjs";
import { fillCharges } from "./charges.fill.mjs";
import { readCases } from "./reads.queries.mjs";
import { formatReads } from "./reads.results.mjs";

const CLIENT_COUNT = 8;
const FULL = { roundCount: 3, roundMs: 2_000, warmUpMs: 1_000, chargeCount: 1_000_000 };
const QUICK = { roundCount: 1, roundMs: 300, warmUpMs: 200, chargeCount: 5_000 };

/** @type {import("../run.mjs").Workload} */
export const reads = { name: "reads", measure };

async function measure({ isQuick, resources, report }) {
  const timing = isQuick ? QUICK : FULL;
  report("starting a server");
  const server = await startServer(resources);
  const client = await connect(resources, server.databaseUrl);
  report(`creating ${timing.chargeCount} charges`);
  await fillCharges(client, timing.chargeCount);

  report("recording the server's statements");
  const queries = await readCases(client, timing.chargeCount);
  const { graphqlUrl, databaseUrl, poolSize, demoToken: apiToken } = server;
  const cases = await captureStatements(resources, { databaseUrl, apiToken }, queries);
  const options = { clientCount: CLIENT_COUNT, graphqlUrl, apiToken, databaseUrl, poolSize };
  const script = (name) => new URL(name, import.meta.url);
  const comparisons = await measureSideBySide({
    sides: {
      http: await LoadProcess.start(resources, script("reads.http.mjs"), options),
      nodePg: await LoadProcess.start(resources, script("reads.node-pg.mjs"), options),
    },
    cases,
    ...timing,
    report,
  });
  const machine = await describeMachine(client, server.dataDir);
  return formatReads({ machine, clientCount: CLIENT_COUNT, timing, comparisons });
}
