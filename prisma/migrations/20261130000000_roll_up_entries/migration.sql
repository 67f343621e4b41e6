-- Entries that are not events have a position too, because positions decide which entries are rolled up. Those of earlier
-- versions have none, and are never rolled up.
alter table pocket_ledger
  alter column position set default event_position(),
  drop constraint pocket_ledger_sequence_check,
  add constraint pocket_ledger_sequence_check check ((sequence is null or position is not null) and sequence >= 1) not valid;

-- The entries of one merchant, kind and span of time in a group: of each quarter of an hour, and of each day in UTC.
-- `created_at` is the start of the span: the columns have the names of the entries' columns, so that both can be filtered
-- and grouped alike.
create table pocket_ledger_rollups (
  span            text           not null,
  merchant_id     uuid           not null,
  created_at      timestamptz(6) not null,
  pocket_group_id uuid           not null,
  kind            text           not null,
  entry_count     bigint         not null,
  amount_sum      numeric        not null,
  amount_min      bigint         not null,
  amount_max      bigint         not null,
  created_at_min  timestamptz(6) not null,
  created_at_max  timestamptz(6) not null,
  primary key (span, merchant_id, created_at, pocket_group_id, kind),
  constraint pocket_ledger_rollups_created_at_check check (case span
    when 'QUARTER' then created_at = date_bin('15 minutes', created_at, '2000-01-01 00:00Z')
    when 'DAY' then created_at = date_bin('1 day', created_at, '2000-01-01 00:00Z') else false end),
  constraint pocket_ledger_rollups_entry_count_check check (entry_count >= 1)
) with (fillfactor = 80);

-- One row at most. The rollups include exactly the entries with a lower position.
create table pocket_ledger_rollup_progress (
  is_only  boolean primary key default true,
  position bigint  not null,
  constraint pocket_ledger_rollup_progress_is_only_check check (is_only)
);
