import { type Queryable, readRows } from "../database/database.js";
import type { KeyColumn, KeyPart } from "../database/by-key.js";
import { keyedRows } from "../database/distributed.js";
import { binaryCollated, unicodeCollated } from "../database/fold-case.js";
import { batchedLookUp } from "../database/look-ups.js";
import type { ModelName } from "../database/models.js";
import { type RowType, rowOf } from "../database/row.js";
import { type Sql, alias, identifier, join, sql } from "../database/sql.js";
import { assert, present } from "../shared/assert.js";
import { resultColumnOf } from "./column-type.js";
import type { Field, VirtualField } from "./field.js";
import type { Described } from "./model-fields.js";
import type { EventOf } from "./record-event.js";

export type Fields = Readonly<Record<string, Field<unknown>>>;

/**
 * The definition of a kind of record: its name in the schema, its table, its fields. The GraphQL types, the SQL that
 * reads and filters it, its cursors and its sums are derived from it. A field's column is its name in snake case.
 */
export interface RecordDefinition<F extends Fields = Fields, M extends string = string> {
  readonly name: string;
  /** The model in schema.prisma with these columns; a view has none. */
  readonly model: M;
  readonly table: Sql;
  readonly description: string;
  readonly fields: F;
  /** The types of the events that changes of the record cause; if omitted, they cause none. */
  readonly eventOf?: EventOf | undefined;
  /** The field with the currency of the record's amounts. */
  readonly currencyField: string | undefined;
  /** The select list: every field that is read, under its own name. */
  readonly columns: Sql;
  /** How the columns are read; see `rowsOf`. */
  readonly row: RowType<unknown>;
}

/** One row of a record as TypeScript sees it. */
export type RowOf<R extends RecordDefinition> = {
  readonly [
    K in keyof R["fields"] as R["fields"][K] extends VirtualField ? never : K
  ]: R["fields"][K] extends Field<infer T> ? T : never;
};

/**
 * Defines a record. The compiler checks the fields against the model in schema.prisma: the name of each column, its
 * type, and whether it can be null.
 *
 * @param definition `model` is needed only if the model's name differs from the record's; a view has no model.
 */
export function defineRecord<
  const N extends string,
  const F extends Fields,
  const M extends string = N,
>(definition: {
  name: N;
  model?: M & ModelName;
  table: string;
  description: string;
  fields: F & Described<M, F>;
  currencyField?: keyof F & string;
  eventOf?: EventOf;
}): RecordDefinition<F, M> {
  const table = identifier(definition.table);
  const read = Object.entries(definition.fields).filter(([, { role }]) => role !== "virtual");
  const { currencyField } = definition;
  const model = definition.model ?? (definition.name as string as M);
  return { ...definition, model, table, currencyField, ...selectFields(table, read) };
}

type NamedField = readonly [name: string, field: Field<unknown>];

/** The select list of some fields of a table, each under its own name, and the type of its rows. */
function selectFields(
  table: Sql,
  fields: readonly NamedField[],
): { readonly columns: Sql; readonly row: RowType<Readonly<Record<string, unknown>>> } {
  const columns = fields.map(
    ([name, field]) => sql`${readColumn(table, name, field)} as ${alias(name)}`,
  );
  const types = fields.map(([name, field]) => [name, resultColumnOf(field)] as const);
  return { columns: join(columns, ", "), row: rowOf(Object.fromEntries(types)) };
}

/** Like a record's own `columns` and `row`, for some of its fields. None of them is virtual. */
export function columnsOf(
  record: RecordDefinition,
  names: readonly string[],
): ReturnType<typeof selectFields> {
  const fields = names.map((name): NamedField => [name, fieldOf(record, name)]);
  return selectFields(record.table, fields);
}

/** The rows that meet the condition, in no particular order. `name` as in `readRows`. */
export function findRows<R extends RecordDefinition>(
  on: Queryable,
  record: R,
  condition: Sql,
  name?: string,
): Promise<RowOf<R>[]> {
  const statement = sql`select ${record.columns} from ${record.table} where ${condition}`;
  return readRows(on, rowsOf(record), statement, name);
}

/** The row type of a statement with the record's columns. */
export function rowsOf<R extends RecordDefinition>(record: R): RowType<RowOf<R>> {
  return record.row as RowType<RowOf<R>>;
}

/**
 * The rows with these keys, in no particular order, each found by its unique key.
 *
 * @param fixed the first columns of the unique index that have the same value for all keys.
 * @param listed its other columns, with one value per key.
 */
export async function findByKeys<R extends RecordDefinition>(
  on: Queryable,
  record: R,
  fixed: readonly KeyPart[],
  listed: readonly [KeyColumn, ...KeyColumn[]],
  name: string,
): Promise<RowOf<R>[]> {
  const rows = await keyedRows(on, record.table, fixed, listed);
  return readRows(on, rowsOf(record), sql`select ${record.columns} from ${rows}`, name);
}

/** One merchant's records with these ids, in no particular order. */
export function findOwned<R extends RecordDefinition>(
  on: Queryable,
  record: R,
  merchantId: string,
  ids: readonly string[],
): Promise<RowOf<R>[]> {
  const find = (wanted: readonly string[]): Promise<RowOf<R>[]> =>
    findByKeys(
      on,
      record,
      [{ column: "merchant_id", value: sql`${merchantId}::uuid` }],
      [{ column: "id", type: "uuid", values: wanted }],
      `find_${record.name}_of_merchant`,
    );
  type Identified = string | { readonly id: string };
  const idOf = (of: Identified): string => (typeof of === "string" ? of.toLowerCase() : of.id);
  type Row = RowOf<R> & { readonly id: string };
  return batchedLookUp<string, Row>(
    on,
    `${record.name} of ${merchantId}`,
    ids,
    idOf,
    find as (wanted: readonly string[]) => Promise<Row[]>,
  );
}

/** The key of a merchant's record, for `byKey`. */
export function ownedKey(merchantId: Sql, id: Sql): [KeyPart, KeyPart] {
  return [
    { column: "merchant_id", value: merchantId },
    { column: "id", value: id },
  ];
}

/** @throws InvariantError if the record has no such field: names come from the schema. */
export function fieldOf(record: RecordDefinition, name: string): Field<unknown> {
  assert(Object.hasOwn(record.fields, name), `${record.name} has no field ${name}`);
  return present(record.fields[name], name);
}

/** The column of a field, in the record's table or in a joined one; or the expression that computes the field. */
export function columnOf(record: RecordDefinition, name: string): Sql {
  const field = fieldOf(record, name);
  const { through } = field;
  return through
    ? sql`${identifier(through.table)}.${identifier(through.column)}`
    : valueIn(record.table, name, field);
}

/** The value of a field in a row with the given alias. */
export function valueIn(row: Sql, name: string, { expression }: Field<unknown>): Sql {
  return expression ? expression(row) : sql`${row}.${columnName(name)}`;
}

/** The expression that lists sort a field by. */
export function sortedColumnOf(record: RecordDefinition, name: string): Sql {
  return sortedAs(fieldOf(record, name), columnOf(record, name));
}

/** The expression that sorts values of a field, in the same order regardless of the database's locale. */
export function sortedAs({ kind, uses }: Field<unknown>, values: Sql): Sql {
  if (typeof kind === "object" || kind === "currency") return binaryCollated(values);
  return kind === "text" && uses.letters !== "none" ? unicodeCollated(values) : values;
}

/**
 * The record's rows, joined with the tables of the fields.
 *
 * @param rows a source with the name of the record's table; the table itself if omitted.
 */
export function tablesOf(
  record: RecordDefinition,
  fields: readonly string[],
  rows = record.table,
): Sql {
  const sources = new Map(
    fields.flatMap((name) => {
      const { through } = fieldOf(record, name);
      return through ? [[through.table, through]] : [];
    }),
  );
  const joins = [...sources.values()].map(({ table, key }) => {
    const other = identifier(table);
    return sql` join ${other} on ${other}.id = ${record.table}.${columnName(key)}`;
  });
  return joins.length === 0 ? rows : sql`${rows}${join(joins, "")}`;
}

export function columnName(field: string): Sql {
  return identifier(field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
}

function readColumn(table: Sql, name: string, field: Field<unknown>): Sql {
  const { kind } = field;
  const column = valueIn(table, name, field);
  // node-postgres cannot parse arrays of our own types, so cast them to text[].
  return typeof kind === "object" && "enumList" in kind ? sql`${column}::text[]` : column;
}
