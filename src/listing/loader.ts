import DataLoader from "dataloader";

/**
 * Loads one row for each key, all keys of a moment in one statement.
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

/** Loads all rows that belong to each key, all keys of a moment in one statement, order kept. */
export function toManyLoader<Row>(
  find: (keys: readonly string[]) => Promise<Row[]>,
  ownerOf: (row: Row) => string | null,
): DataLoader<string, Row[]> {
  return new DataLoader<string, Row[]>(async (keys) => {
    const owned = new Map<string, Row[]>(keys.map((key) => [key, []]));
    for (const row of await find(keys)) owned.get(ownerOf(row) ?? "")?.push(row);
    return keys.map((key) => owned.get(key) ?? []);
  });
}
