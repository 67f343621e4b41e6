import { type Caller, requireMerchant } from "../callers/caller.js";
import type { ReadSource } from "../database/request-reads.js";
import { sql } from "../database/sql.js";
import { Lists } from "../listing/lists.js";
import type { RecordLoader } from "../listing/loader.js";
import { rowsWith } from "../listing/visible.js";
import { type Order, orderRecord } from "./order.record.js";
import { orderLists } from "./order.type.js";

const orderList = {
  record: orderRecord,
  visibleTo: (caller: Caller) =>
    rowsWith(sql`orders.merchant_id`, requireMerchant(caller).merchantId),
  parents: {},
} as const;

/** The list of a merchant's orders. */
export class OrderLists {
  readonly orders;

  constructor(source: ReadSource, loader: RecordLoader<Order>) {
    this.orders = new Lists(source, orderList, orderLists, (context, rows) => {
      loader.prime(context, rows);
    });
  }
}
