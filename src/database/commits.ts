import { AsyncResource } from "node:async_hooks";
import type pg from "pg";

const listenersOf = new WeakMap<pg.Pool, Set<() => void>>();

/**
 * Calls the listener after each commit of a transaction on the pool's connections, in the asynchronous context of this
 * call and not of the transaction, so that what the listener does is not part of the request and its trace.
 *
 * @returns a function that removes the listener.
 */
export function onCommit(pool: pg.Pool, listener: () => void): () => void {
  const listeners = listenersOf.get(pool) ?? new Set();
  const bound = AsyncResource.bind(listener);
  listenersOf.set(pool, listeners.add(bound));
  return () => listeners.delete(bound);
}

/** Calls the listeners of the pool. */
export function committed(pool: pg.Pool): void {
  for (const listener of listenersOf.get(pool) ?? []) listener();
}
