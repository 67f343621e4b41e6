import { sql } from "../database/sql.js";
import { type Check, MOST, masked } from "./check.js";
import { unique } from "./unique-check.js";

/**
 * The rules for the pockets and charges of one group. A pocket's charges are ordered by their balances, which is
 * the order in which they were made, regardless of their timestamps.
 */
export const POCKET_CHECKS: readonly Check[] = [
  {
    name: "pocket-balance",
    meaning:
      "A pocket's balance is the sum of its charges. The pocket or a charge was changed by something other than a charge, or a charge was deleted.",
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
      "The first charge creates a pocket, and charges are never deleted. Its charges were deleted, or it was created manually.",
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
      "A pocket is created by its first charge and last updated by its last one. Something other than a charge has changed it.",
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
    meaning:
      "Phone numbers are stored as the 7 to 15 digits of E.164. No request can find this pocket.",
    find: (group) => sql`
      select 'pocket' as record, id::text as id,
             format('Its phone number, of %s characters, is not 7 to 15 digits of E.164.', length(phone_number)) as problem
      from pockets
      where pocket_group_id = ${group}::uuid and phone_number !~ '^[1-9][0-9]{6,14}$'`,
  },
  {
    name: "pocket-charge-balance",
    meaning:
      "Each charge continues from the balance after the previous one. A charge was changed or deleted, or two charges started from the same balance.",
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
      "The timestamps of a pocket's charges are in the order of its balances. A timestamp was changed, or the database's clock was set back.",
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
    meaning:
      "Amounts are above 0, and balances are at most 2^53-1, the largest integer that JSON clients read exactly.",
    find: (group) => sql`
      select 'pocket charge' as record, id::text as id,
             format('Its amount is %s and its balance_after %s.', amount, balance_after) as problem
      from pocket_charges
      where pocket_group_id = ${group}::uuid
        and (amount not between 1 and ${MOST} or balance_after not between amount and ${MOST})`,
  },
  {
    name: "pocket-charge-token",
    meaning: "Tokens are UUIDs of version 7. This server did not make the charge.",
    find: (group) => sql`
      select 'pocket charge' as record, id::text as id,
             format('Its token %s is not a UUID of version 7.', token) as problem
      from pocket_charges
      where pocket_group_id = ${group}::uuid and token::text !~ '^.{14}7.{4}[89ab]'`,
  },
  {
    name: "pocket-charge-pocket",
    meaning:
      "A charge belongs to a pocket of its group. The pocket was deleted, or its phone number was changed.",
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
      "A merchant makes a charge, and merchants are never deleted. (The audit cannot verify that the merchant had a grant at that time: ended grants are not kept.)",
    find: (group) => sql`
      select 'pocket charge' as record, c.id::text as id,
             format('Its merchant %s is not there.', c.merchant_id) as problem
      from pocket_charges c
      where c.pocket_group_id = ${group}::uuid
        and not exists (select from merchants m where m.id = c.merchant_id)`,
  },
  unique("pocket charge", "pocket_charges", "pocket_group_id", ["token"], {
    meaning: "A token makes at most one charge in a group. A charge was made twice.",
  }),
  unique("pocket charge", "pocket_charges", "pocket_group_id", ["id"]),
  unique("pocket", "pockets", "pocket_group_id", ["phone_number"], {
    meaning: "A user has one pocket in a group. Charges find only one of these pockets.",
  }),
  unique("pocket", "pockets", "pocket_group_id", ["id"]),
];
