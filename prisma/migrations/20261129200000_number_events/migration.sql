-- Rows that never change are the events themselves: the rows of the ledger, and the audit entries of a merchant's
-- records. `sequence` counts the events of one subject. `position` orders the events of all subjects. Rows without them
-- are not events: rows of earlier versions, and sample data in the past.

-- The difference between positions and transaction ids. A migration raises it if the database was copied from a server
-- with higher transaction ids.
create function event_offset() returns bigint language sql immutable as 'select 0::bigint';

-- An event's position is at least the id of the transaction that writes it.
create function event_position() returns bigint language sql volatile
  as 'select pg_current_xact_id()::text::bigint + event_offset()';

-- Every event before this position is visible, and no other event can get such a position: it is the lowest id of the
-- transactions that had not ended when the statement began. Transactions of other databases on the same server do not
-- count. A replica cannot distinguish those, so it counts them.
create function event_horizon() returns bigint language sql stable as 'select case
    when pg_is_in_recovery() then pg_snapshot_xmin(pg_current_snapshot())
    else coalesce(
      (select min(running) from pg_snapshot_xip(pg_current_snapshot()) as running
       where not exists (
         select from pg_stat_get_activity(null) as a
         where a.backend_xid = running::xid
           and a.datid <> (select oid from pg_database where datname = current_database()))),
      pg_snapshot_xmax(pg_current_snapshot()))
  end::text::bigint + event_offset()';

alter table pockets
  add column event_count integer not null default 0,
  add column event_position bigint not null default 0;

alter table pocket_ledger
  add column sequence integer,
  add column position bigint,
  drop constraint pocket_ledger_amount_check,
  drop constraint pocket_ledger_pocket_hold_id_check,
  add constraint pocket_ledger_amount_check check (
    amount between -9007199254740991 and 9007199254740991
    and case kind when 'CHARGE' then amount > 0 when 'DEBIT' then amount < 0 when 'EXPIRY' then amount < 0
                  when 'REVERSAL' then amount <> 0 when 'HOLD' then amount = 0 when 'RELEASE' then amount = 0
                  when 'HOLD_EXPIRY' then amount = 0 when 'FREEZE' then amount = 0 when 'UNFREEZE' then amount = 0
                  else false end
  ) not valid,
  add constraint pocket_ledger_pocket_hold_id_check check (
    case kind when 'DEBIT' then true when 'RELEASE' then pocket_hold_id is not null
              when 'HOLD_EXPIRY' then pocket_hold_id is not null else pocket_hold_id is null end
  ) not valid,
  add constraint pocket_ledger_sequence_check
    check ((sequence is null) = (position is null) and sequence >= 1) not valid;

alter table audit_entries
  -- The event's type and merchant; null if the entry is not an event. The merchant has its own column, so that the
  -- planner reads a merchant's events only by the index of events.
  add column event_type text,
  add column event_merchant_id uuid,
  add column sequence integer,
  add column position bigint,
  add constraint audit_entries_sequence_check check (
    (event_type is null) = (sequence is null) and (sequence is null) = (position is null) and sequence >= 1
    and (event_type is null) = (event_merchant_id is null) and event_merchant_id = merchant_id
  ) not valid;

create or replace view pocket_entries as
  select pocket_group_id, id, token, merchant_id, kind, phone_number, amount, balance_after, reversal_of_id,
         pocket_hold_id, reference, note, metadata, created_at
  from pocket_ledger where kind in ('CHARGE', 'DEBIT', 'REVERSAL', 'EXPIRY');

-- The rows of both tables, of which those without a sequence are no events. Without conditions, PostgreSQL merges the
-- tables in the order of their indexes.
create view event_rows as
  select merchant_id, id,
         case kind when 'CHARGE' then 'POCKET_CHARGED'
                   when 'DEBIT' then case when pocket_hold_id is null then 'POCKET_DEBITED' else 'POCKET_HOLD_CAPTURED' end
                   when 'REVERSAL' then 'POCKET_ENTRY_REVERSED'
                   when 'EXPIRY' then 'POCKET_ENTRY_EXPIRED'
                   when 'HOLD' then 'POCKET_HOLD_OPENED'
                   when 'RELEASE' then 'POCKET_HOLD_RELEASED'
                   when 'HOLD_EXPIRY' then 'POCKET_HOLD_EXPIRED'
                   when 'FREEZE' then 'POCKET_FROZEN'
                   else 'POCKET_UNFROZEN' end as type,
         'POCKET' as subject_type,
         (select p.id from pockets p where p.pocket_group_id = l.pocket_group_id and p.phone_number = l.phone_number)
           as subject_id,
         sequence, position, created_at, null::uuid as record_id,
         case when kind in ('CHARGE', 'DEBIT', 'REVERSAL', 'EXPIRY') then 'PocketEntry'
              when kind in ('FREEZE', 'UNFREEZE') then 'Pocket' else 'PocketHold' end as data_type,
         case when kind in ('RELEASE', 'HOLD_EXPIRY') then pocket_hold_id
              when kind in ('FREEZE', 'UNFREEZE') then null else id end as data_id,
         pocket_group_id, phone_number, null::uuid as tenant_id
  from pocket_ledger l
  union all
  select event_merchant_id, id, event_type,
         case record_type when 'PaymentCharge' then 'PAYMENT_CHARGE' when 'PaymentRefund' then 'PAYMENT_REFUND'
                          when 'PaymentAuthorization' then 'PAYMENT_AUTHORIZATION'
                          when 'PaymentMethod' then 'PAYMENT_METHOD' when 'Customer' then 'CUSTOMER'
                          when 'Order' then 'ORDER' else 'WEBHOOK_ENDPOINT' end,
         record_id, sequence, position, created_at, record_id, record_type, record_id, null, null,
         tenant_id
  from audit_entries;

-- The events before `event_horizon()`, so that a reader that continues after the last one skips none.
create view events as
  select * from event_rows
  where sequence is not null and merchant_id is not null and position < event_horizon();
