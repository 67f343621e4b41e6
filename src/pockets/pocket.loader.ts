import { type Context, perRequest } from "../graphql/context.js";
import { toOneLoader } from "../listing/loader.js";
import type { Pocket } from "./pocket.record.js";
import type { PocketKey, PocketStore } from "./pocket.store.js";

export class PocketLoader {
  constructor(private readonly store: PocketStore) {}

  readonly byKey = perRequest(() =>
    toOneLoader<PocketKey, Pocket>(
      (keys) => this.store.findByKeys(keys),
      ({ pocketGroupId, phoneNumber }) => `${pocketGroupId} ${phoneNumber}`,
    ),
  );

  /** Caches pockets that were read in another way. */
  prime(context: Context, pockets: readonly Pocket[]): void {
    for (const pocket of pockets) this.byKey(context).prime(pocket, pocket);
  }
}
