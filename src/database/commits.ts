import type pg from "pg";

const listenersOf = new WeakMap<pg.Pool, Set<() => void>>();

/**
 * Calls the listener after each commit of a transaction on the pool's connections.
 *
 * @returns a function that removes the listener.
 */
export function onCommit(pool: pg.Pool, listener: () => void): () => void {
  const listeners = listenersOf.get(pool) ?? new Set();
  listenersOf.set(pool, listeners.add(listener));
  return () => listeners.delete(listener);
}

/** Reports a commit. */
export function committed(pool: pg.Pool): void {
  for (const listener of listenersOf.get(pool) ?? []) listener();
}
