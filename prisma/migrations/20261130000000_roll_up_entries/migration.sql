-- Every entry has a position, also one that is not an event: positions tell which entries are rolled up.
alter table pocket_ledger
  alter column position set default event_position(),
  drop constraint pocket_ledger_sequence_check,
  add constraint pocket_ledger_sequence_check check (position is not null and sequence >= 1) not valid;

-- The entries of one merchant, kind and quarter of an hour in a group. `created_at` is the start of the quarter: the
-- columns have the names of the entries' columns, so that both can be filtered and grouped alike.
create table pocket_ledger_rollups (
  pocket_group_id uuid        not null,
  merchant_id     uuid        not null,
  created_at      timestamptz(6) not null,
  kind            text        not null,
  entry_count     bigint      not null,
  amount_sum      numeric     not null,
  amount_min      bigint      not null,
  amount_max      bigint      not null,
  created_at_min  timestamptz(6) not null,
  created_at_max  timestamptz(6) not null,
  primary key (pocket_group_id, merchant_id, created_at, kind),
  constraint pocket_ledger_rollups_created_at_check check (created_at = date_bin('15 minutes', created_at, '2000-01-01 00:00Z')),
  constraint pocket_ledger_rollups_entry_count_check check (entry_count >= 1)
) with (fillfactor = 80);

-- One row at most. The rollups include exactly the entries with a lower position.
create table pocket_ledger_rollup_progress (
  is_only  boolean primary key default true,
  position bigint  not null,
  constraint pocket_ledger_rollup_progress_is_only_check check (is_only)
);
