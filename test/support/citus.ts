import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { distribute } from "../../src/citus/distribute.js";
import { migrate } from "../../src/database/migrations/migrate.js";
import { databaseUrl } from "./global-setup.js";

declare module "vitest" {
  interface ProvidedContext {
    /** The URLs of a Citus cluster's nodes, the coordinator first. Empty if PostgreSQL is not distributed. */
    citusNodes: string[];
  }
}

/** Few, because each shard is a table in every database, and every database is cloned. */
const SHARDS = 4;

/** A prefix that all database names of this run have, and no others. */
const run = `test_${randomBytes(4).toString("hex")}`;

export const DISTRIBUTED_TEMPLATE = `${run}_template`;

/** Creates a migrated and distributed template database on the cluster of CITUS_URL. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const coordinator = process.env["CITUS_URL"] ?? "";
  const nodes = await findNodes(coordinator);
  const template = nodes.map((node) => databaseUrl(node, DISTRIBUTED_TEMPLATE));
  await onAll(nodes, `create database ${DISTRIBUTED_TEMPLATE}`);
  await onAll(template, "create extension citus");
  await join(template);
  const [url = ""] = template;
  await migrate(url);
  await distribute(url, { shards: SHARDS, report: () => undefined });
  await onAll(nodes, `alter database ${DISTRIBUTED_TEMPLATE} allow_connections false`);
  await onAll(nodes, END_CONNECTIONS, [DISTRIBUTED_TEMPLATE]);

  project.provide("postgresUrl", coordinator);
  project.provide("citusNodes", nodes);
  project.provide("databasePrefix", run);
  project.provide("templateDatabase", DISTRIBUTED_TEMPLATE);
  const folder = await mkdtemp(`${tmpdir()}/pocketcharge-test-`);
  project.provide("runFolder", folder);
  return async () => {
    await rm(folder, { recursive: true });
    await Promise.all(nodes.map(dropDatabases));
  };
}

const END_CONNECTIONS =
  "select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = $1";

async function findNodes(coordinator: string): Promise<string[]> {
  const rows = await query<{ host: string; port: number }>(
    coordinator,
    `select nodename as host, nodeport as port from pg_dist_node
     where isactive and noderole = 'primary' and groupid > 0 order by nodeid`,
  );
  if (rows.length === 0) throw new Error("The cluster of CITUS_URL has no workers.");
  const workers = rows.map(({ host, port }) => {
    const url = new URL(coordinator);
    url.hostname = host;
    url.port = String(port);
    return url.href;
  });
  return [coordinator, ...workers];
}

async function join([coordinator = "", ...workers]: readonly string[]): Promise<void> {
  const { hostname, port } = new URL(coordinator);
  await query(coordinator, "select citus_set_coordinator_host($1, $2)", [hostname, port || 5432]);
  for (const worker of workers) {
    const { hostname: host, port: at } = new URL(worker);
    await query(coordinator, "select citus_add_node($1, $2)", [host, at || 5432]);
  }
}

/** Clones the database on every node. The clones form a cluster again, because each holds its node's part. */
export async function cloneOnAll(nodes: readonly string[], name: string, source: string) {
  await onAll(nodes, `create database ${name} template ${source}`);
  // Tests use their own triggers to make writes fail.
  await onAll(nodes, `alter database ${name} set citus.enable_unsafe_triggers = on`);
}

async function dropDatabases(node: string): Promise<void> {
  const names = await query<{ name: string }>(
    node,
    "select datname as name from pg_database where starts_with(datname, $1)",
    [run],
  );
  for (const { name } of names) await query(node, `drop database ${name} with (force)`);
}

async function onAll(urls: readonly string[], text: string, values?: unknown[]): Promise<void> {
  await Promise.all(urls.map((url) => query(url, text, values)));
}

async function query<Row extends pg.QueryResultRow>(
  url: string,
  text: string,
  values?: unknown[],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(text, values)).rows;
  } finally {
    await client.end();
  }
}
