import type { PrismaTransaction } from "../database/prisma.js";
import { type Sql, join, sql } from "../database/sql.js";
import { present } from "../shared/assert.js";
import { type Instant, instantOf } from "../shared/instant.js";
import { type PlainRecord, type Row, rowFrom } from "./prisma-model.js";
import { sqlTypeOf } from "./column-type.js";
import { type RowOf, columnName, fieldOf } from "./record.js";

/** The values of a record's key columns. */
export type Key<R extends PlainRecord> = Readonly<Partial<Record<keyof RowOf<R>, string>>>;

/**
 * Locks the record for the rest of the transaction.
 *
 * @returns the current record and the time for its next change: the current time, but always later than its last
 *   change, even if the clock was set back.
 */
export async function lock<R extends PlainRecord>(
  tx: PrismaTransaction,
  record: R,
  key: Key<R>,
): Promise<{ row: RowOf<R>; now: Instant } | null> {
  const clock = sql`date_trunc('milliseconds', statement_timestamp())`;
  const now =
    "updatedAt" in record.fields
      ? sql`greatest(${clock}, updated_at + interval '1 millisecond')`
      : clock;
  const [found] = await tx.$queryRaw<Row[]>(
    sql`select ${record.columns}, ${now} as now from ${record.table} where ${isAt(record, key)} for no key update`,
  );
  if (found === undefined) return null;
  const { now: time, ...row } = found;
  return { row: rowFrom<R>(row), now: instantOf(time as Date) };
}

/**
 * Locks the merchant for the rest of the transaction, and counts its records. Statements that only refer to the merchant
 * do not wait.
 */
export async function lockAndCount(
  tx: PrismaTransaction,
  record: PlainRecord,
  merchantId: string,
): Promise<number> {
  await tx.$queryRaw(
    sql`select id from merchants where id = ${merchantId}::uuid for no key update`,
  );
  const [counted] = await tx.$queryRaw<{ readonly count: number }[]>(
    sql`select count(*)::integer as count from ${record.table} where merchant_id = ${merchantId}::uuid`,
  );
  return present(counted, "a count").count;
}

/** A source for a `from` clause with the current record, named `written`. */
export function written(record: PlainRecord, key: Row): Sql {
  return sql`(select * from ${record.table} where ${isAt(record, key)}) as written`;
}

function isAt(record: PlainRecord, key: Row): Sql {
  const equalities = Object.entries(key).map(([name, value]) => {
    const { kind } = fieldOf(record, name);
    return sql`${columnName(name)} = ${value}::${sqlTypeOf(kind)}`;
  });
  return join(equalities, " and ");
}
