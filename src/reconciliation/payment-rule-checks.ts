import { sql } from "../database/sql.js";
import type { Check } from "./check.js";

/** The rules between a merchant's payments: refunds and charges, captures and authorizations. */
export const PAYMENT_RULE_CHECKS: readonly Check[] = [
  {
    name: "payment-refund-of-charge",
    meaning:
      "A refund has the currency, order and customer of its charge, and the same provider or NONE. One of the two was changed manually.",
    find: (merchant) => sql`
      select 'payment refund' as record, r.id::text as id,
             format('Its %s is %s, and that of its charge %s is %s.',
                    d.name, coalesce(d.own, 'none'), c.id, coalesce(d.charged, 'none')) as problem
      from payment_refunds r
      join payment_charges c on c.merchant_id = r.merchant_id and c.id = r.payment_charge_id
      cross join lateral (values
        ('currency', r.currency, c.currency),
        ('order', r.order_id::text, c.order_id::text),
        ('customer', r.customer_id::text, c.customer_id::text),
        ('provider', r.provider, case when r.provider = 'NONE' then 'NONE' else c.provider end)
      ) as d(name, own, charged)
      where r.merchant_id = ${merchant}::uuid and d.own is distinct from d.charged`,
  },
  {
    name: "payment-refund-of-unpaid-charge",
    meaning:
      "Only a succeeded charge can be refunded. Money was returned that was never received, according to the records.",
    find: (merchant) => sql`
      select 'payment refund' as record, r.id::text as id,
             format('Its charge %s has never succeeded.', r.payment_charge_id) as problem
      from payment_refunds r
      join payment_charges c on c.merchant_id = r.merchant_id and c.id = r.payment_charge_id
      where r.merchant_id = ${merchant}::uuid and not exists (
        select from payment_status_changes h
        where h.merchant_id = ${merchant}::uuid and h.payment_id = c.id and h.to_status = 'SUCCEEDED')`,
  },
  {
    name: "payment-refund-without-charge",
    meaning: "A refund without a charge has the provider NONE. The refund was changed manually.",
    find: (merchant) => sql`
      select 'payment refund' as record, id::text as id,
             format('It has no charge, and its provider is %s.', provider) as problem
      from payment_refunds
      where merchant_id = ${merchant}::uuid and payment_charge_id is null and provider <> 'NONE'`,
  },
  {
    name: "payment-authorization-captured",
    meaning:
      "An authorization is captured once, either by one charge with the charge's amounts, or in full outside this server. The captured amounts are wrong.",
    find: (merchant) => sql`
      select 'payment authorization' as record, a.id::text as id,
             format('Its captured amount is %s and deposit %s, and %s.',
                    a.amount_captured_in_cents, a.deposit_captured_in_cents,
                    case when c.id is not null
                         then format('the charge %s has captured %s and %s%s', c.id, c.amount_in_cents,
                                     c.deposit_in_cents, case when a.captured_at is null then ', at no time' end)
                         when a.captured_at is null then 'nothing has captured it'
                         else format('it was captured by hand, in full: %s and %s',
                                     a.amount_in_cents, a.deposit_in_cents) end) as problem
      from payment_authorizations a
      left join payment_charges c on c.merchant_id = a.merchant_id and c.captured_authorization_id = a.id
      where a.merchant_id = ${merchant}::uuid
        and ((a.captured_at is null and c.id is not null)
             or (a.amount_captured_in_cents, a.deposit_captured_in_cents) <> (
               case when a.captured_at is null and c.id is null then 0
                    else coalesce(c.amount_in_cents, a.amount_in_cents) end,
               case when a.captured_at is null and c.id is null then 0
                    else coalesce(c.deposit_in_cents, a.deposit_in_cents) end))`,
  },
  {
    name: "payment-authorization-captured-too-much",
    meaning: "A capture never exceeds the authorized amount. The provider will not pay the excess.",
    find: (merchant) => sql`
      select 'payment authorization' as record, id::text as id,
             format('Of its amount of %s, %s is captured; of its deposit of %s, %s.', amount_in_cents,
                    amount_captured_in_cents, deposit_in_cents, deposit_captured_in_cents) as problem
      from payment_authorizations
      where merchant_id = ${merchant}::uuid
        and (amount_captured_in_cents not between 0 and amount_in_cents
             or deposit_captured_in_cents not between 0 and deposit_in_cents)`,
  },
  {
    name: "payment-charge-capture",
    meaning:
      "A succeeded charge with the mode CAPTURE has captured its authorization. No other charge has captured one.",
    find: (merchant) => sql`
      select 'payment charge' as record, id::text as id,
             format('Its status is %s, its mode %s, its authorization %s, and it has captured %s.', status, mode,
                    coalesce(payment_authorization_id::text, 'none'),
                    coalesce(captured_authorization_id::text, 'none')) as problem
      from payment_charges
      where merchant_id = ${merchant}::uuid
        and ((captured_authorization_id is not null
              and (mode <> 'CAPTURE' or captured_authorization_id is distinct from payment_authorization_id))
             or (mode = 'CAPTURE' and status = 'SUCCEEDED' and captured_authorization_id is null))`,
  },
  {
    name: "payment-charge-of-authorization",
    meaning:
      "A charge has the currency of its authorization, and the same provider or NONE. One of the two was changed manually.",
    find: (merchant) => sql`
      select 'payment charge' as record, c.id::text as id,
             format('Its %s is %s, and that of its authorization %s is %s.', d.name, d.own, a.id, d.held) as problem
      from payment_charges c
      join payment_authorizations a on a.merchant_id = c.merchant_id and a.id = c.payment_authorization_id
      cross join lateral (values
        ('currency', c.currency, a.currency),
        ('provider', c.provider, case when c.provider = 'NONE' then 'NONE' else a.provider end)
      ) as d(name, own, held)
      where c.merchant_id = ${merchant}::uuid and d.own <> d.held`,
  },
  {
    name: "payment-mode",
    meaning:
      "The mode OFF_SESSION requires a payment method, and CAPTURE an authorization. Without it, the source of the payment is unknown.",
    find: (merchant) => sql`
      select p.record, p.id::text as id,
             format('Its mode is %s, and it has no %s.', p.mode,
                    case p.mode when 'CAPTURE' then 'authorization' else 'payment method' end) as problem
      from (select 'payment charge' as record, id, mode, payment_method_id, payment_authorization_id
            from payment_charges where merchant_id = ${merchant}::uuid
            union all
            select 'payment authorization', id, mode, payment_method_id, null
            from payment_authorizations where merchant_id = ${merchant}::uuid) p
      where (p.mode = 'OFF_SESSION' and p.payment_method_id is null)
         or (p.mode = 'CAPTURE' and p.payment_authorization_id is null)`,
  },
  {
    name: "payment-of-order",
    meaning:
      "A payment has the currency of its order, which never changes. The order's paid amount is wrong.",
    find: (merchant) => sql`
      select lower(replace(p.owner_type, '_', ' ') collate "C") as record, p.id::text as id,
             format('Its currency is %s, and that of its order %s is %s.', p.currency, o.id, o.currency) as problem
      from payments p join orders o on o.merchant_id = p.merchant_id and o.id = p.order_id
      left join payment_refunds r on p.owner_type = 'PAYMENT_REFUND' and r.merchant_id = p.merchant_id and r.id = p.id
      -- A refund of a charge has the charge's currency, which another check verifies.
      where p.merchant_id = ${merchant}::uuid and p.currency <> o.currency and r.payment_charge_id is null`,
  },
  {
    name: "payment-of-customer",
    meaning:
      "A payment method belongs to one customer until it is detached. A customer's method was charged for another customer.",
    find: (merchant) => sql`
      select p.record, p.id::text as id,
             format('Its customer is %s, and its payment method %s belongs to %s.', p.customer_id, m.id, m.customer_id)
               as problem
      from (select 'payment charge' as record, id, customer_id, payment_method_id
            from payment_charges where merchant_id = ${merchant}::uuid
            union all
            select 'payment authorization', id, customer_id, payment_method_id
            from payment_authorizations where merchant_id = ${merchant}::uuid) p
      join payment_methods m on m.merchant_id = ${merchant}::uuid and m.id = p.payment_method_id
      where p.customer_id <> m.customer_id`,
  },
];
