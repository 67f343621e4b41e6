alter table pocket_groups
  validate constraint pocket_groups_min_debit_amount_check,
  validate constraint pocket_groups_max_debit_amount_check,
  validate constraint pocket_groups_debit_amounts_check,
  validate constraint pocket_groups_reversal_window_hours_check;
