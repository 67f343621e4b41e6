-- outside a transaction
-- Records without a reference or metadata are in neither index, so that writing them costs nothing. Filters name the same
-- condition, as PostgreSQL requires for using such an index.

drop index concurrently if exists customers_metadata_idx;
create index concurrently customers_metadata_idx on customers using gin (metadata jsonb_path_ops)
  where metadata <> '{}';

drop index concurrently if exists customers_merchant_id_reference_idx;
create index concurrently customers_merchant_id_reference_idx on customers (merchant_id, reference)
  where reference is not null;

drop index concurrently if exists orders_metadata_idx;
create index concurrently orders_metadata_idx on orders using gin (metadata jsonb_path_ops)
  where metadata <> '{}';

drop index concurrently if exists orders_merchant_id_reference_idx;
create index concurrently orders_merchant_id_reference_idx on orders (merchant_id, reference)
  where reference is not null;

drop index concurrently if exists payment_charges_metadata_idx;
create index concurrently payment_charges_metadata_idx on payment_charges using gin (metadata jsonb_path_ops)
  where metadata <> '{}';

drop index concurrently if exists payment_charges_merchant_id_reference_idx;
create index concurrently payment_charges_merchant_id_reference_idx on payment_charges (merchant_id, reference)
  where reference is not null;

drop index concurrently if exists payment_refunds_metadata_idx;
create index concurrently payment_refunds_metadata_idx on payment_refunds using gin (metadata jsonb_path_ops)
  where metadata <> '{}';

drop index concurrently if exists payment_refunds_merchant_id_reference_idx;
create index concurrently payment_refunds_merchant_id_reference_idx on payment_refunds (merchant_id, reference)
  where reference is not null;

drop index concurrently if exists payment_authorizations_metadata_idx;
create index concurrently payment_authorizations_metadata_idx on payment_authorizations using gin (metadata jsonb_path_ops)
  where metadata <> '{}';

drop index concurrently if exists payment_authorizations_merchant_id_reference_idx;
create index concurrently payment_authorizations_merchant_id_reference_idx on payment_authorizations (merchant_id, reference)
  where reference is not null;
