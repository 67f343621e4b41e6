import pg from "pg";
import { type KeyColumn, type KeyPart, matchesKeys, rowsByKeys } from "./by-key.js";
import { type Queryable, readRows } from "./database.js";
import { RequestReads } from "./request-reads.js";
import { column, rowOf } from "./row.js";
import { type Sql, sql } from "./sql.js";

const known = new WeakMap<pg.Pool, Promise<boolean>>();

/**
 * Whether a database is the coordinator of a Citus cluster. Citus does not support a lateral join of a list of keys
 * with a distributed table, so the rows of each key are then read by a separate statement. Each pool queries the
 * database for this once; an open transaction uses the same result.
 */
export function isDistributed(
  on: Queryable & { readonly isDistributed?: boolean },
): Promise<boolean> {
  if (on.isDistributed !== undefined) return Promise.resolve(on.isDistributed);
  const pool = on instanceof RequestReads ? on.pool : on;
  if (!(pool instanceof pg.Pool)) return queryDistributed(pool);
  let answer = known.get(pool);
  if (answer === undefined) {
    answer = queryDistributed(pool);
    known.set(pool, answer);
    answer.catch(() => known.delete(pool)); // the caller gets the error, and the next call queries again
  }
  return answer;
}

/**
 * A source for a `from` clause, named like the table, with the rows of these keys: `rowsByKeys` on one server, and what a
 * cluster can plan on a cluster.
 */
export async function keyedRows(
  on: Queryable,
  table: Sql,
  fixed: readonly KeyPart[],
  listed: readonly [KeyColumn, ...KeyColumn[]],
): Promise<Sql> {
  return (await isDistributed(on))
    ? sql`${table} where ${matchesKeys(fixed, listed)}`
    : rowsByKeys(table, fixed, listed);
}

async function queryDistributed(on: Queryable): Promise<boolean> {
  const statement = sql`select to_regclass('pg_catalog.pg_dist_partition') is not null as distributed`;
  const [row] = await readRows(on, rowOf({ distributed: column.boolean() }), statement);
  return row?.distributed === true;
}
