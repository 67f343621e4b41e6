import { type Sql, identifier, sql } from "../database/sql.js";
import { type Check, MOST } from "./check.js";

const CHANGED_BY_HAND =
  "A database constraint refuses this, so the constraint must be missing and the record was changed manually.";

const PAYMENTS = [
  ["payment charge", "payment_charges"],
  ["payment refund", "payment_refunds"],
  ["payment authorization", "payment_authorizations"],
] as const;

/** The sums of a merchant's refunds, by charge, separately for succeeded and pending refunds. */
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

/** The rules for amounts, totals and sums of a merchant's payments. Sums are numeric, because wrong data may overflow. */
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
      meaning:
        "The total is the sum of amount and deposit. The database computes it as a generated column.",
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
      "A charge's refunded amounts are the sums of its succeeded refunds. The refundable amounts may be too high or too low.",
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
      "A charge's reserved amounts are the sums of its pending refunds. The refundable amounts may be too high or too low.",
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
    meaning: `Refunds, including pending ones, never exceed the charge. ${CHANGED_BY_HAND}`,
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
      "The refundable amounts are the charged amounts minus the refunded ones. The database computes them as generated columns. Lists and sums show wrong values.",
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
         + c.deposit_in_cents - c.amount_refunded_in_cents - c.deposit_refunded_in_cents)
      ) as d(name, stored, expected)
      where c.merchant_id = ${merchant}::uuid and d.stored <> d.expected`,
  },
];
