import { type Queryable, queryRows } from "../database/database.js";
import { type Sql, join, sql } from "../database/sql.js";
import { present } from "../shared/assert.js";
import type { Origin } from "../shared/origin.js";
import { newId } from "../shared/uuid.js";
import { type RecordDefinition, type RowOf, columnName } from "./record.js";

/** What to write, by field; a piece of SQL stands for what the database computes. */
export type Values = Readonly<Record<string, unknown>>;

/** `(columns) values (…)` of an insert. */
export function columnsAndValues(values: Values): Sql {
  const columns = Object.keys(values).map(columnName);
  return sql`(${join(columns, ", ")}) values (${join(Object.values(values), ", ")})`;
}

/** The id and the times of a new row: those of a record of the past, else new ones. */
export function originValues(origin: Origin | undefined): Values {
  return origin ? { id: origin.id, createdAt: origin.at, updatedAt: origin.at } : { id: newId() };
}

/** `column = value, …` of an update. */
export function assignments(values: Values): Sql {
  const entries = Object.entries(values);
  return join(
    entries.map(([field, value]) => sql`${columnName(field)} = ${value}`),
    ", ",
  );
}

/** Makes one row. @param beside what else the same statement does: `with …`. @returns the row as it is. */
export async function insertRow<R extends RecordDefinition>(
  on: Queryable,
  record: R,
  values: Values,
  beside: Sql = sql``,
): Promise<RowOf<R>> {
  const rows = await queryRows<RowOf<R>>(
    on,
    sql`${beside} insert into ${record.table} ${columnsAndValues(values)} returning ${record.columns}`,
  );
  return present(rows[0], `the ${record.name} just made`);
}

/**
 * Changes one record of a merchant, whose `updatedAt` then differs from any that it had.
 *
 * @returns the row as it is, null when there is none.
 */
export async function updateOwned<R extends RecordDefinition>(
  on: Queryable,
  record: R,
  { merchantId, id }: { readonly merchantId: string; readonly id: string },
  changes: Values,
): Promise<RowOf<R> | null> {
  const rows = await queryRows<RowOf<R>>(
    on,
    sql`update ${record.table}
        set ${assignments({ ...changes, updatedAt: NEXT_MOMENT })}
        where merchant_id = ${merchantId}::uuid and id = ${id}::uuid
        returning ${record.columns}`,
  );
  return rows[0] ?? null;
}

/** Now, and in any case later than the row's last change, even where a clock was set back. */
export const NEXT_MOMENT = sql`greatest(statement_timestamp(), updated_at + interval '1 microsecond')`;
