// The cost of ten million charges compared with ten thousand: two servers with their own databases, measured
// alternately.
import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "../support/database.mjs";
import { LoadProcess } from "../support/load-process.mjs";
import { describeMachine } from "../support/machine.mjs";
import { startServer } from "../support/server.mjs";
import { measureSideBySide } from "../support/side-by-side.mjs";
import { fillCharges, pocketsOfDemoGroup } from "./charges.fill.mjs";
import { GROWTH_CASES, readVariables } from "./growth.queries.mjs";
import { formatGrowth } from "./growth.results.mjs";

const CLIENT_COUNT = 8;
const POLL_MS = 500;
const FULL = { roundCount: 5, roundMs: 3_000, warmUpMs: 3_000, small: 10_000, large: 10_000_000 };
const QUICK = { roundCount: 2, roundMs: 300, warmUpMs: 300, small: 10_000, large: 100_000 };

/** @type {import("../run.mjs").Workload} */
export const growth = { name: "growth", isLong: true, measure };

async function measure({ isQuick, resources, report }) {
  const timing = isQuick ? QUICK : FULL;
  const small = await startFilled(resources, timing.small, report);
  const large = await startFilled(resources, timing.large, report);
  const comparisons = await measureSideBySide({
    sides: { small: small.load, large: large.load },
    cases: GROWTH_CASES,
    ...timing,
    report,
  });
  const machine = await describeMachine(large.client, large.dataDir);
  const { rows } = await large.client.query(
    "select pg_size_pretty(pg_database_size(current_database())) as size",
  );
  return formatGrowth({
    machine,
    clientCount: CLIENT_COUNT,
    timing,
    comparisons,
    fillMs: large.fillMs,
    size: rows[0].size,
  });
}

/** A server rolls up new charges every two seconds, and takes longer only for so many at once. */
async function untilRolledUp(client) {
  for (;;) {
    const { rows } = await client.query(
      `select from pocket_ledger
       where position >= coalesce((select position from pocket_ledger_rollup_progress), 0) limit 1`,
    );
    if (rows.length === 0) return;
    await sleep(POLL_MS);
  }
}

async function startFilled(resources, chargeCount, report) {
  const { graphqlUrl, demoToken, databaseUrl, dataDir } = await startServer(resources);
  const client = await connect(resources, databaseUrl);
  report(`filling ${chargeCount.toLocaleString("en-US")} charges by COPY`);
  const startedAt = performance.now();
  await fillCharges(client, chargeCount);
  const fillMs = performance.now() - startedAt;
  report("waiting until the server has rolled up all charges");
  await untilRolledUp(client);
  const load = await LoadProcess.start(resources, new URL("growth.http.mjs", import.meta.url), {
    clientCount: CLIENT_COUNT,
    graphqlUrl,
    apiToken: demoToken,
    variables: await readVariables(client),
    pocketCount: pocketsOfDemoGroup(chargeCount),
  });
  return { client, dataDir, load, fillMs };
}
