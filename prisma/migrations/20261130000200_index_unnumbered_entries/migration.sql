-- outside a transaction
-- Finds the entries that are not rolled up among those that are not events. Charges are events, so they are not in this index.
drop index concurrently if exists pocket_ledger_unnumbered_idx;
create index concurrently pocket_ledger_unnumbered_idx on pocket_ledger (merchant_id, position) where sequence is null;
