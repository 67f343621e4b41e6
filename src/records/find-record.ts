import type { Database } from "../database/database.js";
import { batchedLookUp } from "../database/look-ups.js";
import type { Where } from "../database/models.js";
import { retryFailed } from "../database/retry.js";
import {
  type PlainRecord,
  type Row,
  type Source,
  modelOf,
  rowFrom,
  selectionOf,
} from "./prisma-model.js";
import type { RowOf } from "./record.js";

/** The records that meet the condition, in no particular order. Retries if the connection breaks. */
export async function findRecords<R extends PlainRecord>(
  { prisma }: Source,
  record: R,
  where: Where<R["model"]>,
): Promise<RowOf<R>[]> {
  const find = (): Promise<Row[]> =>
    modelOf(prisma, record).findMany({ where, select: selectionOf(record) });
  return (await retryFailed(find)).map(rowFrom<R>);
}

/** A merchant's record. Simultaneous look-ups share a statement. @returns null if the merchant has no such record. */
export async function findOwnRecord<R extends PlainRecord>(
  source: Database,
  record: R,
  merchantId: string,
  id: string,
): Promise<RowOf<R> | null> {
  type Owned = RowOf<R> & { readonly id: string };
  const [found] = await batchedLookUp<string, Owned>(
    source.pool,
    `${record.name} of ${merchantId}`,
    [id],
    (of) => (typeof of === "string" ? of.toLowerCase() : of.id),
    (ids) =>
      findRecords(source, record, { merchantId, id: { in: [...ids] } }) as unknown as Promise<
        Owned[]
      >,
  );
  return found ?? null;
}
