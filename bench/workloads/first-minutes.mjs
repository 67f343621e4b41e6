// The first minutes of a new server: the rate in each second on an empty database, without preparation.
import { DEMO_GROUP_SLUG } from "../../dist/demo/demo.js";
import { connect } from "../support/database.mjs";
import { LoadProcess } from "../support/load-process.mjs";
import { describeMachine } from "../support/machine.mjs";
import { startServer } from "../support/server.mjs";
import { formatFirstMinutes } from "./first-minutes.results.mjs";

const FULL = { durationMs: 180_000 };
const QUICK = { durationMs: 12_000 };
const BATCH_SIZE = 100;
const CLIENTS = { singles: 64, batches: 8, lists: 2 };

/** @type {import("../run.mjs").Workload} */
export const firstMinutes = { name: "first-minutes", measure };

async function measure({ isQuick, resources, report }) {
  const timing = isQuick ? QUICK : FULL;
  report("starting a server on an empty database");
  const { graphqlUrl, demoToken, databaseUrl, dataDir } = await startServer(resources);
  const load = await LoadProcess.start(
    resources,
    new URL("first-minutes.http.mjs", import.meta.url),
    {
      clients: CLIENTS,
      batchSize: BATCH_SIZE,
      graphqlUrl,
      apiToken: demoToken,
      pocketGroupSlug: DEMO_GROUP_SLUG,
    },
  );
  report(`charging for ${timing.durationMs / 1_000} s`);
  const counts = await load.run(timing);
  const client = await connect(resources, databaseUrl);
  await verify(client, counts);
  const machine = await describeMachine(client, dataDir);
  return formatFirstMinutes({ machine, clients: CLIENTS, batchSize: BATCH_SIZE, counts });
}

/** Verifies the charges. Those whose responses came after the end are made but not counted. */
async function verify(client, { singles, batches }) {
  const counted = [...singles, ...batches].reduce((sum, count) => sum + count, 0);
  const { rows } = await client.query(
    `select count(*) filter (where kind = 'CHARGE')::float8 as made, sum(amount) = (select sum(balance) from pockets) as "balancesMatch"
     from pocket_ledger`,
  );
  const [{ made, balancesMatch }] = rows;
  if (made < counted || !balancesMatch) {
    throw new Error(
      `${counted} charges were counted, but the database has ${made}; balances match: ${balancesMatch}.`,
    );
  }
}
