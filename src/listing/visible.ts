import { exactly } from "../database/by-key.js";
import { type Sql, join, sql } from "../database/sql.js";

/** A column that has one value in all rows of a list. */
export interface FixedColumn {
  readonly column: Sql;
  readonly value: Sql;
}

/** The rows of a table that a caller may see. */
export interface Visible {
  /** The columns with one value: the first columns of the index through which the list is read. */
  readonly fixed: readonly FixedColumn[];
  /**
   * A column before the fixed ones that has several values. The list reads a page through the index for each value
   * and merges the pages.
   */
  readonly parts?: {
    readonly column: Sql;
    /** A `select` of the distinct values. */
    readonly values: Sql;
  };
  /** A further condition. It need not have an index. */
  readonly condition?: Sql;
}

/** Every row. */
export const EVERYTHING: Visible = { fixed: [] };

/** The rows whose column has this id. */
export function rowsWith(column: Sql, id: string | null): Visible {
  return { fixed: [{ column, value: sql`${id}::uuid` }] };
}

/**
 * Reads a list through an index that begins with its fixed columns: `condition` holds for its rows, and
 * `order` comes before the list's own order. Only this index can serve both, regardless of the statistics.
 */
export interface Path {
  readonly condition: Sql;
  readonly order: (direction: "ASC" | "DESC") => Sql;
}

/**
 * @param isPlain compares only by equality and leaves the choice of the index to PostgreSQL. Citus needs an equality
 *   to find the shard.
 */
export function pathAlong(fixed: readonly FixedColumn[], isPlain: boolean): Path {
  const last = fixed.at(-1);
  if (last === undefined || isPlain) {
    return { condition: equalities(fixed), order: () => sql`` };
  }
  const conditions = [...fixed.slice(0, -1).map(equality), exactly(last.column, last.value)];
  return {
    condition: join(conditions, " and "),
    order: (direction) => sql`${last.column} ${direction === "ASC" ? sql`asc` : sql`desc`}, `,
  };
}

/** The condition that holds for exactly the rows of a list. */
export function conditionOf({ fixed, parts, condition: further }: Visible): Sql {
  const condition = allOf(equalities(fixed), further);
  return parts ? sql`${condition} and ${parts.column} in (${parts.values})` : condition;
}

/**
 * Like `conditionOf`, for the rows of a parent: the conditions that the parent's path does not fix. `is true` keeps
 * the planner from choosing an index for them.
 */
export function checkOf(
  { fixed, parts, condition: further }: Visible,
  path: readonly FixedColumn[],
): Sql {
  const unchecked = fixed.filter((one) => !path.includes(one));
  const condition = allOf(equalities(unchecked), further);
  return parts ? sql`${condition} and (${parts.column} in (${parts.values})) is true` : condition;
}

function allOf(condition: Sql, further: Sql | undefined): Sql {
  return further === undefined ? condition : sql`${condition} and ${further}`;
}

function equalities(fixed: readonly FixedColumn[]): Sql {
  return fixed.length === 0 ? sql`true` : join(fixed.map(equality), " and ");
}

function equality({ column, value }: FixedColumn): Sql {
  return sql`${column} = ${value}`;
}
