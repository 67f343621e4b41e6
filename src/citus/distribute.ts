import pg from "pg";
import { connectionTo } from "../database/database.js";
import { MIGRATION_LOCK } from "../database/migrations/migrate.js";

/** Why a database cannot be distributed, and what to do about it. */
export class DistributionError extends Error {
  override readonly name = "DistributionError";
}

/** How a table lies on a Citus cluster: whole on every node, or in shards, each with its neighbours. */
interface Placement {
  readonly table: string;
  /** By whose value rows are spread; null for a copy on every node. */
  readonly column: string | null;
  /** The table whose shards of the same values lie on the same node; null for a kind of its own. */
  readonly beside: string | null;
}

const onEveryNode = (...tables: string[]): Placement[] =>
  tables.map((table) => ({ table, column: null, beside: null }));

const inShards = (column: string, first: string, ...others: string[]): Placement[] => [
  { table: first, column, beside: null },
  ...others.map((table) => ({ table, column, beside: first })),
];

/**
 * Where everything lies. Who calls is small, is looked for without knowing whose it is, and is pointed at
 * by foreign keys: it is copied to every node. Pockets move and split apart from payments.
 */
const PLACEMENTS: readonly Placement[] = [
  ...onEveryNode("merchants", "employees", "api_tokens", "pocket_groups", "pocket_group_grants"),
  ...inShards("pocket_group_id", "pockets", "pocket_charges"),
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
  ),
  { table: "audit_entries", column: "tenant_id", beside: "customers" },
];

/** Counts of the last minutes, written by all servers in one statement each: they stay on the coordinator. */
const LOCAL_TABLES: readonly string[] = ["rate_limit_usage"];

/** What Citus keeps of a table. */
interface Placed {
  readonly table: string;
  readonly isReference: boolean;
  readonly column: string | null;
  readonly colocation: number;
  readonly shards: number;
}

export interface DistributeOptions {
  /** How many shards each kind of table is parted into. Isolating a tenant and splitting come later. */
  readonly shards: number;
  /** Told each step when it is done. */
  readonly report: (line: string) => void;
}

/**
 * Spreads a migrated database over a Citus cluster, all tables in one transaction: it is done whole, or
 * not at all, with what is in the tables. What is spread already is left as it is, so that this may run
 * again, and after a migration that makes tables. Writing waits meanwhile.
 *
 * @param databaseUrl the coordinator's.
 * @throws DistributionError when the database is not a migrated one on a coordinator with nodes, or lies
 *   otherwise than this program needs it.
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
    // No migration comes in between. Closing the connection gives the lock back, whatever happens.
    await client.query("select pg_advisory_lock($1)", [MIGRATION_LOCK]);
    await requireTables(client);
    const placed = await findPlaced(client);
    for (const placement of PLACEMENTS) refuseOther(placement, placed);
    const missing = PLACEMENTS.filter(({ table }) => !placed.has(table));
    await client.query("begin");
    if (missing.length > 0) await spread(client, missing, shards);
    const now = await findPlaced(client);
    await client.query("commit");
    for (const { table } of PLACEMENTS) {
      report(`${table}: ${describe(now.get(table))}${placed.has(table) ? ", as it was" : ""}`);
    }
    for (const table of LOCAL_TABLES) report(`${table}: stays on the coordinator`);
  } finally {
    await client.end();
  }
}

/** @throws DistributionError where there is no Citus, or no node to spread anything over. */
async function describeCluster(client: pg.Client): Promise<string> {
  const { rows: extensions } = await client.query<{ version: string }>(
    "select extversion as version from pg_extension where extname = 'citus'",
  );
  const [extension] = extensions;
  if (extension === undefined) {
    throw new DistributionError(
      "The database of DATABASE_URL has no Citus, so that there is nothing to distribute it over. " +
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
      "DATABASE_URL names a worker of the Citus cluster: distribute from its coordinator.",
    );
  }
  if (nodes === 0) {
    throw new DistributionError(
      "The Citus cluster has no node for shards. On the coordinator, in this database: " +
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
    `The database lacks the tables ${rows.map(({ name }) => name).join(", ")}: its migrations were not applied.`,
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

/** @throws DistributionError for a table that was spread by hand, and not as this program needs it. */
function refuseOther(
  { table, column, beside }: Placement,
  placed: ReadonlyMap<string, Placed>,
): void {
  const found = placed.get(table);
  const neighbour = placed.get(beside ?? table);
  if (found === undefined) return;
  if (found.column === column && found.colocation === (neighbour ?? found).colocation) return;
  const wanted =
    column === null
      ? "a reference table"
      : `distributed by ${column}${beside ? ` beside ${beside}` : ""}`;
  throw new DistributionError(
    `${table} is ${describe(found)}, and should be ${wanted}. Nothing was changed. ` +
      `Undo it with select undistribute_table('${table}'), and run this again.`,
  );
}

function describe(placed: Placed | undefined): string {
  if (placed === undefined) return "not placed";
  if (placed.isReference) return "a reference table, copied to every node";
  return `distributed by ${placed.column ?? "?"} over ${String(placed.shards)} shards`;
}

/**
 * Keys that point from one table to another, and triggers, are taken away and made again as they were:
 * they cannot be there while one of the tables is spread and the other is not yet.
 */
async function spread(
  client: pg.Client,
  missing: readonly Placement[],
  shards: number,
): Promise<void> {
  await client.query("set local citus.multi_shard_modify_mode = 'sequential'");
  // The one trigger refuses changes of the audit trail, and does nothing that would leave its shard.
  await client.query("set local citus.enable_unsafe_triggers = on");
  const tables = missing.map(({ table }) => table);
  const hindrances = await findHindrances(client, tables);
  for (const { drop } of hindrances) await client.query(drop);
  for (const { table, column, beside } of missing) {
    if (column === null) {
      await client.query("select create_reference_table($1)", [table]);
    } else if (beside === null) {
      await client.query(
        "select create_distributed_table($1, $2, colocate_with => 'none', shard_count => $3)",
        [table, column, shards],
      );
    } else {
      await client.query("select create_distributed_table($1, $2, colocate_with => $3)", [
        table,
        column,
        beside,
      ]);
    }
  }
  for (const { table } of missing) {
    // Citus copies the rows to the shards and leaves those on the coordinator where they were.
    await client.query("select truncate_local_data_after_distributing_table($1)", [table]);
  }
  for (const statement of hindrances.flatMap(({ make }) => make)) await client.query(statement);
}

/** PostgreSQL's own words for what is to be taken away, and for making it again. */
async function findHindrances(
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
