-- The country whose mobile numbers a pocket group takes; null for any country. A server of the previous version reads
-- and writes Iranian numbers, which the new constraint of pockets allows as well.

alter table pocket_groups
  add column phone_number_region text default 'IR',
  add constraint pocket_groups_phone_number_region_check
    check (phone_number_region ~ '^[A-Z]{2}$') not valid;

-- E.164: at most 15 digits, calling code included. The shortest mobile numbers have 7.
alter table pockets
  drop constraint pockets_phone_number_check,
  add constraint pockets_phone_number_check check (phone_number ~ '^[1-9][0-9]{6,14}$') not valid;
