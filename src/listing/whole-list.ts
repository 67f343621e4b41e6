import type { Caller } from "../callers/caller.js";
import { type Queryable, readRows } from "../database/database.js";
import { column, rowOf, type RowType } from "../database/row.js";
import { type Sql, join, sql } from "../database/sql.js";
import { columnsOf } from "../records/record.js";
import { decodeCursor } from "./cursor.js";
import { filterCondition } from "./filter.js";
import type { ListArguments, ListDefinition } from "./list-query.js";
import { type Order, cursorCondition, orderBy, orderOf } from "./order.js";
import { type Path, type Visible, checkOf, conditionOf, pathAlong } from "./visible.js";

export type WholeListArguments = Pick<ListArguments, "filter" | "sort" | "after">;

/** A row with the requested fields. */
export type ListedRow = Readonly<Record<string, unknown>>;

/** With more parts, PostgreSQL sorts the list: planning a merge of so many would take longer. */
const MAX_MERGED_PARTS = 100;

/** A list without pages: every row that a caller may see and that matches a filter, or those after a cursor. */
export class WholeList {
  readonly order: Order;
  readonly row: RowType<ListedRow>;
  private readonly columns: Sql;
  private readonly visible: Visible;
  private readonly selected: Sql;

  /**
   * @param fields the fields to read. Those of the order are read too, for cursors.
   * @throws AppError BAD_USER_INPUT with the argument's path.
   */
  constructor(
    readonly definition: ListDefinition,
    caller: Caller,
    { filter, sort, after }: WholeListArguments,
    fields: readonly string[],
  ) {
    const { record, visibleTo, filters, defaultSort } = definition;
    this.order = orderOf(sort, defaultSort);
    const sorted = this.order.map(({ field }) => field);
    const { columns, row } = columnsOf(record, [...new Set([...fields, ...sorted])]);
    this.columns = columns;
    this.row = row;
    this.visible = visibleTo(caller);
    const isMatched = filter ? filterCondition(record, filter, filters?.(caller)) : sql`true`;
    const isBeyond =
      after === null || after === undefined
        ? sql`true`
        : cursorCondition(
            record,
            this.order,
            decodeCursor(record, this.order, after, "after"),
            "after",
            false,
          );
    this.selected = sql`${isMatched} and ${isBeyond}`;
  }

  /** The number of rows. */
  async count(on: Queryable): Promise<number> {
    const { record } = this.definition;
    const [row] = await readRows(
      on,
      rowOf({ count: column.bigint() }),
      sql`select count(*) as count from ${record.table}
          where ${conditionOf(this.visible)} and ${this.selected}`,
    );
    return row?.count ?? 0;
  }

  /**
   * The statement that selects all rows in the list's order. Where an index has that order, PostgreSQL returns the first
   * rows at once and sorts nothing, also if the caller sees several parts of the table: it merges them.
   */
  async statement(on: Queryable, isDistributed: boolean): Promise<Sql> {
    const { record } = this.definition;
    const { fixed, parts, condition = sql`true` } = this.visible;
    const values = parts && !isDistributed ? await partValues(on, parts.values) : undefined;
    if (parts === undefined || values === undefined) {
      const path = pathAlong(fixed, isDistributed);
      return this.select(
        record.table,
        sql`${path.condition} and ${checkOf(this.visible, fixed)}`,
        path,
      );
    }
    const [first = null, ...others] = values;
    const pathOf = (value: string | null): Path =>
      pathAlong([{ column: parts.column, value: sql`${value}::uuid` }, ...fixed], true);
    if (others.length === 0) {
      return this.select(record.table, sql`${pathOf(first).condition} and ${condition}`);
    }
    const branches = values.map(
      (value) =>
        sql`select * from ${record.table} where ${pathOf(value).condition} and ${condition} and ${this.selected}`,
    );
    const merged = sql`(${join(branches, " union all ")}) as ${record.table}`;
    return sql`select ${this.columns} from ${merged} ${orderBy(record, this.order, false)}`;
  }

  private select(source: Sql, isVisible: Sql, path?: Path): Sql {
    const order = orderBy(this.definition.record, this.order, false, path?.order);
    return sql`select ${this.columns} from ${source} where ${isVisible} and ${this.selected} ${order}`;
  }
}

/** The values of a list's parts; undefined if they are too many to merge. */
async function partValues(on: Queryable, values: Sql): Promise<string[] | undefined> {
  const limit = MAX_MERGED_PARTS + 1;
  const statement = sql`select part.value as value from (${values}) as part(value) limit ${limit}::bigint`;
  const rows = await readRows(on, rowOf({ value: column.uuid() }), statement);
  return rows.length > MAX_MERGED_PARTS ? undefined : rows.map(({ value }) => value);
}
