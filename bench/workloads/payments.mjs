// Writes and reads of payment charges through HTTP and GraphQL, compared with node-pg with the same statements
// on the same PostgreSQL.
import { captureStatements } from "../support/capture.mjs";
import { connect } from "../support/database.mjs";
import { LoadProcess } from "../support/load-process.mjs";
import { describeMachine } from "../support/machine.mjs";
import { startServer } from "../support/server.mjs";
import { measureSideBySide } from "../support/side-by-side.mjs";
import { fillPayments, findOrders } from "./payments.fill.mjs";
import { makeMerchant } from "./payments.merchant.mjs";
import { countRecords, verifyCounts } from "./payments.verify.mjs";
import { readCases, writeCases } from "./payments.queries.mjs";
import { formatPayments } from "./payments.results.mjs";
import { variablesOf } from "./payments.variables.mjs";

const CLIENT_COUNT = 8;
const FULL = { roundCount: 3, roundMs: 2_000, warmUpMs: 1_000, chargeCount: 200_000 };
const QUICK = { roundCount: 1, roundMs: 300, warmUpMs: 200, chargeCount: 5_000 };
/** More than either side can do. */
const UPDATES_PER_SECOND = 8_000;

/** @type {import("../run.mjs").Workload} */
export const payments = { name: "payments", measure };

async function measure({ isQuick, resources, report }) {
  const timing = isQuick ? QUICK : FULL;
  report("starting a server");
  const server = await startServer(resources);
  const client = await connect(resources, server.databaseUrl);
  const { apiToken, ...owner } = await makeMerchant(client);
  const supplies = await fill(client, owner, timing, report);

  const { graphqlUrl, databaseUrl, poolSize } = server;
  const options = { clientCount: CLIENT_COUNT, graphqlUrl, apiToken, databaseUrl, poolSize };
  /** Records the statements of the cases, and measures them with two scripts. */
  const compare = async (subject, queries, http, nodePg) => {
    const start = ({ script, ...more }) =>
      LoadProcess.start(resources, new URL(script, import.meta.url), { ...options, ...more });
    return measureSideBySide({
      sides: { http: await start(http), nodePg: await start(nodePg) },
      cases: await captureStatements(resources, { databaseUrl, apiToken }, queries),
      ...timing,
      report: (line) => report(`${subject}, ${line}`),
    });
  };
  const reads = await compare(
    "reads",
    await readCases(client, owner),
    { script: "reads.http.mjs" },
    { script: "reads.node-pg.mjs" },
  );
  const before = await countRecords(client, owner);
  const writes = await compare(
    "writes",
    writeCases(variablesOf(supplies.sample)),
    { script: "payments.http.mjs", supply: supplies.http },
    { script: "payments.node-pg.mjs", supply: supplies.nodePg, owner },
  );
  verifyCounts(before, await countRecords(client, owner), writes);

  const machine = await describeMachine(client, server.dataDir);
  const comparisons = [...writes, ...reads];
  return formatPayments({ machine, clientCount: CLIENT_COUNT, timing, comparisons });
}

/** @returns the records that each side writes to, and those of the sample whose statements are recorded. */
async function fill(client, owner, { chargeCount, warmUpMs, roundCount, roundMs }, report) {
  const updateCount = (UPDATES_PER_SECOND * (warmUpMs + roundCount * roundMs)) / 1_000;
  report(`creating ${chargeCount} payment charges, and ${2 * updateCount} to be updated`);
  const size = { chargeCount, updateCount: 2 * updateCount + 1 };
  const toUpdate = await fillPayments(client, owner, size);
  const orders = await findOrders(client, owner);
  const supply = (count) => ({ orders, toUpdate: toUpdate.splice(0, count) });
  return { sample: supply(1), http: supply(updateCount), nodePg: supply(updateCount) };
}
