-- outside a transaction
-- Entries without a reference or metadata are in none of these indexes.

drop index concurrently if exists pocket_ledger_metadata_idx;
create index concurrently pocket_ledger_metadata_idx on pocket_ledger using gin (metadata jsonb_path_ops)
  where metadata <> '{}';

drop index concurrently if exists pocket_ledger_reference_idx;
create index concurrently pocket_ledger_reference_idx on pocket_ledger (pocket_group_id, reference)
  where reference is not null;

drop index concurrently if exists pocket_ledger_unique_reference_key;
create unique index concurrently pocket_ledger_unique_reference_key
  on pocket_ledger (pocket_group_id, merchant_id, unique_reference) where unique_reference is not null;
