alter table pocket_groups
  add column time_zone text not null default 'UTC',
  add column period_limits jsonb not null default '[]',
  add constraint pocket_groups_time_zone_check check (length(time_zone) between 1 and 60) not valid,
  add constraint pocket_groups_period_limits_check
    check (case when jsonb_typeof(period_limits) = 'array' then jsonb_array_length(period_limits) <= 10
                else false end) not valid;
