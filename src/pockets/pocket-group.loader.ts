import DataLoader from "dataloader";
import { type Context, perRequest } from "../graphql/context.js";
import { toOneLoader } from "../listing/loader.js";
import type { PageNumber } from "../listing/page.js";
import type { PocketGroup } from "./pocket-group.record.js";
import type { PocketGroupStore } from "./pocket-group.store.js";

export class PocketGroupLoader {
  constructor(private readonly store: PocketGroupStore) {}

  readonly byId = perRequest(() =>
    toOneLoader<string, PocketGroup>(
      (ids) => this.store.findByIds(ids),
      (of) => (typeof of === "string" ? of : of.id),
    ),
  );

  /** Caches groups that were read in another way. */
  prime(context: Context, groups: readonly PocketGroup[]): void {
    for (const group of groups) this.byId(context).prime(group.id, group);
  }

  private readonly granted = perRequest(() => new Map<string, DataLoader<string, string[]>>());

  /** One page of the ids of the merchants that a group is granted to, oldest grant first. */
  merchantIdsOf(context: Context, groupId: string, page: PageNumber): Promise<string[]> {
    const loaders = this.granted(context);
    const name = JSON.stringify([page.number, page.size]);
    let loader = loaders.get(name);
    if (loader === undefined) {
      loader = new DataLoader((ids) => this.store.findGranted(context, ids, page));
      loaders.set(name, loader);
    }
    return loader.load(groupId);
  }
}
