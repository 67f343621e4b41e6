// The effect of each setting of the embedded PostgreSQL: the first minute of charges and lists on a new database
// with all settings, and with PostgreSQL's default for each in turn. Counts only what does not depend on other
// work on the machine: bytes, pages, checkpoints, processor time.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { LEDGER_SETTINGS } from "../../dist/embedded-postgres/create-cluster.js";
import { DEMO_GROUP_SLUG } from "../../dist/demo/demo.js";
import { connect } from "../support/database.mjs";
import { LoadProcess } from "../support/load-process.mjs";
import { describeMachine } from "../support/machine.mjs";
import { usageOf } from "../support/process-usage.mjs";
import { Resources } from "../support/resources.mjs";
import { makeDataDir, startServer } from "../support/server.mjs";
import { formatSettings } from "./settings.results.mjs";

const FULL = { durationMs: 60_000 };
const QUICK = { durationMs: 2_000 };
const BATCH_SIZE = 100;
const CLIENTS = { singles: 16, batches: 8, lists: 2 };

/** The settings of autovacuum are measured together. */
const isOfAutovacuum = (name) => name.startsWith("autovacuum_");

/** @type {import("../run.mjs").Workload} */
export const settings = { name: "settings", isLong: true, measure };

async function measure({ isQuick, resources, report }) {
  const single = Object.keys(LEDGER_SETTINGS).filter((name) => !isOfAutovacuum(name));
  const together = Object.keys(LEDGER_SETTINGS).filter(isOfAutovacuum);
  const sides = [[], ...single.map((name) => [name]), together];
  const rows = [];
  let machine;
  for (const left of sides) {
    const label = labelOf(left);
    report(label);
    const side = resources.open(
      () => new Resources(),
      (opened) => opened.close(),
    );
    const dataDir = makeDataDir(side);
    await withOwnValues(dataDir, left);
    const server = await startServer(side, dataDir);
    const client = await connect(side, server.databaseUrl);
    machine ??= await describeMachine(client, dataDir);
    rows.push({ label, ...(await charge(side, server, client, isQuick ? QUICK : FULL)) });
    await side.close();
  }
  return formatSettings({ machine, clients: CLIENTS, batchSize: BATCH_SIZE, rows });
}

function labelOf(left) {
  if (left.length === 0) return "chosen settings";
  return `PostgreSQL's default ${left.length === 1 ? left[0] : "autovacuum"}`;
}

/** Creates the database, resets the settings, and stops, because some take effect only at a start. */
async function withOwnValues(dataDir, names) {
  const first = new Resources();
  try {
    const client = await connect(first, (await startServer(first, dataDir)).databaseUrl);
    for (const name of names) {
      const { rows } = await client.query("select boot_val from pg_settings where name = $1", [
        name,
      ]);
      // A value without a unit is in the unit of the setting.
      await client.query(`alter system set ${name} to '${rows[0].boot_val}'`);
    }
  } finally {
    await first.close();
  }
}

async function charge(resources, server, client, timing) {
  const { graphqlUrl, demoToken: apiToken, dataDir } = server;
  const script = new URL("first-minutes.http.mjs", import.meta.url);
  const options = { clients: CLIENTS, batchSize: BATCH_SIZE, graphqlUrl, apiToken };
  const load = await LoadProcess.start(resources, script, {
    ...options,
    pocketGroupSlug: DEMO_GROUP_SLUG,
  });
  const [postmaster] = (await readFile(join(dataDir, "postgres", "postmaster.pid"), "utf8")).split(
    "\n",
  );
  const before = { ...(await readCounts(client)), cpuMs: usageOf(Number(postmaster))?.cpuMs };
  const { lists } = await load.run(timing);
  const after = { ...(await readCounts(client)), cpuMs: usageOf(Number(postmaster))?.cpuMs };
  const growth = Object.fromEntries(
    Object.entries(after).map(([name, value]) => [name, value - before[name]]),
  );
  return { ...growth, lists: lists.reduce((sum, count) => sum + count, 0) };
}

async function readCounts(client) {
  await client.query("select pg_stat_force_next_flush()");
  const { rows } = await client.query(
    `select (select count(*) from pocket_ledger where kind = 'CHARGE')::float8 as charges,
            (select wal_bytes from pg_stat_wal)::float8 as "walBytes",
            (select wal_fpi from pg_stat_wal)::float8 as "wholePages",
            (select num_timed + num_requested from pg_stat_checkpointer)::float8 as checkpoints,
            (select sum(reads) from pg_stat_io where object = 'relation' and context = 'normal'
              and backend_type = 'client backend')::float8 as "pageReads",
            (select sum(writes) from pg_stat_io where object = 'relation'
              and backend_type = 'client backend')::float8 as "pageWrites"`,
  );
  return rows[0];
}
