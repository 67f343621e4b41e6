-- outside a transaction
drop index concurrently if exists pocket_ledger_pocket_hold_id_idx;
create index concurrently pocket_ledger_pocket_hold_id_idx
  on pocket_ledger (pocket_group_id, pocket_hold_id) where pocket_hold_id is not null;
