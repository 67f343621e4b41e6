// Compares charging with the chosen settings and alternatives: a server with its own database for each, charged
// alternately.
import { connect } from "../support/database.mjs";
import { describeMachine } from "../support/machine.mjs";
import { makeDataDir, startServer } from "../support/server.mjs";
import { measureSideBySide } from "../support/side-by-side.mjs";
import { CASES, startLoads } from "./charge-pockets.loads.mjs";
import { formatChoices } from "./choices.results.mjs";

const FULL = { roundCount: 7, roundMs: 2_500, warmUpMs: 2_500 };
const QUICK = { roundCount: 2, roundMs: 300, warmUpMs: 300 };

/** The indexes on charges that only lists need. */
const LIST_INDEXES = [
  "pocket_ledger_pocket_group_id_created_at_id_idx",
  "pocket_ledger_pocket_group_id_merchant_id_created_at_id_idx",
  "pocket_ledger_pocket_group_id_phone_number_created_at_id_idx",
];

const fillFactor = (percent) => [`alter table pockets set (fillfactor = ${percent})`];

/** @type {Record<string, { label: string, statements?: string[], settings?: object }>} */
const SIDES = {
  chosen: { label: "chosen settings: fill factor 80, all indexes, 10 connections" },
  full: { label: "pockets with fill factor 100", statements: fillFactor(100) },
  half: { label: "pockets with fill factor 60", statements: fillFactor(60) },
  noLists: {
    label: "without the indexes for lists of charges",
    statements: LIST_INDEXES.map((name) => `drop index ${name}`),
  },
  fewConnections: { label: "4 connections", settings: { DATABASE_POOL_SIZE: "4" } },
  manyConnections: { label: "20 connections", settings: { DATABASE_POOL_SIZE: "20" } },
};

/** @type {import("../run.mjs").Workload} */
export const choices = { name: "choices", isLong: true, measure };

async function measure({ isQuick, resources, report }) {
  const timing = isQuick ? QUICK : FULL;
  const sides = {};
  const clients = {};
  let machine;
  for (const [key, { label, statements = [], settings }] of Object.entries(SIDES)) {
    report(`starting a server: ${label}`);
    const server = await startServer(resources, makeDataDir(resources), settings);
    const client = await connect(resources, server.databaseUrl);
    await prepare(client, statements);
    sides[key] = await startLoads(resources, server);
    clients[key] = client;
    machine ??= await describeMachine(client, server.dataDir);
  }
  const comparisons = await measureSideBySide({
    sides,
    cases: CASES,
    ...timing,
    report,
  });
  const updates = {};
  for (const [key, client] of Object.entries(clients)) updates[key] = await readUpdates(client);
  return formatChoices({ machine, timing, sides: SIDES, comparisons, updates });
}

async function prepare(client, statements) {
  for (const statement of statements) await client.query(statement);
}

/** The share of pocket updates without new index entries, and the current size of the pockets. */
async function readUpdates(client) {
  await client.query("select pg_stat_force_next_flush()");
  const { rows } = await client.query(
    `select n_tup_hot_upd::float8 / nullif(n_tup_upd, 0) as "hotShare",
            pg_table_size('pockets')::float8 as "tableBytes"
     from pg_stat_user_tables where relname = 'pockets'`,
  );
  return rows[0];
}
