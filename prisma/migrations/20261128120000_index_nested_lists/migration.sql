-- outside a transaction

-- Pages of lists within a record, in their order: an authorization's charges, a payment's statuses, and
-- the merchants of a group.
drop index concurrently if exists payment_charges_merchant_authorization_created_at_id_idx;
create index concurrently payment_charges_merchant_authorization_created_at_id_idx
  on payment_charges (merchant_id, payment_authorization_id, created_at, id);
drop index concurrently if exists payment_status_changes_merchant_id_payment_id_at_id_idx;
create index concurrently payment_status_changes_merchant_id_payment_id_at_id_idx
  on payment_status_changes (merchant_id, payment_id, at, id);
drop index concurrently if exists pocket_group_grants_group_created_at_merchant_idx;
create index concurrently pocket_group_grants_group_created_at_merchant_idx
  on pocket_group_grants (pocket_group_id, created_at, merchant_id);

-- Each is the beginning of an index above.
drop index concurrently if exists payment_charges_merchant_id_payment_authorization_id_idx;
drop index concurrently if exists pocket_group_grants_pocket_group_id_idx;
