import { isDistributed } from "../../database/distributed.js";
import { type Queryable, readRows } from "../../database/database.js";
import { exactly } from "../../database/by-key.js";
import { type RowIn, column, rowOf } from "../../database/row.js";
import { type Sql, sql, unnest } from "../../database/sql.js";

const PAID_AMOUNT = rowOf({ orderId: column.uuid(), paidInCents: column.bigint() });
export type PaidAmount = RowIn<typeof PAID_AMOUNT>;

/** The paid amount of each order: succeeded charges less succeeded refunds, in one statement for all orders. */
export async function findPaidAmounts(
  on: Queryable,
  merchantId: string,
  orderIds: readonly string[],
): Promise<PaidAmount[]> {
  const isOfMerchant = sql`merchant_id = ${merchantId}::uuid and status = 'SUCCEEDED'`;
  const ids = sql`${orderIds}::uuid[]`;
  if (await isDistributed(on)) {
    const ofOrders = sql`${isOfMerchant} and order_id = any(${ids})`;
    return readRows(
      on,
      PAID_AMOUNT,
      sql`select order_id as "orderId", ${sumOf(ofOrders)} group by order_id`,
      "find_paid_amounts",
    );
  }
  const ofOrder = sql`${isOfMerchant} and ${exactly(sql`order_id`, sql`wanted.order_id`)} order by order_id`;
  return readRows(
    on,
    PAID_AMOUNT,
    sql`select wanted.order_id as "orderId", paid."paidInCents"
        from ${unnest(ids)} as wanted(order_id)
        cross join lateral (select ${sumOf(ofOrder)}) as paid`,
    "find_paid_amounts",
  );
}

/** @param condition selects the charges and refunds that count, and sorts them where that determines the index. */
function sumOf(condition: Sql): Sql {
  return sql`coalesce(sum(amount), 0)::bigint as "paidInCents" from (
    (select order_id, total_in_cents as amount from payment_charges where ${condition})
    union all
    (select order_id, -total_in_cents from payment_refunds where ${condition})
  ) movements`;
}
