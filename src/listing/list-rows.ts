import { type Sql, integer, sql } from "../database/sql.js";
import { type Order, orderBy } from "./order.js";
import type { Parent, Statement } from "./parent.js";
import type { RecordDefinition } from "../records/record.js";
import { type Path, type Visible, checkOf, pathAlong } from "./visible.js";

/** The properties that all rows of a list share. */
export interface ListedRows {
  readonly record: RecordDefinition;
  readonly visible: Visible;
  readonly parent: Parent | null;
  readonly filter: Sql;
  readonly isFiltered: boolean;
  /** Whether the filter selects records by a unique value, so that few match. */
  readonly matchesFew: boolean;
  readonly order: Order;
}

/** One page as it was read. */
export interface Slice<Row> {
  /** With the selected fields. */
  readonly rows: readonly Row[];
  /** Whether the list has another row beyond the page, in the direction of paging. */
  readonly hasMore: boolean;
}

/** The rows to read. */
export interface RowSelection {
  readonly columns: Sql;
  /** A condition that begins with `and`: the rows beyond a cursor. */
  readonly beyond: Sql;
  readonly isBackward: boolean;
  readonly limit: number;
  readonly skipped: number;
}

/**
 * Some rows in the list's order, read through the index that begins with the fixed columns.
 *
 * @param key the SQL of the parent's key, for a nested list.
 */
export function selectRows(
  list: ListedRows,
  key: readonly Sql[],
  isDistributed: boolean,
  wanted: RowSelection,
): Statement {
  const { record, parent, visible, order } = list;
  const { fixed, parts } = visible;
  const { columns, isBackward, limit, skipped } = wanted;
  // A filter's values may favor another index, so PostgreSQL plans such a statement each time.
  const isPlain = isDistributed || list.isFiltered;
  if (parent !== null || parts === undefined || isDistributed) {
    const leading = parent?.fixed(key, fixed) ?? fixed;
    const path = pathAlong(leading, isPlain);
    const check = sql`${checkOf(visible, leading)} and ${parent?.check?.(key) ?? sql`true`}`;
    return {
      select: columns,
      rest: fromPath(list, path, check, wanted),
      position: sql`row_number() over (${orderBy(record, order, isBackward, path.order)})`,
    };
  }
  const path = pathAlong([{ column: parts.column, value: sql`part.value` }, ...fixed], isPlain);
  const ofPart = fromPath(list, path, visible.condition ?? sql`true`, {
    ...wanted,
    limit: limit + skipped,
    skipped: 0,
  });
  return {
    select: columns,
    rest: sql`from (${parts.values}) as part(value)
      cross join lateral (select * ${ofPart}) as ${record.table}
      ${orderBy(record, order, isBackward)} limit ${integer(limit)}${offset(skipped)}`,
  };
}

function fromPath(
  { record, filter, matchesFew, order }: ListedRows,
  path: Path,
  check: Sql,
  { beyond, isBackward, limit, skipped }: RowSelection,
): Sql {
  const rows = sql`${record.table} where ${path.condition} and ${check} and ${filter}${beyond}`;
  // Find the few selected records first, so that the planner does not choose an index for the sort order.
  const source = matchesFew ? sql`(select * from ${rows} offset 0) as ${record.table}` : rows;
  return sql`from ${source} ${orderBy(record, order, isBackward, path.order)} limit ${integer(limit)}${offset(skipped)}`;
}

/** Nothing for 0: PostgreSQL estimates that an unknown offset skips a tenth of the rows, and would not keep the plan. */
function offset(skipped: number): Sql {
  return skipped > 0 ? sql` offset ${skipped}::bigint` : sql``;
}
