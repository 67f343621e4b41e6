import type { Caller } from "../callers/caller.js";
import type { Queryable } from "../database/database.js";
import { readRows } from "../database/database.js";
import { isDistributed } from "../database/distributed.js";
import { column, rowOf } from "../database/row.js";
import { type Sql, integer, join, sql } from "../database/sql.js";
import type { ListDefinition } from "../listing/list-query.js";
import { conditionOf } from "../listing/visible.js";
import { type RowOf, rowsOf } from "../records/record.js";
import { present } from "../shared/assert.js";

/** A record with an `id`, and the rows that each caller may see. */
export type NodeSource = Pick<ListDefinition, "record" | "visibleTo" | "scopes">;

/** A row of any record with an id. */
export type NodeRow = RowOf<NodeSource["record"]> & { readonly id: string };

const PLACE = rowOf({ source: column.integer(), id: column.uuid() });

/**
 * Finds the sources of records by their ids, in one statement, which looks in the primary key of each source. On a
 * distributed database, each source has its own statement.
 *
 * @returns the source of each id that exists and that the caller may see.
 */
export async function findSources(
  on: Queryable,
  sources: readonly NodeSource[],
  caller: Caller,
  ids: readonly string[],
): Promise<Map<string, NodeSource>> {
  const parts = sources.map(
    (source, index) =>
      sql`select ${integer(index)} as source, ${source.record.table}.id ${rowsOfIds(source, caller, ids)}`,
  );
  // Citus sends the parts of a union to different shards. As separate statements, most need only one.
  const statements = (await isDistributed(on)) ? parts : [join(parts, " union all ")];
  const read = statements.map((statement) => readRows(on, PLACE, statement));
  const places = (await Promise.all(read)).flat();
  return new Map(places.map(({ source, id }) => [id, present(sources[source], "a source")]));
}

/** The source's rows with these ids that the caller may see, in no particular order. */
export function findNodes(
  on: Queryable,
  source: NodeSource,
  caller: Caller,
  ids: readonly string[],
): Promise<NodeRow[]> {
  const { record } = source;
  const statement = sql`select ${record.columns} ${rowsOfIds(source, caller, ids)}`;
  return readRows(on, rowsOf(record), statement) as Promise<NodeRow[]>;
}

function rowsOfIds({ record, visibleTo }: NodeSource, caller: Caller, ids: readonly string[]): Sql {
  const condition = conditionOf(visibleTo(caller));
  return sql`from ${record.table} where ${condition} and ${record.table}.id = any(${ids}::uuid[])`;
}
