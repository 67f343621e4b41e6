import { type Audit, entered } from "../audit/audit.js";
import { queryRows } from "../database/database.js";
import { type Sql, join, sql } from "../database/sql.js";
import type { Tx } from "../database/transaction.js";
import type { RecordDefinition, RowOf } from "../listing/record.js";
import { type Values, assignments, columnsAndValues } from "../listing/write-row.js";
import { present } from "../shared/assert.js";
import type { Instant } from "../shared/instant.js";
import { newId } from "../shared/uuid.js";
import { TIME_OF_STATUS } from "./payment-transitions.js";

/** What charges, refunds and authorizations have in common when they are written. */
interface PaymentRow {
  readonly merchantId: string;
  readonly id: string;
  readonly status: string;
  readonly updatedAt: Instant;
}

/** A payment to be made; `status` and the ids are among its values. */
export interface NewPayment extends Values {
  readonly merchantId: string;
  readonly id: string;
  readonly status: string;
  readonly employeeId: string | null;
}

/**
 * Makes a charge, a refund or an authorization, the first entry of its history, and its entry in the
 * audit trail, in one statement.
 *
 * @param at when it was made, for records of the past; now when left out.
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
  const rows = await queryRows<RowOf<R>>(
    tx,
    sql`with written as (
          insert into ${record.table} ${columnsAndValues(values)} returning *
        ), ${noteStatus(null, payment.employeeId)}, ${entered(audit, record, "making")}
        select ${record.columns} from written as ${record.table}`,
  );
  return present(rows[0], `the ${record.name} just made`);
}

/**
 * Changes a payment that is locked. A change of status sets its time, unless that is among the changes,
 * and is noted in the history. `updatedAt` grows even where a clock was set back, so that no two states
 * of a payment have the same.
 *
 * @param employeeId who changes it.
 * @param audit left out where another payment's change, which has its own entry, brings this one about.
 */
export async function updatePayment<R extends RecordDefinition>(
  tx: Tx,
  record: R,
  row: PaymentRow,
  changes: Values,
  employeeId: string | null,
  audit?: Audit,
): Promise<RowOf<R>> {
  const { status } = changes;
  const now = sql`greatest(statement_timestamp(), ${row.updatedAt}::timestamptz + interval '1 microsecond')`;
  const times = typeof status === "string" ? enteredTime(status, changes, now) : {};
  const key = sql`merchant_id = ${row.merchantId}::uuid and id = ${row.id}::uuid`;
  const written = sql`written as (
    update ${record.table} set ${assignments({ ...changes, ...times, updatedAt: now })}
    where ${key} returning *)`;
  const before = sql`before as materialized (select * from ${record.table} where ${key})`;
  // What is read comes before what changes it, and is kept: Citus takes the parts one after the other.
  const steps = [
    ...(audit === undefined ? [] : [before]),
    written,
    ...(status === undefined ? [] : [noteStatus(row.status, employeeId)]),
    ...(audit === undefined ? [] : [entered(audit, record, "changing")]),
  ];
  const rows = await queryRows<RowOf<R>>(
    tx,
    sql`with ${join(steps, ", ")} select ${record.columns} from written as ${record.table}`,
  );
  return present(rows[0], `the ${record.name}, which is locked`);
}

/** The time that entering the status sets, unless the caller tells it. */
function enteredTime(status: string, given: Values, now: Sql): Values {
  const time = TIME_OF_STATUS[status];
  return time === undefined ? {} : { [time]: given[time] ?? now };
}

function noteStatus(from: string | null, employeeId: string | null): Sql {
  return sql`noted as (
    insert into payment_status_changes (merchant_id, payment_id, id, from_status, to_status, at, employee_id)
    select merchant_id, id, ${newId()}::uuid, ${from}, status, updated_at, ${employeeId}::uuid from written)`;
}

/** One change of a payment's status. */
export interface StatusChange {
  readonly paymentId: string;
  readonly from: string | null;
  readonly to: string;
  readonly at: Instant;
  readonly employeeId: string | null;
}

/** The history of payments, oldest first. */
export function findStatusChanges(
  on: Tx,
  merchantId: string,
  paymentIds: readonly string[],
): Promise<StatusChange[]> {
  return queryRows<StatusChange>(
    on,
    sql`select payment_id as "paymentId", from_status as "from", to_status as "to", at, employee_id as "employeeId"
        from payment_status_changes
        where merchant_id = ${merchantId}::uuid and payment_id = any(${paymentIds}::uuid[])
        order by at, id`,
    "find_status_changes",
  );
}
