import { expect } from "vitest";
import type { TestDatabase } from "./database.js";

const KINDS = ["charges", "refunds", "authorizations"].map((kind) => `payment_${kind}`);
const TIMES = { FAILED: "failed_at", CANCELED: "canceled_at", EXPIRED: "expired_at" };
const REFERENCES = {
  orders: ["customer_id customers"],
  payment_methods: ["customer_id customers"],
  payment_charges: [
    "order_id orders",
    "customer_id customers",
    "employee_id employees",
    "payment_method_id payment_methods",
    "payment_authorization_id payment_authorizations",
    "captured_authorization_id payment_authorizations",
  ],
  payment_refunds: [
    "order_id orders",
    "customer_id customers",
    "employee_id employees",
    "payment_charge_id payment_charges",
  ],
  payment_authorizations: [
    "order_id orders",
    "customer_id customers",
    "employee_id employees",
    "payment_method_id payment_methods",
  ],
  payment_status_changes: ["payment_id payments", "employee_id employees"],
  idempotency_keys: ["record_id payments"],
};

/** What is asked of the database itself: each query answers the records that break its rule. */
const RULES: Record<string, string> = {
  "refunded, and kept back, is what the refunds of a charge come to, and never more than it": `
    select c.id, c.amount_in_cents, c.deposit_in_cents, r.*
    from payment_charges c cross join lateral (
      select coalesce(sum(amount_in_cents) filter (where status = 'SUCCEEDED'), 0) as amount,
             coalesce(sum(deposit_in_cents) filter (where status = 'SUCCEEDED'), 0) as deposit,
             coalesce(sum(amount_in_cents) filter (where status in ('CREATED', 'PENDING', 'ACTION_REQUIRED')), 0)
               as amount_under_way,
             coalesce(sum(deposit_in_cents) filter (where status in ('CREATED', 'PENDING', 'ACTION_REQUIRED')), 0)
               as deposit_under_way
      from payment_refunds where merchant_id = c.merchant_id and payment_charge_id = c.id) r
    where (c.amount_refunded_in_cents, c.deposit_refunded_in_cents) <> (r.amount, r.deposit)
       or (c.amount_refunding_in_cents, c.deposit_refunding_in_cents) <> (r.amount_under_way, r.deposit_under_way)
       or r.amount + r.amount_under_way > c.amount_in_cents
       or r.deposit + r.deposit_under_way > c.deposit_in_cents
       or c.amount_refundable_in_cents <> c.amount_in_cents - r.amount
       or c.deposit_refundable_in_cents <> c.deposit_in_cents - r.deposit
       or c.total_refundable_in_cents <> c.total_in_cents - r.amount - r.deposit
       or c.total_refunded_in_cents <> r.amount + r.deposit
       or c.refundable <> (c.total_in_cents > r.amount + r.deposit)`,
  "a refund has the currency, the order and the customer of its charge, and its provider or none": `
    select r.id from payment_refunds r
    left join payment_charges c on (c.merchant_id, c.id) = (r.merchant_id, r.payment_charge_id)
    where case when r.payment_charge_id is null then r.provider <> 'NONE' else
      (r.currency, r.order_id, r.customer_id) is distinct from (c.currency, c.order_id, c.customer_id)
      or r.provider not in (c.provider, 'NONE') end`,
  "an authorization is captured at most once: by one charge and what it is, or in full by hand": `
    select a.id, a.status, array_agg(c.id)
    from payment_authorizations a
    left join payment_charges c on (c.merchant_id, c.captured_authorization_id) = (a.merchant_id, a.id)
    group by a.merchant_id, a.id
    having count(c.id) > 1
      or a.amount_captured_in_cents > a.amount_in_cents or a.deposit_captured_in_cents > a.deposit_in_cents
      or (a.amount_captured_in_cents, a.deposit_captured_in_cents) is distinct from (
        case when a.captured_at is null then 0 else coalesce(min(c.amount_in_cents), a.amount_in_cents) end,
        case when a.captured_at is null then 0 else coalesce(min(c.deposit_in_cents), a.deposit_in_cents) end)
      or (count(c.id) > 0 and a.captured_at is null)`,
  "a charge that has captured is of mode CAPTURE, and took from its own authorization's kind": `
    select c.id from payment_charges c
    left join payment_authorizations a on (a.merchant_id, a.id) = (c.merchant_id, c.payment_authorization_id)
    where a.currency <> c.currency or c.provider not in (a.provider, 'NONE')
       or c.captured_authorization_id <> c.payment_authorization_id
       or (c.captured_authorization_id is not null and c.mode <> 'CAPTURE')
       or (c.mode = 'CAPTURE' and c.status = 'SUCCEEDED' and c.captured_authorization_id is null)`,
  "the currency of a charge or an authorization is that of its order": `
    select p.id from payments p join orders o on (o.merchant_id, o.id) = (p.merchant_id, p.order_id)
    where p.owner_type <> 'PAYMENT_REFUND' and p.currency <> o.currency`,
  "a total is the amount and the deposit, and above 0": `
    select id from payments
    where total_in_cents <> amount_in_cents + deposit_in_cents or total_in_cents <= 0
       or amount_in_cents < 0 or deposit_in_cents < 0`,
  "the history of a payment is a chain from its creation to its present status, its times growing": `
    select p.id, p.status, h.chain from payments p left join lateral (
      select array_agg(from_status order by at) as froms, array_agg(to_status order by at) as chain,
             min(at) as first, max(at) as last, count(distinct at) as times
      from payment_status_changes where merchant_id = p.merchant_id and payment_id = p.id) h on true
    where h.chain is null or h.froms[1] is not null or h.froms[2:] is distinct from trim_array(h.chain, 1)
       or h.chain[cardinality(h.chain)] <> p.status or h.times <> cardinality(h.chain)
       or h.first <> p.created_at or h.last > p.updated_at`,
  "an idempotency key made one record, and no other key made it too": `
    select array_agg(key) from idempotency_keys group by merchant_id, record_id having count(*) > 1`,
  ...Object.fromEntries(KINDS.flatMap((table) => timesOf(table))),
  ...Object.fromEntries(
    Object.entries(REFERENCES).flatMap(([table, all]) =>
      all.map((reference) => sameMerchant(table, ...(reference.split(" ") as [string, string]))),
    ),
  ),
};

/** When a payment last entered a status is told by its history, and null means never. */
function timesOf(table: string): [rule: string, query: string][] {
  const moments = Object.entries(TIMES).map(([status, column]): [string, string] => [
    `${column} of ${table} is when it was last entered`,
    `select p.id from ${table} p where p.${column} is distinct from (
       select max(at) from payment_status_changes h
       where (h.merchant_id, h.payment_id, h.to_status) = (p.merchant_id, p.id, '${status}'))`,
  ]);
  // The caller may say when a charge succeeded and, once it is over, take that back.
  const succeeded = `select p.id from ${table} p where p.succeeded_at is distinct from (
    select max(at) from payment_status_changes h
    where (h.merchant_id, h.payment_id, h.to_status) = (p.merchant_id, p.id, 'SUCCEEDED'))`;
  const charge = `select p.id from ${table} p where case when p.succeeded_at is null
    then p.status = 'SUCCEEDED' else not exists (select from payment_status_changes h
      where (h.merchant_id, h.payment_id, h.to_status) = (p.merchant_id, p.id, 'SUCCEEDED')) end`;
  const query = table === "payment_charges" ? charge : succeeded;
  return [...moments, [`succeeded_at of ${table} is there as it succeeded`, query]];
}

function sameMerchant(table: string, column: string, target: string): [string, string] {
  const query = `select r.* from ${table} r where ${column} is not null and not exists (
    select from ${target} t where (t.merchant_id, t.id) = (r.merchant_id, r.${column}))`;
  return [`${column} of ${table} is a record of the same merchant`, query];
}

/** What must hold in the database after anything that was done to payments. */
export async function expectPaymentBooksToBalance({ pool }: TestDatabase): Promise<void> {
  const wrong: Record<string, unknown[]> = {};
  for (const [rule, query] of Object.entries(RULES)) {
    const { rows } = await pool.query<Record<string, unknown>>(query);
    if (rows.length > 0) wrong[rule] = rows;
  }
  expect(wrong).toEqual({});
}
