-- What the open holds of a pocket reserve, and what is refused while it is frozen.
alter table pockets
  add column held_amount bigint not null default 0,
  add column freeze_scope text not null default 'NONE',
  add column freeze_reason text,
  add constraint pockets_held_amount_check check (held_amount between 0 and balance) not valid,
  add constraint pockets_freeze_scope_check
    check (freeze_scope in ('NONE', 'CREDITS', 'DEBITS', 'BOTH')) not valid,
  add constraint pockets_freeze_reason_check check (length(freeze_reason) <= 500) not valid;
