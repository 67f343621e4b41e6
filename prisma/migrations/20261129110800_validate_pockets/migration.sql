alter table pockets
  validate constraint pockets_held_amount_check,
  validate constraint pockets_freeze_scope_check,
  validate constraint pockets_freeze_reason_check;
