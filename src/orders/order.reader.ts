import { type Caller, requireMerchant } from "../callers/caller.js";
import { customerRecord } from "../customers/customer.record.js";
import type { ReadSource } from "../database/request-reads.js";
import { sql } from "../database/sql.js";
import { ListReader } from "../listing/list-reader.js";
import type { RecordLoader } from "../listing/loader.js";
import { ownedBy } from "../listing/to-one.js";
import { rowsWith } from "../listing/visible.js";
import { type Order, orderRecord } from "./order.record.js";
import { orderListTypes } from "./order.type.js";

const orderListDefinition = {
  record: orderRecord,
  visibleTo: (caller: Caller) =>
    rowsWith(sql`orders.merchant_id`, requireMerchant(caller).merchantId),
  scopes: ["PAYMENTS_READ"],
  toOne: { customer: ownedBy(customerRecord, "customerId") },
  parents: {},
} as const;

/** The list of a merchant's orders. */
export class OrderReader {
  readonly orders;

  constructor(source: ReadSource, loader: RecordLoader<Order>) {
    this.orders = new ListReader(source, orderListDefinition, orderListTypes, (context, rows) => {
      loader.prime(context, rows);
    });
  }
}
