import { type Audit, auditEntryPart, entryOf } from "../records/audit.js";
import { execute, writeRows } from "../database/database.js";
import { type Sql, join, sql } from "../database/sql.js";
import { type Tx, waitForAll } from "../database/transaction.js";
import { type RecordDefinition, type RowOf, columnName, rowsOf } from "../records/record.js";
import { type Values, assignments, columnsAndValues } from "../records/write-row.js";
import { present } from "../shared/assert.js";
import type { Instant } from "../shared/instant.js";
import { newId } from "../shared/uuid.js";
import type { PaymentRow } from "./payment-kind.js";
import { TIME_OF_STATUS } from "./payment-transitions.js";

/** The values of a new payment, including `status` and the ids. */
export interface NewPayment extends Values {
  readonly merchantId: string;
  readonly id: string;
  readonly status: string;
  readonly employeeId: string | null;
}

/**
 * Inserts a charge, a refund or an authorization, the first entry of its status history, and its audit entry, in one
 * statement.
 *
 * @param at the creation time of an imported record; the current time by default.
 */
export async function insertPayment<R extends RecordDefinition>(
  tx: Tx,
  record: R,
  payment: NewPayment,
  audit: Audit,
  at?: Instant,
): Promise<RowOf<R>> {
  const now = at === undefined ? sql`statement_timestamp()` : sql`${at}::timestamptz`;
  const values = {
    ...payment,
    ...enteredTime(payment.status, payment, now),
    createdAt: now,
    updatedAt: now,
  };
  const insert = sql`insert into ${record.table} ${columnsAndValues(values)}`;
  const noted = (source: Sql): Sql => noteStatus(null, payment.employeeId, source);
  let rows;
  if (tx.isDistributed === true) {
    const source = sql`(${rowOf(record, payment)}) as written`;
    [rows] = await waitForAll(
      writeRows(tx, rowsOf(record), sql`${insert} returning ${record.columns}`),
      execute(tx, noted(source)),
      execute(tx, entryOf(audit, record, "create", source)),
    );
  } else {
    rows = await writeRows(
      tx,
      rowsOf(record),
      sql`with written as (${insert} returning *), noted as (${noted(WRITTEN)}),
            ${auditEntryPart(audit, record, "create")}
          select ${record.columns} from written as ${record.table}`,
    );
  }
  return present(rows[0], `the created ${record.name}`);
}

/**
 * Updates a locked payment. A status change sets the status's time field, unless the caller gives it, and is added to
 * the status history. `updatedAt` always increases, even if the clock was set back, so every state has its own value.
 *
 * @param employeeId the employee who makes the change.
 */
export async function updatePayment<R extends RecordDefinition>(
  tx: Tx,
  record: R,
  row: PaymentRow,
  changes: Values,
  employeeId: string | null,
  audit: Audit,
): Promise<RowOf<R>> {
  const { status } = changes;
  // On a Citus cluster there are several statements, and all need the same time.
  const clock = tx.isDistributed === true ? sql`now()` : sql`statement_timestamp()`;
  const now = sql`greatest(${clock}, ${row.updatedAt}::timestamptz + interval '1 microsecond')`;
  const times = typeof status === "string" ? enteredTime(status, changes, now) : {};
  const values = { ...changes, ...times, updatedAt: now };
  const key = keyOf(row);
  const update = sql`update ${record.table} set ${assignments(values)} where ${key}`;
  const noted = (source: Sql): Sql => noteStatus(row.status, employeeId, source);
  let rows;
  if (tx.isDistributed === true) {
    const before = rowOf(record, row);
    // Write the audit entry first, while the table still has the old row.
    const source = sql`(${withValues(record, values, key)}) as written, (${before}) as before`;
    [, rows] = await waitForAll(
      execute(tx, entryOf(audit, record, "update", source)),
      writeRows(tx, rowsOf(record), sql`${update} returning ${record.columns}`),
      status === undefined ? null : execute(tx, noted(sql`(${before}) as written`)),
    );
  } else {
    const steps = [
      sql`written as (${update} returning *)`,
      ...(status === undefined ? [] : [sql`noted as (${noted(WRITTEN)})`]),
      sql`before as (${rowOf(record, row)})`,
      auditEntryPart(audit, record, "update"),
    ];
    rows = await writeRows(
      tx,
      rowsOf(record),
      sql`with ${join(steps, ", ")} select ${record.columns} from written as ${record.table}`,
    );
  }
  return present(rows[0], `the locked ${record.name}`);
}

/** The time field that entering the status sets, unless the caller gives it. */
function enteredTime(status: string, given: Values, now: Sql): Values {
  const time = TIME_OF_STATUS[status];
  return time === undefined ? {} : { [time]: given[time] ?? now };
}

const WRITTEN = sql`written`;

type Key = Pick<PaymentRow, "merchantId" | "id">;

function keyOf({ merchantId, id }: Key): Sql {
  return sql`merchant_id = ${merchantId}::uuid and id = ${id}::uuid`;
}

function rowOf({ table }: RecordDefinition, key: Key): Sql {
  return sql`select * from ${table} where ${keyOf(key)}`;
}

/** The row after the update. Each value is cast to its column's type, as an assignment would. */
function withValues({ table, fields }: RecordDefinition, values: Values, key: Sql): Sql {
  const read = Object.keys(fields).filter((name) => fields[name]?.role !== "virtual");
  const columns = read.map((name) => {
    const column = columnName(name);
    return name in values
      ? sql`case when false then ${column} else ${values[name]} end as ${column}`
      : column;
  });
  return sql`select ${join(columns, ", ")} from ${table} where ${key}`;
}

/** @param source provides the new row of the payment, as `written`. */
function noteStatus(from: string | null, employeeId: string | null, source: Sql): Sql {
  return sql`
    insert into payment_status_changes (merchant_id, payment_id, id, from_status, to_status, at, employee_id)
    select merchant_id, id, ${newId()}::uuid, ${from}, status, updated_at, ${employeeId}::uuid from ${source}`;
}
