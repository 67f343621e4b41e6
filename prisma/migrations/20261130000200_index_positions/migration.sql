-- outside a transaction
-- Also finds the entries that are not rolled up, of which some are no events.
drop index concurrently if exists pocket_ledger_events_idx;
create index concurrently pocket_ledger_events_idx on pocket_ledger (merchant_id, position, sequence, id);
