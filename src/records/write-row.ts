import { type Audit, entered } from "./audit.js";
import { type Queryable, writeRows } from "../database/database.js";
import { type Sql, join, sql } from "../database/sql.js";
import { present } from "../shared/assert.js";
import type { Origin } from "../shared/origin.js";
import { newId } from "../shared/uuid.js";
import { type RecordDefinition, type RowOf, columnName, rowsOf } from "./record.js";

/** What to write, by field; a piece of SQL stands for what the database computes. */
export type Values = Readonly<Record<string, unknown>>;

/**
 * `(columns) values (…)` of an insert.
 *
 * @param from a part of the statement that has one row, which some of the values are read from.
 */
export function columnsAndValues(values: Values, from?: Sql): Sql {
  const columns = join(Object.keys(values).map(columnName), ", ");
  const row = join(Object.values(values), ", ");
  return from ? sql`(${columns}) select ${row} from ${from}` : sql`(${columns}) values (${row})`;
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

/** A part of a statement. */
export interface Beside {
  readonly name: Sql;
  readonly statement: Sql;
}

/**
 * Makes one row, and its entry in the audit trail.
 *
 * @param beside what else the same statement does before, whose one row some of the values are read from.
 * @returns the row as it is.
 */
export async function insertRow<R extends RecordDefinition>(
  on: Queryable,
  record: R,
  values: Values,
  audit: Audit,
  beside?: Beside,
): Promise<RowOf<R>> {
  const written = sql`written as (
    insert into ${record.table} ${columnsAndValues(values, beside?.name)} returning *)`;
  const before = beside ? [sql`${beside.name} as (${beside.statement})`] : [];
  const steps = [...before, written, entered(audit, record, "making")];
  const rows = await writeRows(
    on,
    rowsOf(record),
    sql`with ${join(steps, ", ")} select ${record.columns} from written as ${record.table}`,
  );
  return present(rows[0], `the ${record.name} just made`);
}

/**
 * Changes one row, and enters that in the audit trail. The row is locked before it is read as it was:
 * what is entered is the change that took place, whoever else changes it at the time.
 *
 * @returns the row as it is, null when there is none.
 */
export async function updateRow<R extends RecordDefinition>(
  on: Queryable,
  record: R,
  condition: Sql,
  changes: Values,
  audit: Audit,
): Promise<RowOf<R> | null> {
  const rows = await writeRows(
    on,
    rowsOf(record),
    sql`with before as (
          select * from ${record.table} where ${condition} for no key update
        ), written as (
          update ${record.table} set ${assignments(changes)}
          where ${condition} and exists (select from before) returning *
        ), ${entered(audit, record, "changing")}
        select ${record.columns} from written as ${record.table}`,
  );
  return rows[0] ?? null;
}

/**
 * Changes one record of a merchant, whose `updatedAt` then differs from any that it had.
 *
 * @returns the row as it is, null when there is none.
 */
export function updateOwned<R extends RecordDefinition>(
  on: Queryable,
  record: R,
  { merchantId, id }: { readonly merchantId: string; readonly id: string },
  changes: Values,
  audit: Audit,
): Promise<RowOf<R> | null> {
  const condition = sql`merchant_id = ${merchantId}::uuid and id = ${id}::uuid`;
  return updateRow(on, record, condition, { ...changes, updatedAt: NEXT_MOMENT }, audit);
}

/** Now, and in any case later than the row's last change, even where a clock was set back. */
export const NEXT_MOMENT = sql`greatest(statement_timestamp(),
  (updated_at at time zone 'UTC' + interval '1 microsecond') at time zone 'UTC')`;
