import { type Queryable, readRows } from "../database/database.js";
import { byKey } from "../database/by-key.js";
import { column, rowOf } from "../database/row.js";
import { type Sql, identifier, sql } from "../database/sql.js";
import { ownedKey } from "../records/record.js";
import { present } from "../shared/assert.js";
import { parseUuid } from "../shared/uuid.js";
import type { ReferenceIds, References } from "./payment-references.js";

const REFERENCES = rowOf({
  defaultCurrency: column.text(),
  orderId: column.nullable(column.uuid()),
  orderCurrency: column.nullable(column.text()),
  orderCustomerId: column.nullable(column.uuid()),
  customerId: column.nullable(column.uuid()),
  methodId: column.nullable(column.uuid()),
  methodCustomerId: column.nullable(column.uuid()),
});

/**
 * Finds the records that an input refers to, of one merchant only, in one statement. They need no lock: they are never
 * deleted, and an order's currency never changes.
 */
export async function findReferences(
  on: Queryable,
  merchantId: string,
  { orderId, customerId, paymentMethodId }: ReferenceIds,
): Promise<References> {
  const found = (table: string, id: string | null | undefined): Sql =>
    sql`select * from ${identifier(table)}
        where ${byKey(...ownedKey(sql`${merchantId}::uuid`, sql`${uuidOrNone(id)}::uuid`))}`;
  const rows = await readRows(
    on,
    REFERENCES,
    sql`select m.default_currency as "defaultCurrency", o.id as "orderId", o.currency as "orderCurrency",
               o.customer_id as "orderCustomerId", c.id as "customerId",
               p.id as "methodId", p.customer_id as "methodCustomerId"
        from merchants m
        left join lateral (${found("orders", orderId)}) as o on true
        left join lateral (${found("customers", customerId)}) as c on true
        left join lateral (${found("payment_methods", paymentMethodId)}) as p on true
        where m.id = ${merchantId}::uuid`,
    "find_payment_references",
  );
  const row = present(rows[0], "the caller's merchant");
  return {
    defaultCurrency: row.defaultCurrency,
    order:
      row.orderId === null
        ? null
        : {
            id: row.orderId,
            currency: present(row.orderCurrency, "an order's currency"),
            customerId: row.orderCustomerId,
          },
    customerId: row.customerId,
    paymentMethod:
      row.methodId === null ? null : { id: row.methodId, customerId: row.methodCustomerId },
  };
}

/**
 * Replaces an invalid id by one that no record has. Never compare a key with NULL: the planner drops the condition,
 * and Citus then queries every shard.
 */
function uuidOrNone(id: string | null | undefined): string {
  return (typeof id === "string" ? parseUuid(id) : null) ?? NONE;
}

/** No record has this id: record ids are UUIDs of version 7. */
const NONE = "00000000-0000-0000-0000-000000000000";
