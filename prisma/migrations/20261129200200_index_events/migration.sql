-- outside a transaction
-- The events of a merchant in their order. The whole order is in the index: PostgreSQL would rather sort all events of a
-- merchant than those of one position.
drop index concurrently if exists pocket_ledger_events_idx;
create index concurrently pocket_ledger_events_idx on pocket_ledger (merchant_id, position, sequence, id)
  where sequence is not null;

-- Operators list the entries of all groups group by group, so that each charge maintains one index less.
drop index concurrently if exists pocket_ledger_created_at_id_idx;

drop index concurrently if exists audit_entries_events_idx;
create index concurrently audit_entries_events_idx
  on audit_entries (event_merchant_id, position, sequence, id) where event_merchant_id is not null;

-- Finds the last event of a record, and refuses two events of a record with the same number.
drop index concurrently if exists audit_entries_sequence_key;
create unique index concurrently audit_entries_sequence_key on audit_entries (tenant_id, record_id, sequence)
  where event_merchant_id is not null;
