import { sql } from "../database/sql.js";
import { type Check, MOST } from "./check.js";
import { unique } from "./unique-check.js";

/** The rules for the holds of one group. */
export const POCKET_HOLD_CHECKS: readonly Check[] = [
  {
    name: "pocket-hold-entry",
    meaning:
      "Each hold has an entry of the kind HOLD in the ledger with the same id, token, merchant, pocket and time. The hold or the entry was changed, deleted or created manually.",
    find: (group) => sql`
      select 'pocket hold' as record, id::text as id,
             case when e.token is null then 'The ledger has no entry for it.'
                  when h.token is null then format('It is not there, and the ledger has its token %s.', e.token)
                  else 'Its entry in the ledger has another token, merchant, pocket or time.' end as problem
      from (select id, token, merchant_id, phone_number, created_at from pocket_holds
            where pocket_group_id = ${group}::uuid) h
      full join (select id, token, merchant_id, phone_number, created_at from pocket_ledger
                 where pocket_group_id = ${group}::uuid and kind = 'HOLD') e using (id)
      where (h.token, h.merchant_id, h.phone_number, h.created_at)
            is distinct from (e.token, e.merchant_id, e.phone_number, e.created_at)`,
  },
  {
    name: "pocket-hold-captured",
    meaning:
      "The captured amount of a hold is the sum of its captures, which are the debits that refer to it. The hold or a debit was changed manually.",
    find: (group) => sql`
      select 'pocket hold' as record, h.id::text as id,
             format('Its captured amount is %s, and its captures come to %s.',
                    h.captured_amount, coalesce(c.captured, 0)) as problem
      from pocket_holds h
      left join (select pocket_hold_id, -sum(amount) as captured from pocket_ledger
                 where pocket_group_id = ${group}::uuid and pocket_hold_id is not null group by pocket_hold_id) c
        on c.pocket_hold_id = h.id
      where h.pocket_group_id = ${group}::uuid and h.captured_amount <> coalesce(c.captured, 0)`,
  },
  {
    name: "pocket-hold-amount",
    meaning: "A hold reserves from 1 to 2^53-1, and at most this amount is captured.",
    find: (group) => sql`
      select 'pocket hold' as record, id::text as id,
             format('Its amount is %s and its captured amount %s.', amount, captured_amount) as problem
      from pocket_holds
      where pocket_group_id = ${group}::uuid
        and not (amount between 1 and ${MOST} and captured_amount between 0 and amount)`,
  },
  {
    name: "pocket-hold-status",
    meaning:
      "An open hold has something left, a captured one was captured, and an expired one ends when it expires. The hold was changed manually.",
    find: (group) => sql`
      select 'pocket hold' as record, id::text as id,
             format('It is %s, with %s of %s captured; it was closed at %s and expires at %s.', status, captured_amount,
                    amount, coalesce(closed_at::text, 'no time'), coalesce(expires_at::text, 'no time')) as problem
      from pocket_holds
      where pocket_group_id = ${group}::uuid and not coalesce(case status
        when 'OPEN' then closed_at is null and captured_amount < amount
        when 'CAPTURED' then captured_amount > 0 and closed_at < coalesce(expires_at, 'infinity')
        when 'RELEASED' then captured_amount < amount and closed_at < coalesce(expires_at, 'infinity')
        when 'EXPIRED' then captured_amount < amount and closed_at = expires_at end, false)`,
  },
  {
    name: "pocket-hold-times",
    meaning:
      "A hold changes only before it expires, and last when it is captured or released. A timestamp was changed manually.",
    find: (group) => sql`
      select 'pocket hold' as record, id::text as id,
             format('It was made at %s, changed at %s and closed at %s, and expires at %s.', created_at, updated_at,
                    coalesce(closed_at::text, 'no time'), coalesce(expires_at::text, 'no time')) as problem
      from pocket_holds
      where pocket_group_id = ${group}::uuid
        and (updated_at < created_at or updated_at >= expires_at
             or status in ('CAPTURED', 'RELEASED') and updated_at <> closed_at)`,
  },
  unique("pocket hold", "pocket_holds", "pocket_group_id", ["token"]),
  unique("pocket hold", "pocket_holds", "pocket_group_id", ["id"]),
];
