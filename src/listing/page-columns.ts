import { type Columns, type RowType, column, rowOf } from "../database/row.js";
import { type Sql, alias, join, sql } from "../database/sql.js";
import { type RecordDefinition, columnOf, columnsOf } from "../records/record.js";
import { present } from "../shared/assert.js";
import { jsonObject } from "./json-object.js";
import type { Order } from "./order.js";
import type { Fields, PageSelection } from "./page-selection.js";
import { type RelatedColumns, type ToOne, keepRelatedOf, relatedColumns } from "./to-one.js";

/** The columns that a page is read with. */
export interface PageColumns<Row> {
  /** The select list of the page. */
  readonly columns: Sql;
  /** The relations that are joined to the page. */
  readonly joined: readonly RelatedColumns[];
  /** The select list of a statement around the page; null if it adds nothing. */
  readonly select: Sql | null;
  readonly row: RowType<Row>;
  /** Must be called with the rows that were read. */
  readonly complete: (rows: readonly Row[]) => void;
}

type Relations = Readonly<Record<string, ToOne>>;

/** The columns of each selection, for the list and the order that requested it last. */
const known = new WeakMap<PageSelection, { readonly name: string; readonly columns: object }>();

/** Builds the columns of a selection only if they were not built for the same list and order the last time. */
function onceFor<C extends object>(
  selection: PageSelection,
  name: string,
  order: Order,
  build: () => C,
): C {
  const whole = [name, ...orderFields(order)].join();
  const kept = known.get(selection);
  if (kept?.name === whole) return kept.columns as C;
  const columns = build();
  known.set(selection, { name: whole, columns });
  return columns;
}

/**
 * The columns for a selection: its fields, those that cursors need, and the keys of its relations.
 *
 * @param isCluster whether the database is distributed. It cannot join the relations, so loaders read them.
 */
export function pageColumns<Row extends object>(
  record: RecordDefinition,
  order: Order,
  selection: PageSelection,
  relations: Relations,
  isCluster: boolean,
): PageColumns<Row> {
  const name = `${record.name} ${String(isCluster)}`;
  return onceFor(selection, name, order, () =>
    columnsWithRelated<Row>(record, order, selection, isCluster ? {} : relations),
  );
}

function columnsWithRelated<Row extends object>(
  record: RecordDefinition,
  order: Order,
  { fields, related }: PageSelection,
  relations: Relations,
): PageColumns<Row> {
  const joined = columnsOfRelated(related, relations);
  const areAllJoined = joined.size === related.size;
  const names =
    fields === null || !areAllJoined
      ? Object.keys(record.row.columns)
      : [...new Set(["id", ...fields, ...orderFields(order)])];
  const { row } = columnsOf(record, names);
  const all = [...joined.values()];
  return {
    columns: columnsOf(record, [...new Set([...names, ...keysOf(joined, relations)])]).columns,
    joined: all,
    select:
      all.length === 0 ? null : join([...names.map(inPage), ...all.map((one) => one.select)], ", "),
    row: all.reduce((page, { columns }) => page.with(columns), row) as RowType<Row>,
    complete: (rows) => {
      keepRelatedOf(rows, joined);
    },
  };
}

/** A record that was read as JSON, and those fields of its position in the list that the JSON lacks. */
export interface JsonRow {
  readonly json: string;
}

/** The fields of a row's position in the list. */
export function positionIn(row: JsonRow): object {
  return { ...(JSON.parse(row.json) as object), ...row };
}

/** Like `pageColumns`, for records that the response has as JSON. A cluster cannot join their relations. */
export function jsonColumns(
  record: RecordDefinition,
  order: Order,
  selection: PageSelection,
  relations: Relations,
): PageColumns<JsonRow> {
  return onceFor(selection, record.name, order, () =>
    columnsWithJson(record, order, selection, relations),
  );
}

function columnsWithJson(
  record: RecordDefinition,
  order: Order,
  selection: PageSelection,
  relations: Relations,
): PageColumns<JsonRow> {
  const { fields, related } = selection;
  const names = [...present(fields, "the columns")];
  const position = new Set(["id", ...orderFields(order)]);
  const further = [...position].filter((name) => !names.includes(name));
  const joined = columnsOfRelated(related, relations);
  const isAlone = joined.size === 0;
  const json = jsonObject(
    {
      record,
      valueOf: (name) => (isAlone ? columnOf(record, name) : inPage(name)),
      related: (name) => ({
        record: present(relations[name], `the relation ${name}`).record,
        valueOf: present(joined.get(name), `the relation ${name}`).value,
      }),
    },
    present(selection.json, "a selection as JSON"),
  );
  const types = further.map((name) => [name, present(record.row.columns[name], name)]);
  const all = [...names, ...further, ...keysOf(joined, relations)];
  const first = sql`${json} as json`;
  return {
    columns: isAlone
      ? join([first, ...further.map((name) => columnsOf(record, [name]).columns)], ", ")
      : columnsOf(record, [...new Set(all)]).columns,
    joined: [...joined.values()],
    select: isAlone ? null : join([first, ...further.map(inPage)], ", "),
    row: rowOf({ ...(Object.fromEntries(types) as Columns), json: column.text() }),
    complete: () => undefined,
  };
}

/** A column of the page in the statement that joins its relations. */
function inPage(name: string): Sql {
  return sql`page.${alias(name)}`;
}

function orderFields(order: Order): string[] {
  return order.map(({ field }) => field);
}

/** The fields with the keys of relations. */
function keysOf(related: ReadonlyMap<string, unknown>, relations: Relations): string[] {
  return [...related.keys()].flatMap((name) => relations[name]?.keyFields ?? []);
}

function columnsOfRelated(
  related: ReadonlyMap<string, Fields>,
  relations: Relations,
): ReadonlyMap<string, RelatedColumns> {
  const found = new Map<string, RelatedColumns>();
  for (const [name, fields] of related) {
    const relation = relations[name];
    const names = fields === null ? null : [...new Set(["id", ...fields])];
    if (relation) found.set(name, relatedColumns(name, relation, names));
  }
  return found;
}
