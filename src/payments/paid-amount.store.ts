import { type Queryable, queryRows } from "../database/database.js";
import { sql } from "../database/sql.js";

/** What was paid of orders: succeeded charges less succeeded refunds, of all orders in one statement. */
export function findPaidAmounts(
  on: Queryable,
  merchantId: string,
  orderIds: readonly string[],
): Promise<{ orderId: string; paidInCents: number }[]> {
  return queryRows(
    on,
    sql`select order_id as "orderId", sum(amount)::bigint as "paidInCents" from (
          select order_id, total_in_cents as amount from payment_charges
          where merchant_id = ${merchantId}::uuid and order_id = any(${orderIds}::uuid[]) and status = 'SUCCEEDED'
          union all
          select order_id, -total_in_cents from payment_refunds
          where merchant_id = ${merchantId}::uuid and order_id = any(${orderIds}::uuid[]) and status = 'SUCCEEDED'
        ) movements
        group by order_id`,
    "find_paid_amounts",
  );
}
