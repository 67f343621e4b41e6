import { perRequest } from "../graphql/context.js";
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
}
