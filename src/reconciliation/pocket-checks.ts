import { sql } from "../database/sql.js";
import { type Check, MOST, masked } from "./check.js";
import { unique } from "./unique-check.js";

/**
 * The rules of one pocket group's books. A pocket's charges are told in the order of their balances: that
 * is the order in which they were made, whatever their times say.
 */
export const POCKET_CHECKS: readonly Check[] = [
  {
    name: "pocket-balance",
    meaning:
      "A pocket's balance is the sum of its charges, always. Something else than a charge has written to the pocket or to a charge, or has removed one.",
    find: (group) => sql`
      select 'pocket' as record, p.id::text as id,
             format('The balance of %s is %s, and its charges come to %s.',
                    ${masked(sql`p.phone_number`)}, p.balance, c.charged) as problem
      from pockets p
      join (select phone_number, sum(amount) as charged from pocket_charges
            where pocket_group_id = ${group}::uuid group by phone_number) c using (phone_number)
      where p.pocket_group_id = ${group}::uuid and p.balance <> c.charged`,
  },
  {
    name: "pocket-without-charge",
    meaning:
      "A pocket is made by its first charge, and charges are never removed. Its charges were, or it was made by hand.",
    find: (group) => sql`
      select 'pocket' as record, p.id::text as id,
             format('The pocket of %s has no charge.', ${masked(sql`p.phone_number`)}) as problem
      from pockets p
      where p.pocket_group_id = ${group}::uuid and not exists (
        select from pocket_charges c
        where c.pocket_group_id = ${group}::uuid and c.phone_number = p.phone_number)`,
  },
  {
    name: "pocket-times",
    meaning:
      "A pocket is as old as its first charge and was changed last by its last one. Something else than a charge has written to it.",
    find: (group) => sql`
      select 'pocket' as record, p.id::text as id,
             format('It was made at %s and changed at %s, and its first charge was made at %s and its last at %s.',
                    p.created_at, p.updated_at, f.created_at, l.created_at) as problem
      from pockets p
      join pocket_charges f on f.pocket_group_id = ${group}::uuid and f.phone_number = p.phone_number
                           and f.balance_after = f.amount
      join pocket_charges l on l.pocket_group_id = ${group}::uuid and l.phone_number = p.phone_number
                           and l.balance_after = p.balance
      where p.pocket_group_id = ${group}::uuid
        and (p.created_at <> f.created_at or p.updated_at <> l.created_at)`,
  },
  {
    name: "pocket-phone-number",
    meaning: "Phone numbers are stored as 989 and nine digits. This pocket is found by nobody.",
    find: (group) => sql`
      select 'pocket' as record, id::text as id,
             format('Its phone number, of %s characters, is not 989 and nine digits.', length(phone_number)) as problem
      from pockets
      where pocket_group_id = ${group}::uuid and phone_number !~ '^989[0-9]{9}$'`,
  },
  {
    name: "pocket-charge-balance",
    meaning:
      "Each charge goes on from the balance that the one before it has left. A charge was changed or removed, or two were made on the same balance.",
    find: (group) => sql`
      select 'pocket charge' as record, id::text as id,
             format('Its balance_after is %s, and the charges of the pocket up to it come to %s.',
                    balance_after, charged) as problem
      from (select id, balance_after,
                   sum(amount) over (partition by phone_number order by balance_after, amount desc, id
                                     rows unbounded preceding) as charged
            from pocket_charges where pocket_group_id = ${group}::uuid) c
      where balance_after <> charged`,
  },
  {
    name: "pocket-charge-order",
    meaning:
      "The times of a pocket's charges are in the order of its balances. A time was changed, or the database's clock was set back.",
    find: (group) => sql`
      select 'pocket charge' as record, id::text as id,
             format('It was made at %s, before the charge at %s whose balance it goes on from.',
                    created_at, before) as problem
      from (select id, created_at,
                   lag(created_at) over (partition by phone_number order by balance_after, amount desc, id) as before
            from pocket_charges where pocket_group_id = ${group}::uuid) c
      where created_at < before`,
  },
  {
    name: "pocket-charge-amount",
    meaning: "Amounts are above 0, and balances at most 2^53-1, which JSON carries exactly.",
    find: (group) => sql`
      select 'pocket charge' as record, id::text as id,
             format('Its amount is %s and its balance_after %s.', amount, balance_after) as problem
      from pocket_charges
      where pocket_group_id = ${group}::uuid
        and (amount not between 1 and ${MOST} or balance_after not between amount and ${MOST})`,
  },
  {
    name: "pocket-charge-token",
    meaning:
      "Only UUIDs of version 7 are taken for tokens. This charge was not made by this server.",
    find: (group) => sql`
      select 'pocket charge' as record, id::text as id,
             format('Its token %s is not a UUID of version 7.', token) as problem
      from pocket_charges
      where pocket_group_id = ${group}::uuid and token::text !~ '^.{14}7.{4}[89ab]'`,
  },
  {
    name: "pocket-charge-pocket",
    meaning: "A charge belongs to a pocket of its group. The pocket was removed or renamed.",
    find: (group) => sql`
      select 'pocket charge' as record, c.id::text as id,
             format('Its group has no pocket of %s.', ${masked(sql`c.phone_number`)}) as problem
      from pocket_charges c
      where c.pocket_group_id = ${group}::uuid and not exists (
        select from pockets p where p.pocket_group_id = ${group}::uuid and p.phone_number = c.phone_number)`,
  },
  {
    name: "pocket-charge-merchant",
    meaning:
      "A charge was made by a merchant, and merchants are never removed. (Whether the group was granted to it then is not kept: a grant that ends leaves no record.)",
    find: (group) => sql`
      select 'pocket charge' as record, c.id::text as id,
             format('Its merchant %s is not there.', c.merchant_id) as problem
      from pocket_charges c
      where c.pocket_group_id = ${group}::uuid
        and not exists (select from merchants m where m.id = c.merchant_id)`,
  },
  unique("pocket charge", "pocket_charges", "pocket_group_id", ["token"], {
    meaning: "A token is good for one charge of a group, ever. A charge was made twice.",
  }),
  unique("pocket charge", "pocket_charges", "pocket_group_id", ["id"]),
  unique("pocket", "pockets", "pocket_group_id", ["phone_number"], {
    meaning: "A user has one pocket in a group. Charges find one of these and miss the others.",
  }),
  unique("pocket", "pockets", "pocket_group_id", ["id"]),
];
