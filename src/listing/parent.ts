import { isDistributed } from "../database/distributed.js";
import { type Queryable, nameOfText, readRows } from "../database/database.js";
import { type RowType, column } from "../database/row.js";
import { type Sql, identifier, join, sql, unnest } from "../database/sql.js";
import { present } from "../shared/assert.js";
import type { FixedColumn } from "./visible.js";

/** Defines how the rows of a nested list are found from their parent record. */
export interface Parent {
  /** The SQL types of the parts of the parent's key. */
  readonly types: readonly ("uuid" | "text")[];
  /**
   * The columns that have one value in all rows of a parent: the first columns of the index that serves the list.
   *
   * @param key the SQL of the parts of the parent's key.
   * @param visible the columns that have one value in all rows that the caller may see.
   */
  readonly fixed: (key: readonly Sql[], visible: readonly FixedColumn[]) => readonly FixedColumn[];
  /** Whether the columns of the key are among those by which the list is rolled up; see `Rollups`. */
  readonly isRolledUp?: boolean;
  /** An additional condition for the rows of a parent. */
  readonly check?: (key: readonly Sql[]) => Sql;
}

/** The rows whose column has the parent's id, after the columns that all rows visible to the caller share. */
export function byColumn(column: Sql): Parent {
  return {
    types: ["uuid"],
    fixed: ([id], visible) => [...visible, { column, value: present(id, "a parent's id") }],
  };
}

/** The parts of a parent's key, in the order of its types. */
export type ParentKey = readonly string[];

/** A statement, split into the parts that a lateral join needs. */
export interface Statement {
  readonly select: Sql;
  readonly rest: Sql;
  /** The position of a row among those of its parent. */
  readonly position?: Sql;
}

/**
 * Runs one statement for all parents: unchanged for a top-level list, otherwise in a lateral join with the
 * parents. Citus does not support this join, so on a distributed database each parent has its own statement.
 *
 * @param type the type of a row.
 * @param inner builds the statement for one parent from the SQL of its key, which is empty for a top-level list.
 * @param isPrepared true for a statement with few variants whose best plan does not depend on its values.
 * @returns the rows of each parent, in their order.
 */
export async function readForParents<Row>(
  on: Queryable,
  type: RowType<Row>,
  parent: Parent | null,
  parents: readonly ParentKey[],
  inner: (key: readonly Sql[], isDistributed: boolean) => Statement,
  isPrepared = false,
): Promise<Row[][]> {
  const name = isPrepared ? nameOfText : undefined;
  const distributed = await isDistributed(on);
  if (parent === null) {
    const { select, rest } = inner([], distributed);
    return [await readRows(on, type, sql`select ${select} ${rest}`, name)];
  }
  if (distributed) {
    return Promise.all(
      parents.map((key) => {
        const values = parent.types.map((type, index) => sql`${key[index]}::${identifier(type)}`);
        const { select, rest } = inner(values, true);
        return readRows(on, type, sql`select ${select} ${rest}`, name);
      }),
    );
  }
  const parts = parent.types.map((_, index) => identifier(`part_${String(index)}`));
  const arrays = parent.types.map((type, index) => {
    return sql`${parents.map((key) => key[index])}::${identifier(type)}[]`;
  });
  const {
    select,
    rest,
    position = sql`0`,
  } = inner(
    parts.map((part) => sql`parent.${part}`),
    false,
  );
  const rows = await readRows(
    on,
    type.with({ parent_number: column.integer() }),
    sql`select parent.parent_number::int, child.*
        from ${unnest(...arrays)} with ordinality as parent(${join(parts, ", ")}, parent_number)
        cross join lateral (select ${select}, ${position} as child_number ${rest}) as child
        order by parent.parent_number, child.child_number`,
    name,
  );
  const byParent: Row[][] = parents.map(() => []);
  for (const row of rows) byParent[row.parent_number - 1]?.push(row);
  return byParent;
}
