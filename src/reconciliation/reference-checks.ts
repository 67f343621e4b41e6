import { type Sql, identifier, sql } from "../database/sql.js";
import type { Check } from "./check.js";

/** The references: a record with its table and column, and the target with its table. */
const REFERENCES = [
  ["order", "orders", "customer_id", "customer", "customers"],
  ["payment method", "payment_methods", "customer_id", "customer", "customers"],
  ["payment charge", "payment_charges", "order_id", "order", "orders"],
  ["payment charge", "payment_charges", "customer_id", "customer", "customers"],
  ["payment charge", "payment_charges", "employee_id", "employee", "employees"],
  ["payment charge", "payment_charges", "payment_method_id", "payment method", "payment_methods"],
  [
    "payment charge",
    "payment_charges",
    "payment_authorization_id",
    "payment authorization",
    "payment_authorizations",
  ],
  ["payment refund", "payment_refunds", "order_id", "order", "orders"],
  ["payment refund", "payment_refunds", "customer_id", "customer", "customers"],
  ["payment refund", "payment_refunds", "employee_id", "employee", "employees"],
  ["payment refund", "payment_refunds", "payment_charge_id", "payment charge", "payment_charges"],
  ["payment authorization", "payment_authorizations", "order_id", "order", "orders"],
  ["payment authorization", "payment_authorizations", "customer_id", "customer", "customers"],
  ["payment authorization", "payment_authorizations", "employee_id", "employee", "employees"],
  [
    "payment authorization",
    "payment_authorizations",
    "payment_method_id",
    "payment method",
    "payment_methods",
  ],
  ["status change", "payment_status_changes", "payment_id", "payment", "payments"],
  ["status change", "payment_status_changes", "employee_id", "employee", "employees"],
  ["API token", "api_tokens", "employee_id", "employee", "employees"],
] as const;

/** The rules for references: their targets exist and belong to the same merchant. */
export const REFERENCE_CHECKS: readonly Check[] = [
  ...REFERENCES.map(([record, table, column, noun, target]): Check => ({
    name: `${record} ${noun}`.replaceAll(" ", "-").toLowerCase(),
    meaning:
      "Records refer to existing records of the same merchant. A record was deleted, or a reference was changed manually. A merchant may see another merchant's data.",
    find: (merchant, isDistributed) => sql`
        select ${record}::text as record, r.id::text as id,
               format('Its %s %s %s.', ${noun}::text, r.${identifier(column)}, ${isDistributed ? NOT_HERE : whereabouts(column, target)}) as problem
        from ${identifier(table)} r
        where r.merchant_id = ${merchant}::uuid and r.${identifier(column)} is not null and not exists (
          select from ${identifier(target)} t
          where t.merchant_id = ${merchant}::uuid and t.id = r.${identifier(column)})`,
  })),
  {
    name: "idempotency-key-record",
    meaning:
      "An idempotency key is stored together with the payment that it created. A retry with this key fails.",
    find: (merchant) => sql`
      select 'idempotency key' as record, k.key::text as id,
             format('%s has made %s with it, and there is no such record.', k.operation, k.record_id) as problem
      from idempotency_keys k
      where k.merchant_id = ${merchant}::uuid and not exists (
        select from payments p
        where p.merchant_id = ${merchant}::uuid and p.id = k.record_id
          and p.owner_type = case k.operation when 'createPaymentCharge' then 'PAYMENT_CHARGE'
                                              when 'createPaymentRefund' then 'PAYMENT_REFUND'
                                              when 'createPaymentAuthorization' then 'PAYMENT_AUTHORIZATION' end)`,
  },
];

/** Another merchant's records may be on another shard, which the statement does not query. */
const NOT_HERE = sql`'is not there, or belongs to another merchant'`;

/** Searches only if a reference is wrong, because no index covers the id alone. */
function whereabouts(column: string, target: string): Sql {
  return sql`case when exists (select from ${identifier(target)} o where o.id = r.${identifier(column)})
                  then 'belongs to another merchant' else 'is not there' end`;
}
