import { isUniqueViolation } from "../database/failure.js";
import type { NewRow, Where } from "../database/models.js";
import { type PrismaTransaction, inPrismaTransaction } from "../database/prisma.js";
import { nextRecordNumber } from "../database/record-number.js";
import { retryFailed } from "../database/retry.js";
import { type Sql, join, sql } from "../database/sql.js";
import { present } from "../shared/assert.js";
import type { Instant } from "../shared/instant.js";
import type { Origin } from "../shared/origin.js";
import { newId } from "../shared/uuid.js";
import { type Audit, entryOf, tenantIdOf } from "./audit.js";
import { findRecords } from "./find-record.js";
import { type Key, lock, lockAndCount, written } from "./lock-record.js";
import {
  type PlainRecord,
  type Row,
  type Source,
  modelOf,
  rowFrom,
  selectionOf,
} from "./prisma-model.js";
import { sqlTypeOf } from "./column-type.js";
import { type RowOf, columnName, fieldOf } from "./record.js";

// The only functions that write with Prisma Client. A change and its audit entry are one transaction.

/** The changed columns of a row. */
type Changes<R extends PlainRecord> = Partial<NewRow<R["model"]>>;

/** The id and the times of a new record: the origin's for an imported record, otherwise a new id and default times. */
export function originValues(origin: Origin | undefined): {
  id: string;
  createdAt?: Date;
  updatedAt?: Date;
} {
  if (origin === undefined) return { id: newId() };
  const at = new Date(origin.at);
  return { id: origin.id, createdAt: at, updatedAt: at };
}

/**
 * Creates a record. The caller creates its key, so that a retry after a lost commit finds the record.
 *
 * @throws a unique violation.
 */
export function createRecord<R extends PlainRecord>(
  source: Source,
  record: R,
  values: NewRow<R["model"]>,
  audit: Audit,
): Promise<RowOf<R>> {
  return create(source, record, values, audit, () => Promise.resolve(values));
}

/** Like `createRecord`, with the merchant's next number of the kind. */
export function createNumberedRecord<R extends PlainRecord>(
  source: Source,
  record: R,
  kind: "customer" | "order",
  values: Omit<NewRow<R["model"]>, "number"> & { readonly merchantId: string },
  audit: Audit,
): Promise<RowOf<R>> {
  return create(source, record, values, audit, async (tx) => ({
    ...values,
    number: await nextRecordNumber(tx, values.merchantId, kind),
  }));
}

/**
 * Like `createRecord`, if the merchant has fewer records than allowed, however many are created at once.
 *
 * @returns null if the merchant has that many.
 */
export async function createLimitedRecord<R extends PlainRecord>(
  source: Source,
  record: R,
  maxRecords: number,
  values: NewRow<R["model"]> & { readonly merchantId: string },
  audit: Audit,
): Promise<RowOf<R> | null> {
  const { merchantId } = values;
  try {
    return await create(source, record, values, audit, async (tx) => {
      if ((await lockAndCount(tx, record, merchantId)) >= maxRecords) throw new LimitReached();
      return values;
    });
  } catch (error) {
    if (error instanceof LimitReached) return null;
    throw error;
  }
}

class LimitReached extends Error {
  override readonly name = "LimitReached";
}

async function create<R extends PlainRecord>(
  source: Source,
  record: R,
  values: Row,
  audit: Audit,
  valuesIn: (tx: PrismaTransaction) => Promise<Row>,
): Promise<RowOf<R>> {
  const key = keyOf(record, values);
  let runCount = 0;
  return retryFailed(async () => {
    runCount++;
    try {
      return await inPrismaTransaction(source.prisma, async (tx) => {
        const data = await valuesIn(tx);
        const made = await modelOf(tx, record).create({ data, select: selectionOf(record) });
        await tx.$executeRaw(entryOf(audit, record, "create", written(record, key)));
        return rowFrom<R>(made);
      });
    } catch (error) {
      const mayExist = isUniqueViolation(error) || error instanceof LimitReached;
      if (runCount === 1 || !mayExist) throw error;
      const [made] = await findRecords(source, record, key as Where<R["model"]>);
      if (made === undefined) throw error;
      return made;
    }
  });
}

/** Creates a record unless one with its key exists. */
export async function createMissingRecord<R extends PlainRecord>(
  { prisma }: Source,
  record: R,
  values: NewRow<R["model"]>,
  audit: Audit,
): Promise<void> {
  const key = keyOf(record, values);
  await retryFailed(() =>
    inPrismaTransaction(prisma, async (tx) => {
      const { count } = await modelOf(tx, record).createMany({
        data: [values],
        skipDuplicates: true,
      });
      if (count === 0) return;
      await tx.$executeRaw(entryOf(audit, record, "create", written(record, key)));
    }),
  );
}

/**
 * Locks, reads and updates a record. Its new `updatedAt` differs from all earlier ones.
 *
 * @param decide receives the current record and the database's time, and returns the changes, which may be empty.
 * @param also the statements to run with some changes, while the record is locked.
 * @returns the updated record; null if there is none.
 * @throws a unique violation.
 */
export function changeRecord<R extends PlainRecord>(
  { prisma }: Source,
  record: R,
  key: Key<R>,
  decide: (row: RowOf<R>, now: Instant) => Changes<R>,
  audit: Audit,
  also: (changes: Changes<R>) => readonly Sql[] = () => [],
): Promise<RowOf<R> | null> {
  let runCount = 0;
  return retryFailed(() =>
    inPrismaTransaction(prisma, async (tx) => {
      runCount++;
      const locked = await lock(tx, record, key);
      if (locked === null) return null;
      const { now, row } = locked;
      // The earlier run held this lock until it ended, so its audit entry exists by now or never will.
      if (runCount > 1 && (await hasAuditEntry(tx, audit, record, row))) return row;
      const changes = decide(row, now);
      const names = Object.keys(changes);
      if (names.length === 0) return row;
      const [changed] = await modelOf(tx, record).updateManyAndReturn({
        where: key,
        data: "updatedAt" in record.fields ? { ...changes, updatedAt: now } : changes,
        select: selectionOf(record),
      });
      const rows = sql`${written(record, key)}, ${before(record, row, names)}`;
      await tx.$executeRaw(entryOf(audit, record, "update", rows, names));
      for (const statement of also(changes)) await tx.$executeRaw(statement);
      return rowFrom<R>(present(changed, `the locked ${record.name}`));
    }),
  );
}

/**
 * Deletes a record. Deleting a missing record changes nothing.
 *
 * @param also statements to run with the deletion, while the record is locked.
 * @returns the record as it was before the deletion; null if it was missing.
 */
export async function removeRecord<R extends PlainRecord>(
  { prisma }: Source,
  record: R,
  key: Key<R>,
  audit: Audit,
  also: readonly Sql[] = [],
): Promise<RowOf<R> | null> {
  let removed: RowOf<R> | null = null;
  await retryFailed(() =>
    inPrismaTransaction(prisma, async (tx) => {
      const locked = await lock(tx, record, key);
      if (locked === null) return;
      removed = locked.row;
      await tx.$executeRaw(entryOf(audit, record, "delete", written(record, key)));
      for (const statement of also) await tx.$executeRaw(statement);
      await modelOf(tx, record).deleteMany({ where: key });
    }),
  );
  return removed;
}

/** The columns of the primary key. An API token's key is only its id, because operators' tokens have no merchant. */
function keyOf<R extends PlainRecord>({ fields }: R, values: Row): Key<R> {
  const names = ["merchantId", "id", "pocketGroupId"].filter(
    (name) => fields[name]?.isNullable === false,
  );
  return Object.fromEntries(names.map((name) => [name, values[name]])) as Key<R>;
}

/** The columns before the update. */
function before(record: PlainRecord, row: Row, names: readonly string[]): Sql {
  const values = names.map((name) => {
    const { kind } = fieldOf(record, name);
    const isList = typeof kind === "object" && "enumList" in kind;
    const isJson = kind === "metadata" || kind === "json";
    const value = isJson ? JSON.stringify(row[name]) : row[name];
    const type = isList ? sql`text[]` : sqlTypeOf(kind);
    return sql`${value}::${type} as ${columnName(name)}`;
  });
  return sql`(select ${join(values, ", ")}) as before`;
}

async function hasAuditEntry(
  tx: PrismaTransaction,
  { id }: Audit,
  record: PlainRecord,
  row: Row,
): Promise<boolean> {
  const where = { tenantId: tenantIdOf(record, row), id };
  return (await tx.auditEntry.findFirst({ where, select: { id: true } })) !== null;
}
