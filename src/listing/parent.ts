import { isDistributed } from "../database/distributed.js";
import { type Queryable, nameOfText, readRows } from "../database/database.js";
import { type RowType, column } from "../database/row.js";
import { type Sql, identifier, join, sql } from "../database/sql.js";
import { present } from "../shared/assert.js";
import type { Fixed } from "./visible.js";

/** How the rows of a nested list are found from the record that they belong to. */
export interface Parent {
  /** The SQL types of the parent's key, one for each of its parts. */
  readonly types: readonly ("uuid" | "text")[];
  /**
   * The columns that have one value in all rows of a parent: the first columns of the index that serves them.
   *
   * @param key the SQL of the parent's key, one for each of its parts.
   * @param visible the columns that have one value in all rows which the caller may see.
   */
  readonly fixed: (key: readonly Sql[], visible: readonly Fixed[]) => readonly Fixed[];
  /** A further condition for the rows of a parent. */
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

/** A statement in the parts that a lateral join needs. */
export interface Statement {
  readonly select: Sql;
  readonly rest: Sql;
  /** The place of a row among its parent's. */
  readonly position?: Sql;
}

/**
 * Runs one statement for all parents: as it is for a list of its own, else once beside each parent
 * in a lateral join. A distributed database, which has no such join, is asked for each parent by itself.
 *
 * @param type what is read of each row.
 * @param inner the statement for one parent, whose key it is given as SQL: nothing for a list of its own.
 * @param isPrepared for a statement of a few possible texts whose best plan does not depend on its values.
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
        from unnest(${join(arrays, ", ")}) with ordinality as parent(${join(parts, ", ")}, parent_number)
        cross join lateral (select ${select}, ${position} as child_number ${rest}) as child
        order by parent.parent_number, child.child_number`,
    name,
  );
  const byParent: Row[][] = parents.map(() => []);
  for (const row of rows) byParent[row.parent_number - 1]?.push(row);
  return byParent;
}
