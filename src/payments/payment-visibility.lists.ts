import { type Caller, requireMerchant } from "../callers/caller.js";
import { type Sql, sql } from "../database/sql.js";
import { type Visible, rowsWith } from "../listing/visible.js";

/** The rows of the caller's merchant, and of no other. */
export function ofMerchant(table: Sql): (caller: Caller) => Visible {
  return (caller) => rowsWith(sql`${table}.merchant_id`, requireMerchant(caller).merchantId);
}
