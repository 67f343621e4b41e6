/** What must hold in any database of this server: each query answers the records that break its rule. */
export const BOOKS = {
  "a pocket's balance is the sum of its charges, and what the last of them left": `
    select p.phone_number, p.balance, sum(c.amount) as charged, max(c.balance_after) as last
    from pockets p left join pocket_charges c using (pocket_group_id, phone_number)
    group by p.pocket_group_id, p.phone_number, p.balance
    having (p.balance, p.balance) is distinct from (sum(c.amount), max(c.balance_after))`,
  "each charge begins with the balance that the one before it left": `
    select token, amount, balance_after, before from (
      select token, amount, balance_after, coalesce(lag(balance_after) over pocket, 0) as before
      from pocket_charges
      window pocket as (partition by pocket_group_id, phone_number order by balance_after)) c
    where balance_after <> before + amount`,
  "the times of a pocket's charges are in the order of its balances": `
    select token, created_at, earlier from (
      select token, created_at, lag(created_at) over pocket as earlier from pocket_charges
      window pocket as (partition by pocket_group_id, phone_number order by balance_after)) c
    where created_at < earlier`,
  "what a charge keeps as refunded is the sum of its succeeded refunds": `
    select c.id, c.total_refunded_in_cents, r.total
    from payment_charges c cross join lateral (
      select coalesce(sum(total_in_cents) filter (where status = 'SUCCEEDED'), 0) as total,
             coalesce(sum(total_in_cents), 0) as asked
      from payment_refunds r
      where (r.merchant_id, r.payment_charge_id) = (c.merchant_id, c.id)
        and status in ('SUCCEEDED', 'CREATED', 'PENDING', 'ACTION_REQUIRED')) r
    where c.total_refunded_in_cents <> r.total or r.asked > c.total_in_cents
       or c.total_refundable_in_cents <> c.total_in_cents - r.total`,
  "an authorization is captured once, by what its charge is": `
    select a.id, a.status, array_agg(c.id)
    from payment_authorizations a
    join payment_charges c on (c.merchant_id, c.captured_authorization_id) = (a.merchant_id, a.id)
    group by a.merchant_id, a.id
    having count(*) > 1 or a.captured_at is null or a.amount_captured_in_cents <> min(c.amount_in_cents)`,
  "a charge that captures and has succeeded has captured": `
    select id from payment_charges
    where mode = 'CAPTURE' and status = 'SUCCEEDED' and captured_authorization_id is null`,
  "the history of a payment is a chain from its creation to its present status": `
    select p.id, p.status, h.chain from payments p left join lateral (
      select array_agg(from_status order by at) as froms, array_agg(to_status order by at) as chain,
             count(distinct at) as times
      from payment_status_changes h where (h.merchant_id, h.payment_id) = (p.merchant_id, p.id)) h on true
    where h.chain is null or h.froms[1] is not null or h.froms[2:] is distinct from trim_array(h.chain, 1)
       or h.chain[cardinality(h.chain)] <> p.status or h.times <> cardinality(h.chain)`,
  "an idempotency key has made one record, which no other key has made": `
    select array_agg(key) from idempotency_keys k
    group by merchant_id, record_id
    having count(*) > 1 or not exists (
      select from payments p where (p.merchant_id, p.id) = (k.merchant_id, k.record_id))`,
};
