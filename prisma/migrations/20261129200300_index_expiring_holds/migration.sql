-- outside a transaction
-- The open holds in the order of their expiry.
drop index concurrently if exists pocket_holds_expires_at_idx;
create index concurrently pocket_holds_expires_at_idx on pocket_holds (expires_at, pocket_group_id, phone_number)
  where status = 'OPEN' and expires_at is not null;
