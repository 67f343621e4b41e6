import type { Aggregation } from "./aggregate.js";
import type { ParentKey } from "./parent.js";

/** Some aggregations over the rows of one parent. */
export interface AggregateKey {
  readonly parent: ParentKey;
  readonly aggregations: readonly Aggregation[];
}

/** Merges batched keys: each parent once, with all aggregations that any of its keys requests. */
export function mergeKeys(keys: readonly AggregateKey[]): {
  requested: Aggregation[];
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
  return {
    requested: [...new Set(keys.flatMap(({ aggregations }) => aggregations))],
    parents,
    indexOf: (parent) => indexes.get(parent.join()) ?? -1,
  };
}

/** Returns a thrown error as DataLoader's value for one key, so that it does not fail the other keys. */
export function errorOr<T>(read: () => T): T | Error {
  try {
    return read();
  } catch (error) {
    return error as Error;
  }
}
