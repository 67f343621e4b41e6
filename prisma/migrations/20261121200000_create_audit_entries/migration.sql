-- Who changed what, when and from where: written by the statement that makes the change.
-- `tenant_id` leads the key as the merchant does elsewhere, and is the nil UUID for what belongs to no
-- merchant. There are no foreign keys: an entry outlives what it tells of.

create table audit_entries (
  tenant_id    uuid           not null,
  id           uuid           not null,
  merchant_id  uuid,
  created_at   timestamptz(6) not null default now(),
  actor        text           not null,
  token_id     uuid,
  token_prefix text,
  employee_id  uuid,
  operation    text           not null,
  record_type  text           not null,
  record_id    uuid           not null,
  changes      jsonb          not null,
  address      text,
  request_id   uuid,
  user_agent   text,
  constraint audit_entries_pkey primary key (tenant_id, id),
  constraint audit_entries_tenant_id_check
    check (tenant_id = coalesce(merchant_id, '00000000-0000-0000-0000-000000000000')),
  constraint audit_entries_actor_check check (actor in ('OPERATOR', 'MERCHANT', 'PROGRAM')),
  -- Whoever was not the program itself sent a request with a token.
  constraint audit_entries_token_id_check
    check ((actor = 'PROGRAM') = (token_id is null) and (actor = 'PROGRAM') = (request_id is null)),
  constraint audit_entries_changes_check check (jsonb_typeof(changes) = 'array'),
  constraint audit_entries_user_agent_check check (length(user_agent) <= 200)
);
create index audit_entries_created_at_id_idx on audit_entries (created_at, id);
create index audit_entries_merchant_id_created_at_id_idx on audit_entries (merchant_id, created_at, id);
create index audit_entries_record_id_created_at_id_idx on audit_entries (record_id, created_at, id);

-- A migration is parted at every semicolon, so that those of the function are written as \x3b.
create function refuse_change_of_audit_entries() returns trigger language plpgsql as E'
begin
  raise exception ''audit_entries is append-only: % is refused'', lower(tg_op)
    using errcode = ''restrict_violation'',
          hint = ''Whoever must remove entries by law disables the trigger audit_entries_append_only first.''\x3b
end';
-- Two, as Citus takes none that is for truncate to the shards of a table.
create trigger audit_entries_append_only before update or delete on audit_entries
  for each statement execute function refuse_change_of_audit_entries();
create trigger audit_entries_not_truncated before truncate on audit_entries
  for each statement execute function refuse_change_of_audit_entries();
-- In replication sessions as well, which pass over ordinary triggers.
alter table audit_entries enable always trigger audit_entries_append_only;
alter table audit_entries enable always trigger audit_entries_not_truncated;
