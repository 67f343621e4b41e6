import { sql } from "../database/sql.js";
import { type Check, MOST, masked } from "./check.js";
import { unique } from "./unique-check.js";

/**
 * The rules for the ledger of one group, which has one entry for each token: charges, debits, reversals and holds. A
 * pocket's entries are in the order of their times. Those made together share a time, and are in the order of their ids.
 */
export const LEDGER_ENTRY_CHECKS: readonly Check[] = [
  {
    name: "ledger-entry-balance",
    meaning:
      "Each entry continues from the balance after the previous one. An entry or its timestamp was changed, an entry was deleted, or the database's clock was set back.",
    find: (group) => sql`
      select 'ledger entry' as record, id::text as id,
             format('Its balance_after is %s, and the entries of the pocket up to it come to %s.',
                    balance_after, moved) as problem
      from (select id, balance_after,
                   sum(amount) over (partition by phone_number order by created_at, id
                                     rows unbounded preceding) as moved
            from pocket_ledger where pocket_group_id = ${group}::uuid) e
      where balance_after <> moved`,
  },
  {
    name: "ledger-entry-amount",
    meaning:
      "Charges add, debits take out, and rows that are not entries do not change the balance. Balances are from 0 to 2^53-1, the largest integer that JSON clients read exactly.",
    find: (group) => sql`
      select 'ledger entry' as record, id::text as id,
             format('Its kind is %s, its amount %s and its balance_after %s.', kind, amount, balance_after) as problem
      from pocket_ledger
      where pocket_group_id = ${group}::uuid
        and not (case kind when 'CHARGE' then amount > 0 when 'DEBIT' then amount < 0 when 'EXPIRY' then amount < 0
                           when 'REVERSAL' then amount <> 0
                           else amount = 0 and kind in ('HOLD', 'RELEASE', 'HOLD_EXPIRY', 'FREEZE', 'UNFREEZE') end
                 and amount between -${MOST} and ${MOST}
                 and balance_after between greatest(amount, 0) and ${MOST} + least(amount, 0))`,
  },
  {
    name: "ledger-entry-token",
    meaning: "Tokens are UUIDs of version 7. This server did not make the entry.",
    find: (group) => sql`
      select 'ledger entry' as record, id::text as id,
             format('Its token %s is not a UUID of version 7.', token) as problem
      from pocket_ledger
      where pocket_group_id = ${group}::uuid and token::text !~ '^.{14}7.{4}[89ab]'`,
  },
  {
    name: "ledger-entry-pocket",
    meaning:
      "An entry belongs to a pocket of its group. The pocket was deleted, or its phone number was changed.",
    find: (group) => sql`
      select 'ledger entry' as record, e.id::text as id,
             format('Its group has no pocket of %s.', ${masked(sql`e.phone_number`)}) as problem
      from pocket_ledger e
      where e.pocket_group_id = ${group}::uuid and not exists (
        select from pockets p where p.pocket_group_id = ${group}::uuid and p.phone_number = e.phone_number)`,
  },
  {
    name: "ledger-entry-merchant",
    meaning:
      "A merchant makes an entry, and merchants are never deleted. (The audit cannot verify that the merchant had a grant at that time: ended grants are not kept.)",
    find: (group) => sql`
      select 'ledger entry' as record, e.id::text as id,
             format('Its merchant %s is not there.', e.merchant_id) as problem
      from pocket_ledger e
      where e.pocket_group_id = ${group}::uuid
        and not exists (select from merchants m where m.id = e.merchant_id)`,
  },
  {
    name: "ledger-entry-reversal-of",
    meaning:
      "A reversal takes back an earlier charge or debit of the same pocket and merchant, so its amount has the opposite sign. An entry was changed manually.",
    find: (group) => sql`
      select 'ledger entry' as record, r.id::text as id,
             case when r.kind <> 'REVERSAL' then format('Its kind is %s, and it reverses %s.', r.kind, r.reversal_of_id)
                  when r.reversal_of_id is null then 'It is a reversal of no entry.'
                  when o.id is null then format('The entry %s that it reverses is not there.', r.reversal_of_id)
                  else format('It reverses %s, which is a %s of %s by %s in the pocket of %s.',
                              o.id, o.kind, o.amount, o.merchant_id, ${masked(sql`o.phone_number`)}) end as problem
      from pocket_ledger r
      left join pocket_ledger o on o.pocket_group_id = ${group}::uuid and o.id = r.reversal_of_id
      where r.pocket_group_id = ${group}::uuid and (r.kind = 'REVERSAL' or r.reversal_of_id is not null)
        and not coalesce(r.kind = 'REVERSAL' and o.kind in ('CHARGE', 'DEBIT')
                         and sign(r.amount) = -sign(o.amount)
                         and (r.phone_number, r.merchant_id) = (o.phone_number, o.merchant_id)
                         and (r.created_at, r.id) > (o.created_at, o.id), false)`,
  },
  {
    name: "ledger-entry-reversed-amount",
    meaning: "The reversals of an entry come to at most its amount. Too much was taken back.",
    find: (group) => sql`
      select 'ledger entry' as record, o.id::text as id,
             format('Its amount is %s, and its reversals come to %s.', o.amount, r.reversed) as problem
      from (select reversal_of_id, sum(abs(amount)) as reversed from pocket_ledger
            where pocket_group_id = ${group}::uuid and reversal_of_id is not null group by reversal_of_id) r
      join pocket_ledger o on o.pocket_group_id = ${group}::uuid and o.id = r.reversal_of_id
      where r.reversed > abs(o.amount)`,
  },
  {
    name: "ledger-entry-capture",
    meaning:
      "A capture is a debit of the pocket of its hold, by the same merchant, while the hold is open. A release closes the hold, and an expiry is not before the hold's time. An entry or a hold was changed manually.",
    find: (group) => sql`
      select 'ledger entry' as record, e.id::text as id,
             case when h.id is null then format('Its hold %s is not there.', e.pocket_hold_id)
                  else format('It is a %s made at %s, of %s, a hold by %s in the pocket of %s from %s to %s.',
                              e.kind, e.created_at, h.id, h.merchant_id, ${masked(sql`h.phone_number`)}, h.created_at,
                              coalesce(least(h.closed_at, h.expires_at)::text, 'now')) end as problem
      from pocket_ledger e
      left join pocket_holds h on h.pocket_group_id = ${group}::uuid and h.id = e.pocket_hold_id
      where e.pocket_group_id = ${group}::uuid and e.pocket_hold_id is not null
        and not coalesce((e.phone_number, e.merchant_id) = (h.phone_number, h.merchant_id) and case e.kind
              when 'DEBIT' then e.created_at between h.created_at and coalesce(h.closed_at, 'infinity')
                                and e.created_at < coalesce(h.expires_at, 'infinity')
              when 'RELEASE' then h.status = 'RELEASED' and e.created_at = h.closed_at
              when 'HOLD_EXPIRY' then h.status = 'EXPIRED' and e.created_at >= h.expires_at end, false)`,
  },
  unique("ledger entry", "pocket_ledger", "pocket_group_id", ["token"], {
    meaning:
      "A token makes at most one charge, debit, reversal or hold in a group. Something was done twice.",
  }),
  unique("ledger entry", "pocket_ledger", "pocket_group_id", ["id"]),
  unique("ledger entry", "pocket_ledger", "pocket_group_id", ["merchant_id", "unique_reference"], {
    meaning:
      "A merchant uses a reference once while the group has unique references. Two entries have the same.",
  }),
];
