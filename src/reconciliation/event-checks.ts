import { type Sql, sql } from "../database/sql.js";
import { type Check, masked } from "./check.js";

/**
 * The rules for the events of one group's pockets, which are rows of the ledger. Rows without a sequence are no events:
 * the history before events, and sample data in the past.
 */
export const POCKET_EVENT_CHECKS: readonly Check[] = [
  {
    name: "ledger-entry-sequence",
    meaning:
      "The events of a pocket are numbered from 1 without gaps, in the order of their times. A client that counts them believes that it has missed one. An entry, its sequence or its timestamp was changed or deleted, or the database's clock was set back.",
    find: (group) => sql`
      select 'ledger entry' as record, id::text as id,
             format('Its sequence is %s, and the next one of its pocket is %s.', sequence, before + 1) as problem
      from (select id, sequence, lag(sequence, 1, 0) over (partition by phone_number order by created_at, id) as before
            from pocket_ledger where pocket_group_id = ${group}::uuid and sequence is not null) e
      where sequence <> before + 1`,
  },
  {
    name: "ledger-entry-position",
    meaning:
      "The positions of a pocket's events never go down. A client that follows them would get these events in the wrong order. A position was changed manually, or the database was copied without its migrations.",
    find: (group) => sql`
      select 'ledger entry' as record, id::text as id,
             format('Its position is %s, and the event before it has %s.', position, before) as problem
      from (select id, position, lag(position) over (partition by phone_number order by sequence) as before
            from pocket_ledger where pocket_group_id = ${group}::uuid and sequence is not null) e
      where position < before`,
  },
  {
    name: "pocket-events",
    meaning:
      "A pocket has the number and the position of its last event, from which the next event goes on. The pocket was changed by something other than an event, or its last event was deleted.",
    find: (group) => sql`
      select 'pocket' as record, p.id::text as id,
             format('The event_count of %s is %s and its event_position %s, and its events end with %s at %s.',
                    ${masked(sql`p.phone_number`)}, p.event_count, p.event_position,
                    coalesce(e.sequence, 0), coalesce(e.position, 0)) as problem
      from pockets p
      left join (select phone_number, max(sequence) as sequence, max(position) as position from pocket_ledger
                 where pocket_group_id = ${group}::uuid and sequence is not null group by phone_number) e
        using (phone_number)
      where p.pocket_group_id = ${group}::uuid
        and (p.event_count, p.event_position) <> (coalesce(e.sequence, 0), coalesce(e.position, 0))`,
  },
];

/** The audit entries of a merchant that are events. */
function eventsOf(merchant: string): Sql {
  return sql`audit_entries where tenant_id = ${merchant}::uuid and event_merchant_id = ${merchant}::uuid`;
}

/** The rules for the events of one merchant's records, which are audit entries. */
export const RECORD_EVENT_CHECKS: readonly Check[] = [
  {
    name: "record-event-sequence",
    meaning:
      "The events of a record are numbered from 1 without gaps, in the order of their times. A client that counts them believes that it has missed one. An audit entry was changed or deleted, or the database's clock was set back.",
    find: (merchant) => sql`
      select 'audit entry' as record, id::text as id,
             format('Its sequence is %s, and the next one of the %s %s is %s.',
                    sequence, record_type, record_id, before + 1) as problem
      from (select id, record_type, record_id, sequence,
                   lag(sequence, 1, 0) over (partition by record_id order by created_at, id) as before
            from ${eventsOf(merchant)}) e
      where sequence <> before + 1`,
  },
  {
    name: "record-event-position",
    meaning:
      "The positions of a record's events never go down. A client that follows them would get these events in the wrong order. A position was changed manually, or the database was copied without its migrations.",
    find: (merchant) => sql`
      select 'audit entry' as record, id::text as id,
             format('Its position is %s, and the event before it of the %s %s has %s.',
                    position, record_type, record_id, before) as problem
      from (select id, record_type, record_id, position,
                   lag(position) over (partition by record_id order by sequence) as before
            from ${eventsOf(merchant)}) e
      where position < before`,
  },
  {
    name: "payment-status-events",
    meaning:
      "Every status that a payment enters has its event, except the return to CREATED, which is an update. Clients have received other statuses. An audit entry or a history entry was changed or deleted.",
    find: (merchant) => sql`
      select lower(replace(p.owner_type, '_', ' ') collate "C") as record, p.id::text as id,
             format('By its events it became %s, and by its history %s.', e.entered, h.entered) as problem
      from payments p
      join (select record_id, string_agg(regexp_replace(event_type, '^PAYMENT_[A-Z]+_', ''), ', ' order by sequence)
                   as entered
            from ${eventsOf(merchant)} and event_type not like '%\\_UPDATED' group by record_id) e
        on e.record_id = p.id
      join (select payment_id, string_agg(to_status, ', ' order by at, id) as entered from payment_status_changes
            where merchant_id = ${merchant}::uuid and (to_status <> 'CREATED' or from_status is null)
            group by payment_id) h on h.payment_id = p.id
      -- The first part of the history may be older than events.
      where p.merchant_id = ${merchant}::uuid
        and right(', ' || h.entered, length(', ' || e.entered)) <> ', ' || e.entered`,
  },
];
