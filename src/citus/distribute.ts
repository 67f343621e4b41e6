import pg from "pg";
import { connectionTo } from "../database/database.js";
import { MIGRATION_LOCK } from "../database/migrations/migrate.js";

/** The reason why a database cannot be distributed, and what to do about it. */
export class DistributionError extends Error {
  override readonly name = "DistributionError";
}

/** The placement of a table on a Citus cluster: copied to every node, or sharded and colocated with others. */
interface Placement {
  readonly table: string;
  /** The distribution column; null for a copy on every node. */
  readonly column: string | null;
  /** The table with which it is colocated; null for the first table of a colocation group. */
  readonly colocatedWith: string | null;
}

const onEveryNode = (...tables: string[]): Placement[] =>
  tables.map((table) => ({ table, column: null, colocatedWith: null }));

const inShards = (column: string, first: string, ...others: string[]): Placement[] => [
  { table: first, column, colocatedWith: null },
  ...others.map((table) => ({ table, column, colocatedWith: first })),
];

/**
 * The placement of every table. Tables of callers are copied to every node: they are small, they are queried without
 * a known merchant, and foreign keys refer to them. Pockets and payments are separate colocation groups, so that their
 * shards can be moved and split independently.
 */
const PLACEMENTS: readonly Placement[] = [
  ...onEveryNode("merchants", "employees", "api_tokens", "pocket_groups", "pocket_group_grants"),
  ...inShards("pocket_group_id", "pockets", "pocket_ledger", "pocket_holds"),
  ...inShards(
    "merchant_id",
    "customers",
    "record_numbers",
    "orders",
    "payment_methods",
    "payment_authorizations",
    "payment_charges",
    "payment_refunds",
    "payment_status_changes",
    "idempotency_keys",
    "webhook_endpoints",
    "webhook_deliveries",
    "imports",
  ),
  { table: "audit_entries", column: "tenant_id", colocatedWith: "customers" },
];

/** Tables that stay on the coordinator: usage is counted in one statement, and a cluster has no rollups. */
const LOCAL_TABLES = ["rate_limit_usage", "pocket_ledger_rollups", "pocket_ledger_rollup_progress"];

/** Citus' metadata for a table. */
interface Placed {
  readonly table: string;
  readonly isReference: boolean;
  readonly column: string | null;
  readonly colocation: number;
  readonly shards: number;
}

export interface DistributeOptions {
  /** The number of shards per colocation group. Tenants can be isolated and shards split later. */
  readonly shards: number;
  /** Receives a line for each completed step. */
  readonly report: (line: string) => void;
}

/**
 * Distributes a migrated database, with its rows, over a Citus cluster, all tables in one transaction. Safe to
 * repeat, also after a migration that creates tables: distributed tables stay unchanged. Writes wait until it
 * is done.
 *
 * @param databaseUrl the URL of the coordinator.
 * @throws DistributionError if the database is not migrated, is not on a coordinator with nodes, or has tables that
 *   are distributed differently.
 */
export async function distribute(
  databaseUrl: string,
  { shards, report }: DistributeOptions,
): Promise<void> {
  const client = new pg.Client({
    ...connectionTo(databaseUrl),
    application_name: "pocketcharge distribute",
  });
  client.on("error", () => undefined); // the next statement fails, and says why
  await client.connect();
  try {
    report(await describeCluster(client));
    // Keep migrations from running at the same time. Closing the connection always releases the lock.
    await client.query("select pg_advisory_lock($1)", [MIGRATION_LOCK]);
    await requireTables(client);
    const placed = await findPlaced(client);
    for (const placement of PLACEMENTS) refuseOther(placement, placed);
    const missing = PLACEMENTS.filter(({ table }) => !placed.has(table));
    await client.query("begin");
    if (missing.length > 0) await distributeTables(client, missing, shards);
    const now = await findPlaced(client);
    await client.query("commit");
    for (const { table } of PLACEMENTS) {
      report(`${table}: ${describe(now.get(table))}${placed.has(table) ? ", unchanged" : ""}`);
    }
    for (const table of LOCAL_TABLES) report(`${table}: stays on the coordinator`);
  } finally {
    await client.end();
  }
}

/** @throws DistributionError if Citus is not installed, or the cluster has no nodes for shards. */
async function describeCluster(client: pg.Client): Promise<string> {
  const { rows: extensions } = await client.query<{ version: string }>(
    "select extversion as version from pg_extension where extname = 'citus'",
  );
  const [extension] = extensions;
  if (extension === undefined) {
    throw new DistributionError(
      "The database of DATABASE_URL has no Citus extension, so it cannot be distributed. " +
        "Set shared_preload_libraries = 'citus' on every node, run `create extension citus` in this " +
        "database on every node, and add the workers on the coordinator with citus_add_node().",
    );
  }
  const { rows } = await client.query<{ isCoordinator: boolean; nodes: number }>(
    `select citus_is_coordinator() as "isCoordinator", (select count(*)::int from pg_dist_node
       where isactive and shouldhaveshards and noderole = 'primary') as nodes`,
  );
  const nodes = rows[0]?.nodes ?? 0;
  if (rows[0]?.isCoordinator !== true) {
    throw new DistributionError(
      "DATABASE_URL is a worker of the Citus cluster. Set it to the coordinator.",
    );
  }
  if (nodes === 0) {
    throw new DistributionError(
      "The Citus cluster has no node for shards. Run on the coordinator, in this database: " +
        "select citus_set_coordinator_host('<its address>'); select citus_add_node('<a worker>', 5432);",
    );
  }
  return `Citus ${extension.version}, ${String(nodes)} nodes for shards`;
}

async function requireTables(client: pg.Client): Promise<void> {
  const tables = [...PLACEMENTS.map(({ table }) => table), ...LOCAL_TABLES];
  const { rows } = await client.query<{ name: string }>(
    "select name from unnest($1::text[]) as name where to_regclass(name) is null",
    [tables],
  );
  if (rows.length === 0) return;
  throw new DistributionError(
    `The database lacks the tables ${rows.map(({ name }) => name).join(", ")}. Apply the migrations first.`,
  );
}

async function findPlaced(client: pg.Client): Promise<Map<string, Placed>> {
  const { rows } = await client.query<Placed>(
    `select p.logicalrelid::text as table, p.partmethod = 'n' as "isReference",
            column_to_column_name(p.logicalrelid, p.partkey) as column, p.colocationid as colocation,
            (select count(*)::int from pg_dist_shard s where s.logicalrelid = p.logicalrelid) as shards
     from pg_dist_partition p where p.repmodel = 't' or p.partmethod = 'h'`,
  );
  return new Map(rows.map((row) => [row.table, row]));
}

/** @throws DistributionError for a table that is distributed in a different way than required. */
function refuseOther(
  { table, column, colocatedWith }: Placement,
  placed: ReadonlyMap<string, Placed>,
): void {
  const found = placed.get(table);
  const neighbour = placed.get(colocatedWith ?? table);
  if (found === undefined) return;
  if (found.column === column && found.colocation === (neighbour ?? found).colocation) return;
  const wanted =
    column === null
      ? "a reference table"
      : `distributed by ${column}${colocatedWith ? `, colocated with ${colocatedWith}` : ""}`;
  throw new DistributionError(
    `${table} is ${describe(found)}, but it must be ${wanted}. Nothing was changed. ` +
      `Run select undistribute_table('${table}'), then run this command again.`,
  );
}

function describe(placed: Placed | undefined): string {
  if (placed === undefined) return "not distributed";
  if (placed.isReference) return "a reference table, copied to every node";
  return `distributed by ${placed.column ?? "?"} over ${String(placed.shards)} shards`;
}

/**
 * Distributes the tables. Drops foreign keys and triggers first and recreates them afterwards: Citus refuses
 * them while only one of the tables is distributed.
 */
async function distributeTables(
  client: pg.Client,
  missing: readonly Placement[],
  shards: number,
): Promise<void> {
  await client.query("set local citus.multi_shard_modify_mode = 'sequential'");
  // The only trigger refuses changes to the audit trail and never accesses another shard.
  await client.query("set local citus.enable_unsafe_triggers = on");
  const tables = missing.map(({ table }) => table);
  const obstacles = await findObstacles(client, tables);
  for (const { drop } of obstacles) await client.query(drop);
  for (const { table, column, colocatedWith } of missing) {
    if (column === null) {
      await client.query("select create_reference_table($1)", [table]);
    } else if (colocatedWith === null) {
      await client.query(
        "select create_distributed_table($1, $2, colocate_with => 'none', shard_count => $3)",
        [table, column, shards],
      );
    } else {
      await client.query("select create_distributed_table($1, $2, colocate_with => $3)", [
        table,
        column,
        colocatedWith,
      ]);
    }
  }
  for (const { table } of missing) {
    // Citus copies the rows to the shards but does not delete them on the coordinator.
    await client.query("select truncate_local_data_after_distributing_table($1)", [table]);
  }
  for (const statement of obstacles.flatMap(({ make }) => make)) await client.query(statement);
}

/** The statements that drop the foreign keys and triggers, and those that recreate them. */
async function findObstacles(
  client: pg.Client,
  tables: readonly string[],
): Promise<{ drop: string; make: string[] }[]> {
  const { rows } = await client.query<{ drop: string; make: string[] }>(
    `select format('alter table %s drop constraint %I', conrelid::regclass, conname) as drop,
            array[format('alter table %s add constraint %I %s', conrelid::regclass, conname,
                         pg_get_constraintdef(oid))] as make
     from pg_constraint
     where contype = 'f' and (conrelid = any($1::regclass[]) or confrelid = any($1::regclass[]))
     union all
     select format('drop trigger %I on %s', tgname, tgrelid::regclass),
            array[pg_get_triggerdef(oid),
                  format('alter table %s enable %s trigger %I', tgrelid::regclass,
                         case tgenabled when 'A' then 'always' when 'R' then 'replica' else '' end, tgname)]
     from pg_trigger where not tgisinternal and tgenabled <> 'D' and tgrelid = any($1::regclass[])`,
    [tables],
  );
  return rows;
}
