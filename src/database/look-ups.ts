import pg from "pg";
import type { Queryable } from "./database.js";

interface LookUp {
  readonly keys: Map<string, unknown>;
  readonly rows: Promise<unknown[]>;
}

const next = new WeakMap<Queryable, Map<string, LookUp>>();

/**
 * Has look-ups of the same kind that are asked for at once share a statement, and so a connection:
 * fifty aliases of one field are one look-up. Nothing is kept once the statement is sent. In a transaction
 * there is one connection anyway, and each look-up is sent as it is.
 *
 * @param kind what names everything of the statement but the keys.
 * @param keyOf a row's key and a wanted key in the same form, to match them.
 * @returns the rows of these keys, in no particular order.
 */
export async function lookUpTogether<K, Row>(
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

/** After the promises that are about to ask as well, as DataLoader does it. */
function afterOthersAsked(): Promise<void> {
  return new Promise((resolve) => {
    void Promise.resolve().then(() => {
      process.nextTick(resolve);
    });
  });
}
