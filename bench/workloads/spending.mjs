// Debits, mixed charges and debits, and holds with their captures, compared with charges in the same rounds on the
// same server.
import { DEMO_GROUP_SLUG } from "../../dist/demo/demo.js";
import { connect } from "../support/database.mjs";
import { openConnections } from "../support/graphql-connections.mjs";
import { LoadProcess } from "../support/load-process.mjs";
import { describeMachine } from "../support/machine.mjs";
import { observe } from "../support/process-usage.mjs";
import { startServer } from "../support/server.mjs";
import { measureSideBySide } from "../support/side-by-side.mjs";
import { bodyOf, fillingCharges, requireSuccess } from "./spending.operations.mjs";
import { formatSpending } from "./spending.results.mjs";

const SIDES = ["charge", "debit", "mixed", "holdAndCapture"];
const CASES = [
  { name: "1 client", clientCount: 1, batchSize: 1 },
  { name: "64 clients, many pockets", clientCount: 64, batchSize: 1 },
  { name: "64 clients, one hot pocket", clientCount: 64, batchSize: 1, isHot: true },
  { name: "batches of 100, 8 clients", clientCount: 8, batchSize: 100 },
];
const FULL = { roundCount: 5, roundMs: 3_000, warmUpMs: 1_500 };
const QUICK = { roundCount: 1, roundMs: 300, warmUpMs: 200 };
const FILLED_AT_ONCE = 1_000;

/** @type {import("../run.mjs").Workload} */
export const spending = { name: "spending", measure };

async function measure({ isQuick, resources, report }) {
  report("starting a server");
  const { graphqlUrl, demoToken, databaseUrl, dataDir, pid } = await startServer(resources);
  const options = { graphqlUrl, apiToken: demoToken, pocketGroupSlug: DEMO_GROUP_SLUG };
  report("filling the pockets");
  await fill(options);

  const timing = isQuick ? QUICK : FULL;
  const script = new URL("spending.http.mjs", import.meta.url);
  const sides = {};
  for (const side of SIDES) {
    const load = await LoadProcess.start(resources, script, { side, ...options });
    sides[side] = observe(load, pid);
  }
  const comparisons = await measureSideBySide({ sides, cases: CASES, ...timing, report });
  const client = await connect(resources, databaseUrl);
  await verify(client);
  const machine = await describeMachine(client, dataDir);
  return formatSpending({ machine, timing, comparisons });
}

/** By requests, so that the database is as charges have made it. */
async function fill(options) {
  const post = openConnections({ clientCount: 1, ...options });
  const charges = fillingCharges();
  for (let from = 0; from < charges.length; from += FILLED_AT_ONCE) {
    const some = charges.slice(from, from + FILLED_AT_ONCE);
    requireSuccess(await post(0, bodyOf("charge", options.pocketGroupSlug, some)), some.length);
  }
}

/** Verifies that all balances are the sums of their entries, and that no hold is left. */
async function verify(client) {
  const { rows } = await client.query(
    `select p.phone_number from pockets p
     where p.balance <> (select sum(amount) from pocket_ledger l where l.pocket_group_id = p.pocket_group_id
                         and l.phone_number = p.phone_number)
        or p.held_amount <> (select coalesce(sum(amount - captured_amount), 0) from pocket_holds h
                             where h.pocket_group_id = p.pocket_group_id and h.phone_number = p.phone_number
                               and h.status = 'OPEN')`,
  );
  if (rows.length > 0) throw new Error(`${rows.length} pockets have a wrong balance.`);
}
