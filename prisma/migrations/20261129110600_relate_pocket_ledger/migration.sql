alter table pocket_ledger
  add constraint pocket_ledger_pocket_group_id_reversal_of_id_fkey
    foreign key (pocket_group_id, reversal_of_id) references pocket_ledger (pocket_group_id, id)
    on delete restrict on update restrict not valid,
  add constraint pocket_ledger_pocket_group_id_pocket_hold_id_fkey
    foreign key (pocket_group_id, pocket_hold_id) references pocket_holds (pocket_group_id, id)
    on delete restrict on update restrict not valid;
