import { sql } from "../database/sql.js";
import { type Check, masked } from "./check.js";
import { POCKET_EVENT_CHECKS } from "./event-checks.js";
import { LEDGER_ENTRY_CHECKS } from "./ledger-entry-checks.js";
import { POCKET_HOLD_CHECKS } from "./pocket-hold-checks.js";
import { unique } from "./unique-check.js";

/** The rules for the pockets of one group, their entries and their holds. */
export const POCKET_CHECKS: readonly Check[] = [
  {
    name: "pocket-balance",
    meaning:
      "A pocket's balance is the sum of its entries. The pocket or an entry was changed by something other than an entry, or an entry was deleted.",
    find: (group) => sql`
      select 'pocket' as record, p.id::text as id,
             format('The balance of %s is %s, and its entries come to %s.',
                    ${masked(sql`p.phone_number`)}, p.balance, e.moved) as problem
      from pockets p
      join (select phone_number, sum(amount) as moved from pocket_ledger
            where pocket_group_id = ${group}::uuid group by phone_number) e using (phone_number)
      where p.pocket_group_id = ${group}::uuid and p.balance <> e.moved`,
  },
  {
    name: "pocket-held-amount",
    meaning:
      "A pocket's held amount is what its holds that are stored as open still reserve. The pocket or a hold was changed by something other than a hold.",
    find: (group) => sql`
      select 'pocket' as record, p.id::text as id,
             format('The held amount of %s is %s, and its open holds reserve %s.',
                    ${masked(sql`p.phone_number`)}, p.held_amount, coalesce(h.held, 0)) as problem
      from pockets p
      left join (select phone_number, sum(amount::numeric - captured_amount) as held from pocket_holds
                 where pocket_group_id = ${group}::uuid and status = 'OPEN' group by phone_number) h
        using (phone_number)
      where p.pocket_group_id = ${group}::uuid and p.held_amount <> coalesce(h.held, 0)`,
  },
  {
    name: "pocket-available",
    meaning:
      "The available amount of a pocket, its balance less its held amount, is never below 0. The pocket cannot pay what its holds reserve.",
    find: (group) => sql`
      select 'pocket' as record, id::text as id,
             format('The balance of %s is %s, and its held amount %s.',
                    ${masked(sql`phone_number`)}, balance, held_amount) as problem
      from pockets
      where pocket_group_id = ${group}::uuid and not (held_amount between 0 and balance)`,
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
      "A pocket is created by its first charge and updated by every later entry and hold. A timestamp was changed manually.",
    find: (group) => sql`
      select 'pocket' as record, p.id::text as id,
             format('It was made at %s and changed at %s, and its first entry was made at %s and its last change at %s.',
                    p.created_at, p.updated_at, e.first, greatest(e.last, h.last)) as problem
      from pockets p
      join (select phone_number, min(created_at) as first, max(created_at) as last from pocket_ledger
            where pocket_group_id = ${group}::uuid group by phone_number) e using (phone_number)
      left join (select phone_number, max(updated_at) as last from pocket_holds
                 where pocket_group_id = ${group}::uuid group by phone_number) h using (phone_number)
      where p.pocket_group_id = ${group}::uuid
        and (p.created_at <> e.first or p.updated_at < greatest(e.last, h.last))`,
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
  unique("pocket", "pockets", "pocket_group_id", ["phone_number"], {
    meaning: "A user has one pocket in a group. Requests find only one of these pockets.",
  }),
  unique("pocket", "pockets", "pocket_group_id", ["id"]),
  ...LEDGER_ENTRY_CHECKS,
  ...POCKET_HOLD_CHECKS,
  ...POCKET_EVENT_CHECKS,
];
