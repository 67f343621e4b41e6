-- Read here, where no lock is held that keeps writers out.

alter table pocket_groups validate constraint pocket_groups_phone_number_region_check;

alter table pockets validate constraint pockets_phone_number_check;
