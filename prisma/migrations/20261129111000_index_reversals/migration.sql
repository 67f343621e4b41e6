-- outside a transaction
drop index concurrently if exists pocket_ledger_reversal_of_id_idx;
create index concurrently pocket_ledger_reversal_of_id_idx
  on pocket_ledger (pocket_group_id, reversal_of_id) where reversal_of_id is not null;
