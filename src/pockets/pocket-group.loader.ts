import { type Context, perRequest } from "../graphql/context.js";
import { toManyLoader, toOneLoader } from "../listing/loader.js";
import type { PocketGroup } from "./pocket-group.record.js";
import type { Grant, PocketGroupStore } from "./pocket-group.store.js";

export class PocketGroupLoader {
  constructor(private readonly store: PocketGroupStore) {}

  readonly byId = perRequest(() =>
    toOneLoader<string, PocketGroup>(
      (ids) => this.store.findByIds(ids),
      (of) => (typeof of === "string" ? of : of.id),
    ),
  );

  /** What was read by another way need not be read again. */
  prime(context: Context, groups: readonly PocketGroup[]): void {
    for (const group of groups) this.byId(context).prime(group.id, group);
  }

  readonly grantsOf = perRequest(() =>
    toManyLoader<Grant>(
      (ids) => this.store.findGrants(ids),
      ({ pocketGroupId }) => pocketGroupId,
    ),
  );
}
