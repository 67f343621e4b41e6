import type { Aggregation } from "./aggregate.js";
import type { PageSelection } from "./page-selection.js";
import type { ParentKey } from "./parent.js";

/** Some aggregations over the rows of one parent. */
export interface AggregateKey {
  readonly parent: ParentKey;
  readonly aggregations: readonly Aggregation[];
}

/** A page of a parent, and what is to be read of it. */
export interface SliceKey {
  readonly parent: ParentKey;
  readonly selection: PageSelection;
}

/** The parents of batched keys, each once, and the place of each among them. */
export function parentsOf(keys: readonly { readonly parent: ParentKey }[]): {
  parents: ParentKey[];
  indexOf: (parent: ParentKey) => number;
} {
  const indexes = new Map<string, number>();
  const parents: ParentKey[] = [];
  for (const { parent } of keys) {
    if (indexes.has(parent.join())) continue;
    indexes.set(parent.join(), parents.length);
    parents.push(parent);
  }
  return { parents, indexOf: (parent) => indexes.get(parent.join()) ?? -1 };
}

/** Merges batched keys: each parent once, with all aggregations that any of its keys requests. */
export function mergeKeys(
  keys: readonly AggregateKey[],
): ReturnType<typeof parentsOf> & { requested: Aggregation[] } {
  const requested = [...new Set(keys.flatMap(({ aggregations }) => aggregations))];
  return { requested, ...parentsOf(keys) };
}

/** Returns a thrown error as DataLoader's value for one key, so that it does not fail the other keys. */
export function errorOr<T>(read: () => T): T | Error {
  try {
    return read();
  } catch (error) {
    return error as Error;
  }
}
