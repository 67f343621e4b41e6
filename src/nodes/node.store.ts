import type { Caller } from "../callers/caller.js";
import type { Queryable } from "../database/database.js";
import { readRows } from "../database/database.js";
import { isDistributed } from "../database/distributed.js";
import { column, rowOf } from "../database/row.js";
import { type Sql, integer, join, sql } from "../database/sql.js";
import type { ListDefinition } from "../listing/list-query.js";
import { conditionOf } from "../listing/visible.js";
import { type RowOf, rowsOf } from "../records/record.js";

/** A record with an `id`, and the rows that each caller may see. */
export type NodeSource = Pick<ListDefinition, "record" | "visibleTo" | "scopes">;

/** A row of any record with an id. */
export type NodeRow = RowOf<NodeSource["record"]> & { readonly id: string };

const PLACE = rowOf({ source: column.integer(), id: column.uuid() });

/** A source, and ids in the form in which it stores them. */
export interface IdsOfSource {
  readonly source: NodeSource;
  readonly ids: readonly string[];
}

/**
 * Finds the sources of records by their ids, in one statement, which looks in the primary key of each source. On a
 * distributed database, each source has its own statement.
 *
 * @returns the ids that exist and that the caller may see, by source.
 */
export async function findSources(
  on: Queryable,
  wanted: readonly IdsOfSource[],
  caller: Caller,
): Promise<IdsOfSource[]> {
  const parts = wanted.map(
    (one, index) =>
      sql`select ${integer(index)} as source, ${one.source.record.table}.id ${rowsOfIds(one, caller)}`,
  );
  // Citus sends the parts of a union to different shards. As separate statements, most need only one.
  const statements = (await isDistributed(on)) ? parts : [join(parts, " union all ")];
  const read = statements.map((statement) => readRows(on, PLACE, statement));
  const places = (await Promise.all(read)).flat();
  return wanted.flatMap(({ source }, index) => {
    const ids = places.filter((place) => place.source === index).map(({ id }) => id);
    return ids.length === 0 ? [] : [{ source, ids }];
  });
}

/** The source's rows with these ids that the caller may see, in no particular order. */
export function findNodes(on: Queryable, wanted: IdsOfSource, caller: Caller): Promise<NodeRow[]> {
  const { record } = wanted.source;
  const statement = sql`select ${record.columns} ${rowsOfIds(wanted, caller)}`;
  return readRows(on, rowsOf(record), statement) as Promise<NodeRow[]>;
}

function rowsOfIds({ source: { record, visibleTo }, ids }: IdsOfSource, caller: Caller): Sql {
  const condition = conditionOf(visibleTo(caller));
  return sql`from ${record.table} where ${condition} and ${record.table}.id = any(${ids}::uuid[])`;
}
