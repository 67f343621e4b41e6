alter table pocket_groups
  validate constraint pocket_groups_time_zone_check,
  validate constraint pocket_groups_period_limits_check;
