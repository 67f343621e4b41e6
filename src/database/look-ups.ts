import pg from "pg";
import type { Queryable } from "./database.js";

interface LookUp {
  readonly keys: Map<string, unknown>;
  readonly rows: Promise<unknown[]>;
}

const next = new WeakMap<Queryable, Map<string, LookUp>>();

/**
 * Batches simultaneous look-ups of the same kind into one statement on one connection: fifty aliases of one
 * field become one statement. Nothing is cached after the statement is sent. A transaction has a single
 * connection, so its look-ups are not batched.
 *
 * @param kind identifies the statement; look-ups of one kind differ only in their keys.
 * @param keyOf returns a row's key and a requested key in the same form, to match them.
 * @returns the rows of these keys, in no particular order.
 */
export async function batchedLookUp<K, Row>(
  on: Queryable,
  kind: string,
  keys: readonly K[],
  keyOf: (of: K | Row) => string,
  find: (keys: readonly K[]) => Promise<Row[]>,
): Promise<Row[]> {
  if (!(on instanceof pg.Pool)) return find(keys);
  let waiting = next.get(on);
  if (waiting === undefined) next.set(on, (waiting = new Map<string, LookUp>()));
  let lookUp = waiting.get(kind);
  if (lookUp === undefined) {
    const wanted = new Map<string, K>();
    const rows = afterOthersAsked().then(() => {
      next.get(on)?.delete(kind);
      return find([...wanted.values()]);
    });
    lookUp = { keys: wanted, rows };
    waiting.set(kind, lookUp);
  }
  const own = new Set(keys.map(keyOf));
  for (const key of keys) lookUp.keys.set(keyOf(key), key);
  const rows = (await lookUp.rows) as Row[];
  return rows.filter((row) => own.has(keyOf(row)));
}

/** Waits for the pending promises that may add look-ups, as DataLoader does. */
function afterOthersAsked(): Promise<void> {
  return new Promise((resolve) => {
    void Promise.resolve().then(() => {
      process.nextTick(resolve);
    });
  });
}
