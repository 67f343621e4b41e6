// Charges per second through HTTP and GraphQL, compared with node-pg with the same SQL in the same
// transactions on the same PostgreSQL.
import { DEMO_GROUP_SLUG } from "../../dist/demo/demo.js";
import { connect } from "../support/database.mjs";
import { LoadProcess } from "../support/load-process.mjs";
import { describeMachine } from "../support/machine.mjs";
import { startServer } from "../support/server.mjs";
import { measureSideBySide } from "../support/side-by-side.mjs";
import { formatResults } from "./charge-pockets.results.mjs";

const CASES = [{ batchSize: 1 }, { batchSize: 10 }, { batchSize: 100 }, { batchSize: 1_000 }];
const CLIENT_COUNT = 8;
const FULL = { roundCount: 5, roundMs: 3_000, warmUpMs: 1_500 };
const QUICK = { roundCount: 1, roundMs: 500, warmUpMs: 200 };

/** @type {import("../run.mjs").Workload} */
export const chargePockets = { name: "charges", measure };

async function measure({ isQuick, resources, report }) {
  report("starting a server");
  const server = await startServer(resources);
  const client = await connect(resources, server.databaseUrl);
  const owner = await findDemo(client);
  const before = await countCharges(client);

  const timing = isQuick ? QUICK : FULL;
  const comparisons = await measureSideBySide({
    sides: await startSides(resources, server, owner),
    cases: CASES,
    ...timing,
    report,
  });
  await verifyCount(client, comparisons, before.count);
  const machine = await describeMachine(client, server.dataDir);
  return formatResults({ machine, clientCount: CLIENT_COUNT, timing, comparisons });
}

async function startSides(resources, { graphqlUrl, demoToken, databaseUrl, poolSize }, owner) {
  const script = (name) => new URL(name, import.meta.url);
  return {
    http: await LoadProcess.start(resources, script("charge-pockets.http.mjs"), {
      clientCount: CLIENT_COUNT,
      graphqlUrl,
      apiToken: demoToken,
      pocketGroupSlug: DEMO_GROUP_SLUG,
    }),
    nodePg: await LoadProcess.start(resources, script("charge-pockets.node-pg.mjs"), {
      clientCount: CLIENT_COUNT,
      databaseUrl,
      poolSize,
      ...owner,
    }),
  };
}

async function findDemo(client) {
  const { rows } = await client.query(
    `select g.id as "pocketGroupId", m.merchant_id as "merchantId"
     from pocket_groups g join pocket_group_grants m on m.pocket_group_id = g.id
     where g.slug = $1`,
    [DEMO_GROUP_SLUG],
  );
  return rows[0];
}

/** Verifies that every counted charge is in the database exactly once, and that all balances are correct. */
async function verifyCount(client, comparisons, countBefore) {
  const counted = comparisons
    .flatMap(({ subject, warmUp, rounds }) =>
      [warmUp, ...rounds].flatMap(({ http, nodePg }) => [
        http.requestCount * subject.batchSize,
        nodePg.requestCount * subject.batchSize,
      ]),
    )
    .reduce((sum, count) => sum + count, 0);
  const { count, balancesMatch } = await countCharges(client);
  const made = count - countBefore;
  if (made !== counted || !balancesMatch) {
    const balances = balancesMatch ? "match" : "do not match";
    throw new Error(
      `${counted} charges were counted, but the database has ${made}; balances ${balances}.`,
    );
  }
}

async function countCharges(client) {
  const { rows } = await client.query(
    `select count(*) filter (where kind = 'CHARGE')::float8 as count,
            sum(amount) = (select sum(balance) from pockets) as "balancesMatch"
     from pocket_ledger`,
  );
  return rows[0];
}
