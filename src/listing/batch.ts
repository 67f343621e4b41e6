import type { Aggregation } from "./aggregate.js";
import type { ParentKey } from "./parent.js";

/** Some aggregations over the rows of one parent. */
export interface AggregateKey {
  readonly parent: ParentKey;
  readonly aggregations: readonly Aggregation[];
}

/** What several askers want at once: each parent once, and all that any of them asked for. */
export function mergeKeys(keys: readonly AggregateKey[]): {
  asked: Aggregation[];
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
    asked: [...new Set(keys.flatMap(({ aggregations }) => aggregations))],
    parents,
    indexOf: (parent) => indexes.get(parent.join()) ?? -1,
  };
}

/** A DataLoader takes an error in the place of a value: one parent's trouble is not another's. */
export function errorOr<T>(read: () => T): T | Error {
  try {
    return read();
  } catch (error) {
    return error as Error;
  }
}
