import { type Sql, identifier, sql } from "../database/sql.js";
import { type Check, MOST } from "./check.js";

const CHANGED_BY_HAND =
  "The database refuses this by a constraint, which must be gone: the record was changed by hand.";

const PAYMENTS = [
  ["payment charge", "payment_charges"],
  ["payment refund", "payment_refunds"],
  ["payment authorization", "payment_authorizations"],
] as const;

/** The sums of a merchant's refunds, by charge and by what they count as. */
function refundsOf(merchant: string): Sql {
  return sql`
    select payment_charge_id as id,
           coalesce(sum(amount_in_cents) filter (where status = 'SUCCEEDED'), 0) as amount,
           coalesce(sum(deposit_in_cents) filter (where status = 'SUCCEEDED'), 0) as deposit,
           coalesce(sum(amount_in_cents) filter (where status in ('CREATED', 'PENDING', 'ACTION_REQUIRED')), 0)
             as amount_under_way,
           coalesce(sum(deposit_in_cents) filter (where status in ('CREATED', 'PENDING', 'ACTION_REQUIRED')), 0)
             as deposit_under_way
    from payment_refunds
    where merchant_id = ${merchant}::uuid and payment_charge_id is not null group by payment_charge_id`;
}

/** Amounts, totals and sums of a merchant's payments. Sums are numeric: what is wrong may overflow. */
export const PAYMENT_AMOUNT_CHECKS: readonly Check[] = [
  ...PAYMENTS.flatMap(([record, table]): Check[] => [
    {
      name: `${record.replace(" ", "-")}-amounts`,
      meaning: `Amounts are 0 or more, and their total is from 1 to 2^53-1. ${CHANGED_BY_HAND}`,
      find: (merchant) => sql`
        select ${record}::text as record, id::text as id,
               format('Its amount is %s and its deposit %s.', amount_in_cents, deposit_in_cents) as problem
        from ${identifier(table)}
        where merchant_id = ${merchant}::uuid and not (amount_in_cents >= 0 and deposit_in_cents >= 0
          and amount_in_cents::numeric + deposit_in_cents between 1 and ${MOST})`,
    },
    {
      name: `${record.replace(" ", "-")}-total`,
      meaning: "The total is the amount and the deposit, as the database computes it by itself.",
      find: (merchant) => sql`
        select ${record}::text as record, id::text as id,
               format('Its total is %s, its amount %s and its deposit %s.',
                      total_in_cents, amount_in_cents, deposit_in_cents) as problem
        from ${identifier(table)}
        where merchant_id = ${merchant}::uuid
          and total_in_cents <> amount_in_cents::numeric + deposit_in_cents`,
    },
  ]),
  {
    name: "payment-charge-refunded",
    meaning:
      "What a charge says was refunded are the sums of its refunds that have succeeded. More or less than what is right may be refunded of it.",
    find: (merchant) => sql`
      select 'payment charge' as record, c.id::text as id,
             format('Its refunded amount is %s and deposit %s, and its succeeded refunds come to %s and %s.',
                    c.amount_refunded_in_cents, c.deposit_refunded_in_cents,
                    coalesce(r.amount, 0), coalesce(r.deposit, 0)) as problem
      from payment_charges c left join (${refundsOf(merchant)}) r using (id)
      where c.merchant_id = ${merchant}::uuid
        and (c.amount_refunded_in_cents, c.deposit_refunded_in_cents)
            <> (coalesce(r.amount, 0), coalesce(r.deposit, 0))`,
  },
  {
    name: "payment-charge-refunding",
    meaning:
      "What a charge keeps back are the sums of its refunds under way. More or less than what is right may be refunded of it.",
    find: (merchant) => sql`
      select 'payment charge' as record, c.id::text as id,
             format('It keeps back an amount of %s and a deposit of %s, and its refunds under way come to %s and %s.',
                    c.amount_refunding_in_cents, c.deposit_refunding_in_cents,
                    coalesce(r.amount_under_way, 0), coalesce(r.deposit_under_way, 0)) as problem
      from payment_charges c left join (${refundsOf(merchant)}) r using (id)
      where c.merchant_id = ${merchant}::uuid
        and (c.amount_refunding_in_cents, c.deposit_refunding_in_cents)
            <> (coalesce(r.amount_under_way, 0), coalesce(r.deposit_under_way, 0))`,
  },
  {
    name: "payment-charge-refunded-too-much",
    meaning: `Never more is refunded, refunds under way included, than was charged. ${CHANGED_BY_HAND}`,
    find: (merchant) => sql`
      select 'payment charge' as record, id::text as id,
             format('Of its amount of %s, %s is refunded or kept back for refunds; of its deposit of %s, %s.',
                    amount_in_cents, amount_refunded_in_cents::numeric + amount_refunding_in_cents,
                    deposit_in_cents, deposit_refunded_in_cents::numeric + deposit_refunding_in_cents) as problem
      from payment_charges
      where merchant_id = ${merchant}::uuid
        and (amount_refunded_in_cents::numeric + amount_refunding_in_cents > amount_in_cents
             or deposit_refunded_in_cents::numeric + deposit_refunding_in_cents > deposit_in_cents)`,
  },
  {
    name: "payment-charge-derived",
    meaning:
      "What is refundable is what was charged less what was refunded, as the database computes it by itself. Lists and sums show what is wrong.",
    find: (merchant) => sql`
      select 'payment charge' as record, c.id::text as id,
             format('Its %s is %s and should be %s.', d.name, d.stored, d.expected) as problem
      from payment_charges c cross join lateral (values
        ('total_refunded_in_cents', c.total_refunded_in_cents,
         c.amount_refunded_in_cents::numeric + c.deposit_refunded_in_cents),
        ('amount_refundable_in_cents', c.amount_refundable_in_cents,
         c.amount_in_cents::numeric - c.amount_refunded_in_cents),
        ('deposit_refundable_in_cents', c.deposit_refundable_in_cents,
         c.deposit_in_cents::numeric - c.deposit_refunded_in_cents),
        ('total_refundable_in_cents', c.total_refundable_in_cents, c.amount_in_cents::numeric
         + c.deposit_in_cents - c.amount_refunded_in_cents - c.deposit_refunded_in_cents),
        ('refundable', c.refundable::int, (c.amount_in_cents::numeric + c.deposit_in_cents
         > c.amount_refunded_in_cents::numeric + c.deposit_refunded_in_cents)::int)
      ) as d(name, stored, expected)
      where c.merchant_id = ${merchant}::uuid and d.stored <> d.expected`,
  },
];
