import { type Context, perRequest } from "../graphql/context.js";
import { toOneLoader } from "../listing/loader.js";
import type { Merchant } from "./merchant.record.js";
import type { MerchantStore } from "./merchant.store.js";

export class MerchantLoader {
  constructor(private readonly store: MerchantStore) {}

  readonly byId = perRequest(() =>
    toOneLoader<string, Merchant>(
      (ids) => this.store.findByIds(ids),
      (of) => (typeof of === "string" ? of : of.id),
    ),
  );

  /** Caches merchants that were read in another way. */
  prime(context: Context, merchants: readonly Merchant[]): void {
    for (const merchant of merchants) this.byId(context).prime(merchant.id, merchant);
  }
}
