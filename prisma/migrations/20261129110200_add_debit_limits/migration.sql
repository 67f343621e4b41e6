alter table pocket_groups
  add column min_debit_amount bigint,
  add column max_debit_amount bigint,
  add column reversal_window_hours integer,
  add column has_unique_references boolean not null default false,
  add constraint pocket_groups_min_debit_amount_check
    check (min_debit_amount between 1 and 9007199254740991) not valid,
  add constraint pocket_groups_max_debit_amount_check
    check (max_debit_amount between 1 and 9007199254740991) not valid,
  add constraint pocket_groups_debit_amounts_check check (min_debit_amount <= max_debit_amount) not valid,
  add constraint pocket_groups_reversal_window_hours_check
    check (reversal_window_hours between 1 and 876600) not valid;
