import { type KeyPart, byKey } from "../database/by-key.js";
import { type Column, type RowType, column } from "../database/row.js";
import { type Sql, alias, identifier, join, sql } from "../database/sql.js";
import type { Context } from "../graphql/context.js";
import { type RecordDefinition, type RowOf, columnName } from "../records/record.js";
import type { Statement } from "./parent.js";

/**
 * A record that each row of a list refers to. When a query selects it, the list reads it in its own statement and gives
 * it to the loader that resolves the relation, which then has nothing to read. Without it, each relation is a statement
 * of its own, which takes the server as long as a page of 50 rows.
 */
export interface ToOne {
  /** The columns of the related record, under names that no column of the list has. */
  readonly select: Sql;
  readonly join: Sql;
  readonly columns: Readonly<Record<string, Column<unknown>>>;
  /** Gives the related records of some rows to the loader. */
  readonly prime: (context: Context, rows: readonly object[]) => void;
}

/**
 * Defines the relation.
 *
 * @param name the relation's name, unique among those of the list.
 * @param keyOf the related record's unique key, in the order of its index, from the columns of a row.
 * @param prime adds records to the loader.
 */
export function toOne<R extends RecordDefinition>(
  name: string,
  record: R,
  keyOf: (column: (field: string) => Sql) => [KeyPart, ...KeyPart[]],
  prime: (context: Context, records: readonly RowOf<R>[]) => void,
): ToOne {
  // Some names are reserved words of SQL.
  const related = identifier(`to_${columnName(name).sql}`);
  const columns = Object.entries(record.row.columns).map(
    ([field, type], index) => [field, `${related.sql}_${String(index)}`, type] as const,
  );
  const key = keyOf((field) => sql`page.${alias(field)}`);
  const recordOf = (row: object): RowOf<R> | null => {
    const read: Record<string, unknown> = {};
    let isThere = false;
    for (const [field, own] of columns) {
      const value = (row as Readonly<Record<string, unknown>>)[own];
      read[field] = value;
      isThere ||= value !== null;
    }
    return isThere ? (read as RowOf<R>) : null;
  };
  return {
    select: join(
      columns.map(([field, own]) => sql`${related}.${alias(field)} as ${identifier(own)}`),
      ", ",
    ),
    join: sql`left join lateral (select ${record.columns} from ${record.table} where ${byKey(...key)}) as ${related} on true`,
    columns: Object.fromEntries(columns.map(([, own, type]) => [own, column.nullable(type)])),
    prime: (context, rows) => {
      prime(
        context,
        rows.map(recordOf).filter((one) => one !== null),
      );
    },
  };
}

/** Adds related records to the statement for a page, whose rows stay in their order. */
export function withRelated(page: Statement, relations: readonly ToOne[]): Statement {
  if (relations.length === 0) return page;
  const selects = relations.map((one) => one.select);
  const joins = relations.map((one) => sql` ${one.join}`);
  return {
    select: sql`page.*, ${join(selects, ", ")}`,
    rest: sql`from (select numbered.*, row_number() over () as page_number
                    from (select ${page.select} ${page.rest}) as numbered) as page${join(joins, "")}
              order by page.page_number`,
    position: sql`page.page_number`,
  };
}

/** The type of the rows of `withRelated`. */
export function rowsWithRelated<Row>(
  page: RowType<Row>,
  relations: readonly ToOne[],
): RowType<Row> {
  if (relations.length === 0) return page;
  return page.with(
    Object.assign({}, ...relations.map(({ columns }) => columns)) as ToOne["columns"],
  );
}
