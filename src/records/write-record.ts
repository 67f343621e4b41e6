import { isUniqueViolation } from "../database/failure.js";
import type { NewRow, Where } from "../database/models.js";
import { type PrismaTransaction, inPrismaTransaction } from "../database/prisma.js";
import { nextRecordNumber } from "../database/record-number.js";
import { repeatFailed } from "../database/repeat.js";
import { type Sql, join, sql } from "../database/sql.js";
import { present } from "../shared/assert.js";
import type { Instant } from "../shared/instant.js";
import type { Origin } from "../shared/origin.js";
import { newId } from "../shared/uuid.js";
import { type Audit, entryOf, tenantIdOf } from "./audit.js";
import { findRecords } from "./find-record.js";
import { type Key, lock, written } from "./lock-record.js";
import {
  type PlainRecord,
  type Row,
  type Source,
  modelOf,
  rowFrom,
  selectionOf,
} from "./prisma-model.js";
import { type RowOf, columnName, fieldOf, sqlTypeOf } from "./record.js";

// The only functions that write by Prisma Client. A change and its entry in the audit trail are one transaction.

/** What changes of a row. */
type Changes<R extends PlainRecord> = Partial<NewRow<R["model"]>>;

/** The id and the times of a new record: those of a record of the past, otherwise new ones. */
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
 * Creates a record. Its key is made before: a run whose commit was lost is recognized by it.
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

/** As `createRecord`, with the merchant's next number of the kind. */
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

async function create<R extends PlainRecord>(
  source: Source,
  record: R,
  values: Row,
  audit: Audit,
  valuesIn: (tx: PrismaTransaction) => Promise<Row>,
): Promise<RowOf<R>> {
  const key = keyOf(record, values);
  let runCount = 0;
  return repeatFailed(async () => {
    runCount++;
    try {
      return await inPrismaTransaction(source.prisma, async (tx) => {
        const data = await valuesIn(tx);
        const made = await modelOf(tx, record).create({ data, select: selectionOf(record) });
        await tx.$executeRaw(entryOf(audit, record, "making", written(record, key)));
        return rowFrom<R>(made);
      });
    } catch (error) {
      if (runCount === 1 || !isUniqueViolation(error)) throw error;
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
  await repeatFailed(() =>
    inPrismaTransaction(prisma, async (tx) => {
      const { count } = await modelOf(tx, record).createMany({
        data: [values],
        skipDuplicates: true,
      });
      if (count === 0) return;
      await tx.$executeRaw(entryOf(audit, record, "making", written(record, key)));
    }),
  );
}

/**
 * Changes a record, which is locked before it is read. `updatedAt` then differs from any that it had.
 *
 * @param decide takes the record as it is, and the database's time; it returns what to change, which may be nothing.
 * @returns the record as it is then; null when there is none.
 * @throws a unique violation.
 */
export function changeRecord<R extends PlainRecord>(
  { prisma }: Source,
  record: R,
  key: Key<R>,
  decide: (row: RowOf<R>, now: Instant) => Changes<R>,
  audit: Audit,
): Promise<RowOf<R> | null> {
  let runCount = 0;
  return repeatFailed(() =>
    inPrismaTransaction(prisma, async (tx) => {
      runCount++;
      const locked = await lock(tx, record, key);
      if (locked === null) return null;
      const { now, row } = locked;
      // The lock was held by an earlier run until that ended: its entry exists by now or never.
      if (runCount > 1 && (await wasEntered(tx, audit, record, row))) return row;
      const changes = decide(row, now);
      const names = Object.keys(changes);
      if (names.length === 0) return row;
      const [changed] = await modelOf(tx, record).updateManyAndReturn({
        where: key,
        data: "updatedAt" in record.fields ? { ...changes, updatedAt: now } : changes,
        select: selectionOf(record),
      });
      const rows = sql`${written(record, key)}, ${before(record, row, names)}`;
      await tx.$executeRaw(entryOf(audit, record, "changing", rows, names));
      return rowFrom<R>(present(changed, `the ${record.name}, which is locked`));
    }),
  );
}

/** Removes a record. Removing what is not there changes nothing. */
export async function removeRecord<R extends PlainRecord>(
  { prisma }: Source,
  record: R,
  key: Key<R>,
  audit: Audit,
): Promise<void> {
  await repeatFailed(() =>
    inPrismaTransaction(prisma, async (tx) => {
      if ((await lock(tx, record, key)) === null) return;
      await tx.$executeRaw(entryOf(audit, record, "ending", written(record, key)));
      await modelOf(tx, record).deleteMany({ where: key });
    }),
  );
}

/** The columns of the primary key. An API token's is its id alone: an operator's has no merchant. */
function keyOf<R extends PlainRecord>({ fields }: R, values: Row): Key<R> {
  const names = ["merchantId", "id", "pocketGroupId"].filter(
    (name) => fields[name]?.isNullable === false,
  );
  return Object.fromEntries(names.map((name) => [name, values[name]])) as Key<R>;
}

/** The columns as they were. */
function before(record: PlainRecord, row: Row, names: readonly string[]): Sql {
  const values = names.map((name) => {
    const { kind } = fieldOf(record, name);
    return sql`${row[name]}::${sqlTypeOf(kind)} as ${columnName(name)}`;
  });
  return sql`(select ${join(values, ", ")}) as before`;
}

async function wasEntered(
  tx: PrismaTransaction,
  { id }: Audit,
  record: PlainRecord,
  row: Row,
): Promise<boolean> {
  const where = { tenantId: tenantIdOf(record, row), id };
  return (await tx.auditEntry.findFirst({ where, select: { id: true } })) !== null;
}
