import { requireMerchant } from "../../callers/caller.js";
import type { Database } from "../../database/database.js";
import { withinTime } from "../../database/request-reads.js";
import { perRequest } from "../../graphql/context.js";
import { toOneLoader } from "../../listing/loader.js";
import { type PaidAmount, findPaidAmounts } from "./paid-amount.store.js";

/** Loads the paid amounts of orders, by order id. */
export class PaidAmountLoader {
  constructor(private readonly database: Database) {}

  readonly byOrder = perRequest((context) =>
    toOneLoader<string, PaidAmount>(
      (orderIds) => {
        const { merchantId } = requireMerchant(context.caller);
        return findPaidAmounts(withinTime(this.database.pool, context), merchantId, orderIds);
      },
      (of) => (typeof of === "string" ? of : of.orderId),
    ),
  );
}
