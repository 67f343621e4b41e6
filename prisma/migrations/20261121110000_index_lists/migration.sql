-- What the lists' default order (newest first), their nesting and their usual filters walk along.
-- Each ends with the id, as every order does, and serves both of its directions.

create index merchants_created_at_id_idx on merchants (created_at, id);
create index employees_created_at_id_idx on employees (created_at, id);
create index employees_merchant_id_created_at_id_idx on employees (merchant_id, created_at, id);
create index pocket_groups_created_at_id_idx on pocket_groups (created_at, id);

create index pockets_created_at_id_idx on pockets (created_at, id);
create index pockets_pocket_group_id_created_at_id_idx on pockets (pocket_group_id, created_at, id);
create index pockets_phone_number_id_idx on pockets (phone_number, id);

create index pocket_charges_created_at_id_idx on pocket_charges (created_at, id);
create index pocket_charges_merchant_id_created_at_id_idx on pocket_charges (merchant_id, created_at, id);
create index pocket_charges_pocket_group_id_created_at_id_idx
  on pocket_charges (pocket_group_id, created_at, id);
-- The charges of one pocket, and those of one phone number.
create index pocket_charges_pocket_group_id_phone_number_created_at_id_idx
  on pocket_charges (pocket_group_id, phone_number, created_at, id);
