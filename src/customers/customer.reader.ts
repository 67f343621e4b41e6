import { type Caller, requireMerchant } from "../callers/caller.js";
import type { ReadSource } from "../database/request-reads.js";
import { sql } from "../database/sql.js";
import { ListReader } from "../listing/list-reader.js";
import type { RecordLoader } from "../listing/loader.js";
import { rowsWith } from "../listing/visible.js";
import { type Customer, customerRecord } from "./customer.record.js";
import { customerListTypes } from "./customer.type.js";

const customerListDefinition = {
  record: customerRecord,
  visibleTo: (caller: Caller) =>
    rowsWith(sql`customers.merchant_id`, requireMerchant(caller).merchantId),
  scopes: ["PAYMENTS_READ"],
  parents: {},
} as const;

/** The list of a merchant's customers. */
export class CustomerReader {
  readonly customers;

  constructor(source: ReadSource, loader: RecordLoader<Customer>) {
    this.customers = new ListReader(
      source,
      customerListDefinition,
      customerListTypes,
      (context, rows) => {
        loader.prime(context, rows);
      },
    );
  }
}
