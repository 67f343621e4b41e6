import { type KeyPart, byKey } from "../database/by-key.js";
import { type Columns, column } from "../database/row.js";
import { type Sql, alias, identifier, join, sql } from "../database/sql.js";
import { keepRelated } from "../graphql/related.js";
import { type RecordDefinition, columnName, columnsOf } from "../records/record.js";
import type { Statement } from "./parent.js";

/** A record to which each row of a list refers, and which the list can read in its own statement. */
export interface ToOne {
  readonly record: RecordDefinition;
  /** The fields of a row that have the key. */
  readonly keyFields: readonly string[];
  /** The unique key of the record, from the columns of a row in `page`. */
  readonly key: readonly [KeyPart, ...KeyPart[]];
}

/**
 * Defines the relation.
 *
 * @param key the columns of the record's unique key, in the order of its index, each with the field of a row that has
 *   its value.
 */
export function toOne(record: RecordDefinition, ...key: readonly [KeyField, ...KeyField[]]): ToOne {
  const [first, ...others] = key;
  return {
    record,
    keyFields: key.map(([, field]) => field),
    key: [keyPart(first), ...others.map(keyPart)],
  };
}

type KeyField = readonly [column: string, field: string];

function keyPart([name, field]: KeyField): KeyPart {
  return { column: name, value: sql`page.${alias(field)}` };
}

/** The merchant's record to which a field of a row refers. */
export function ownedBy(record: RecordDefinition, field: string): ToOne {
  return toOne(record, ["merchant_id", "merchantId"], ["id", field]);
}

/** How a statement reads a related record. */
export interface RelatedColumns {
  readonly select: Sql;
  readonly join: Sql;
  /** A field of the record in the joined statement, null if there is no record. */
  readonly value: (field: string) => Sql;
  /** The columns of the result. */
  readonly columns: Columns;
  /** The related record of a row; null if there is none. */
  readonly recordIn: (row: Readonly<Record<string, unknown>>) => object | null;
}

/** @param fields the fields to read, the id among them; null for all. */
export function relatedColumns(
  name: string,
  { record, key }: ToOne,
  fields: readonly string[] | null,
): RelatedColumns {
  const { columns, row } = fields === null ? record : columnsOf(record, fields);
  // Some names are reserved words of SQL.
  const related = identifier(`to_${columnName(name).sql}`);
  const names = Object.keys(row.columns).map(
    (field, index) => [field, `${related.sql}_${String(index)}`] as const,
  );
  const idColumn = names.find(([field]) => field === "id")?.[1] ?? "";
  const selects = names.map(
    ([field, own]) => sql`${related}.${alias(field)} as ${identifier(own)}`,
  );
  const types = names.map(([field, own]) => [own, column.nullable(row.columns[field] ?? NEVER)]);
  return {
    select: join(selects, ", "),
    join: sql`left join lateral (select ${columns} from ${record.table} where ${byKey(...key)}) as ${related} on true`,
    value: (field) => sql`${related}.${alias(field)}`,
    columns: Object.fromEntries(types) as Columns,
    recordIn: (values) => {
      if (values[idColumn] === null) return null;
      const read: Record<string, unknown> = {};
      for (const [field, own] of names) read[field] = values[own];
      return read;
    },
  };
}

const NEVER = column.text();

/**
 * Joins related records to the statement for a page, whose rows stay in their order.
 *
 * @param select the columns of the result. They refer to those of the page by `page`.
 */
export function withRelated(
  page: Statement,
  select: Sql,
  relations: readonly RelatedColumns[],
): Statement {
  const joins = relations.map((one) => sql` ${one.join}`);
  return {
    select,
    rest: sql`from (select numbered.*, row_number() over () as page_number
                    from (select ${page.select} ${page.rest}) as numbered) as page${joins.length === 0 ? sql`` : join(joins, "")}
              order by page.page_number`,
    position: sql`page.page_number`,
  };
}

/** Gives each row its related records. */
export function keepRelatedOf(
  rows: readonly object[],
  relations: ReadonlyMap<string, RelatedColumns>,
): void {
  if (relations.size === 0) return;
  for (const row of rows) {
    const related: Record<string, object | null> = {};
    for (const [name, { recordIn }] of relations)
      related[name] = recordIn(row as Readonly<Record<string, unknown>>);
    keepRelated(row, related);
  }
}
