-- outside a transaction
-- The open holds whose time passes next.
drop index concurrently if exists pocket_holds_expires_at_idx;
create index concurrently pocket_holds_expires_at_idx on pocket_holds (expires_at, pocket_group_id, phone_number)
  where status = 'OPEN' and expires_at is not null;
