import { perRequest } from "../graphql/context.js";
import { toManyLoader } from "../listing/loader.js";
import type { ApiToken } from "./api-token.record.js";
import type { ApiTokenStore } from "./api-token.store.js";

export class ApiTokenLoader {
  constructor(private readonly store: ApiTokenStore) {}

  readonly byMerchant = perRequest(() =>
    toManyLoader<ApiToken>(
      (merchantIds) => this.store.findByMerchants(merchantIds),
      ({ merchantId }) => merchantId,
    ),
  );
}
