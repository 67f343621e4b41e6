import { type Sql, identifier, sql } from "../database/sql.js";
import type { Check } from "./check.js";

/** What points where: record, its table, its column, and what it points at with the table of that. */
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

/** What a merchant's records point at is there, and is the same merchant's. */
export const REFERENCE_CHECKS: readonly Check[] = [
  ...REFERENCES.map(([record, table, column, noun, target]): Check => ({
    name: `${record} ${noun}`.replaceAll(" ", "-").toLowerCase(),
    meaning:
      "Records point at records of their own merchant, which are never removed. One was removed, or a reference was changed by hand; another merchant may be shown what is not its own.",
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
      "A key is kept together with the payment that it has made. A request that is repeated with this key is answered an error.",
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

/** Another merchant's records are on another shard, where a statement about this one does not look. */
const NOT_HERE = sql`'is not there, or belongs to another merchant'`;

/** Looked for only where a reference is wrong: ids alone have no index. */
function whereabouts(column: string, target: string): Sql {
  return sql`case when exists (select from ${identifier(target)} o where o.id = r.${identifier(column)})
                  then 'belongs to another merchant' else 'is not there' end`;
}
