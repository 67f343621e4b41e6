import { sql } from "../database/sql.js";
import type { Check } from "./check.js";
import { RECORD_EVENT_CHECKS } from "./event-checks.js";
import { PAYMENT_AMOUNT_CHECKS } from "./payment-amount-checks.js";
import { PAYMENT_HISTORY_CHECKS } from "./payment-history-checks.js";
import { PAYMENT_RULE_CHECKS } from "./payment-rule-checks.js";
import { REFERENCE_CHECKS } from "./reference-checks.js";
import { ROLLUP_CHECKS } from "./rollup-checks.js";
import { unique } from "./unique-check.js";
import { WEBHOOK_CHECKS } from "./webhook-checks.js";

/** The rules for the records of one merchant. */
export const MERCHANT_CHECKS: readonly Check[] = [
  ...PAYMENT_AMOUNT_CHECKS,
  ...PAYMENT_RULE_CHECKS,
  ...PAYMENT_HISTORY_CHECKS,
  ...REFERENCE_CHECKS,
  ...RECORD_EVENT_CHECKS,
  ...ROLLUP_CHECKS,
  ...WEBHOOK_CHECKS,
  unique("payment charge", "payment_charges", "merchant_id", ["captured_authorization_id"], {
    meaning:
      "Only one charge captures an authorization. Funds that were held once were captured twice.",
  }),
  unique("payment", "payments", "merchant_id", ["id"], {
    meaning:
      "Payments of all kinds have different ids. Otherwise, they would share a status history.",
  }),
  unique("status change", "payment_status_changes", "merchant_id", ["payment_id", "id"]),
  unique("idempotency key", "idempotency_keys", "merchant_id", ["operation", "key"], {
    meaning:
      "An idempotency key creates at most one payment. A payment may have been created twice.",
    shown: "key",
  }),
  unique("idempotency key", "idempotency_keys", "merchant_id", ["record_id"], {
    meaning: "A payment is created once, with one key.",
    shown: "key",
  }),
  unique("customer", "customers", "merchant_id", ["number"]),
  unique("customer", "customers", "merchant_id", ["id"]),
  unique("order", "orders", "merchant_id", ["number"]),
  unique("order", "orders", "merchant_id", ["id"]),
  unique("payment method", "payment_methods", "merchant_id", ["id"]),
  unique("employee", "employees", "merchant_id", ["email"]),
  unique("employee", "employees", "merchant_id", ["id"]),
  {
    name: "record-numbers",
    meaning:
      "Customers and orders are numbered from 1 without gaps and never deleted. A record was deleted or numbered manually. If the counter is too low, no new records can be created.",
    find: (merchant) => sql`
      select 'record number' as record, r.kind as id,
             format('The last number given is %s, and there are %s records, the highest of which is number %s.',
                    coalesce(n.last_number, 0), r.records, coalesce(r.highest, 0)) as problem
      from (select 'customer' as kind, count(*) as records, max(number) as highest
            from customers where merchant_id = ${merchant}::uuid
            union all
            select 'order', count(*), max(number) from orders where merchant_id = ${merchant}::uuid) r
      left join record_numbers n on n.merchant_id = ${merchant}::uuid and n.kind = r.kind
      where coalesce(n.last_number, 0) <> r.records or coalesce(n.last_number, 0) <> coalesce(r.highest, 0)`,
  },
  {
    name: "record-times",
    meaning: "A record is updated after it is created. A timestamp was changed manually.",
    find: (merchant) => sql`
      select record, id::text as id, format('It was made at %s and changed at %s.', created_at, updated_at) as problem
      from (select 'customer' as record, id, created_at, updated_at from customers where merchant_id = ${merchant}::uuid
            union all
            select 'order', id, created_at, updated_at from orders where merchant_id = ${merchant}::uuid
            union all
            select 'payment method', id, created_at, updated_at from payment_methods
            where merchant_id = ${merchant}::uuid
            union all
            select 'webhook endpoint', id, created_at, updated_at from webhook_endpoints
            where merchant_id = ${merchant}::uuid
            union all
            select 'webhook delivery', id, created_at, updated_at from webhook_deliveries
            where merchant_id = ${merchant}::uuid
            union all
            select 'employee', id, created_at, updated_at from employees where merchant_id = ${merchant}::uuid
            union all
            select lower(replace(owner_type, '_', ' ') collate "C"), id, created_at, updated_at from payments
            where merchant_id = ${merchant}::uuid) r
      where updated_at < created_at`,
  },
];
