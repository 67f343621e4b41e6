import DataLoader from "dataloader";
import { requireMerchant } from "../callers/caller.js";
import { type Context, perRequest } from "../graphql/context.js";

/**
 * Loads one row per key, with one statement for all keys that are requested at the same time.
 *
 * @param keyOf a row's key and a wanted key in the same form, to match them.
 */
export function toOneLoader<K, Row>(
  find: (keys: readonly K[]) => Promise<Row[]>,
  keyOf: (of: K | Row) => string,
): DataLoader<K, Row | null, string> {
  return new DataLoader<K, Row | null, string>(
    async (keys) => {
      const rows = new Map((await find(keys)).map((row) => [keyOf(row), row]));
      return keys.map((key) => rows.get(keyOf(key)) ?? null);
    },
    { cacheKeyFn: keyOf },
  );
}

/** Loads records of the caller's merchant by id, with one statement for all ids requested at the same time. */
export class RecordLoader<Row extends { readonly id: string }> {
  constructor(
    private readonly find: (merchantId: string, ids: readonly string[]) => Promise<Row[]>,
  ) {}

  private readonly byId = perRequest(({ caller, reads }) => {
    const { merchantId } = requireMerchant(caller);
    return toOneLoader<string, Row>(
      async (ids) => {
        reads.check();
        const rows = await this.find(merchantId, ids);
        reads.take(textBytesOf(rows));
        reads.check();
        return rows;
      },
      (of) => (typeof of === "string" ? of : of.id),
    );
  });

  /** @param id null for an empty relation. */
  load(context: Context, id: string | null): Promise<Row | null> {
    return id === null ? Promise.resolve(null) : this.byId(context).load(id);
  }

  /** Adds rows that another statement read, so that they are not read again. */
  prime(context: Context, rows: readonly Row[]): void {
    for (const row of rows) this.byId(context).prime(row.id, row);
  }
}

/** The size of the rows' strings, metadata included, which make one row larger than another. */
function textBytesOf(rows: readonly object[]): number {
  let bytes = 0;
  for (const row of rows)
    for (const value of Object.values(row) as unknown[])
      if (typeof value === "string") bytes += Buffer.byteLength(value);
      else if (isObject(value)) bytes += Buffer.byteLength(JSON.stringify(value));
  return bytes;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !ArrayBuffer.isView(value);
}
