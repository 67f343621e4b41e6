import type { RowType } from "../database/row.js";
import type { Sql } from "../database/sql.js";
import { type RecordDefinition, columnsOf } from "../records/record.js";
import type { Order } from "./order.js";
import type { Fields, PageSelection } from "./page-selection.js";
import { type RelatedColumns, type ToOne, relatedColumns } from "./to-one.js";

/** The columns that a page is read with. */
export interface PageColumns<Row> {
  readonly columns: Sql;
  readonly row: RowType<Row>;
  readonly related: ReadonlyMap<string, RelatedColumns>;
}

/**
 * The columns for a selection: its fields, those that cursors need, and the keys of its relations.
 *
 * @param isCluster whether the database is distributed. It cannot join the relations, so loaders read them.
 */
export function pageColumns<Row>(
  record: RecordDefinition,
  order: Order,
  { fields, related }: PageSelection,
  relations: Readonly<Record<string, ToOne>>,
  isCluster: boolean,
): PageColumns<Row> {
  const joined = isCluster ? new Map<string, never>() : columnsOfRelated(related, relations);
  if (fields === null || joined.size < related.size) return columnsWith(record, joined);
  const names = new Set(["id", ...fields, ...order.map(({ field }) => field)]);
  for (const name of related.keys())
    for (const field of relations[name]?.keyFields ?? []) names.add(field);
  return columnsWith(columnsOf(record, [...names]), joined);
}

function columnsWith<Row>(
  { columns, row }: Pick<RecordDefinition, "columns" | "row">,
  related: PageColumns<Row>["related"],
): PageColumns<Row> {
  return { columns, row: row as RowType<Row>, related };
}

function columnsOfRelated(
  related: ReadonlyMap<string, Fields>,
  relations: Readonly<Record<string, ToOne>>,
): ReadonlyMap<string, RelatedColumns> {
  const found = new Map<string, RelatedColumns>();
  for (const [name, fields] of related) {
    const relation = relations[name];
    const names = fields === null ? null : [...new Set(["id", ...fields])];
    if (relation) found.set(name, relatedColumns(name, relation, names));
  }
  return found;
}
