-- The merchant's own reference of a record, and up to 20 texts under its own keys, as one object. 65536 bytes hold the
-- longest object that the server accepts, with every character escaped. A server of the previous version writes neither.

alter table customers
  add column reference text,
  add column metadata jsonb not null default '{}',
  add constraint customers_reference_check check (length(reference) <= 200) not valid,
  add constraint customers_metadata_check check (
    jsonb_typeof(metadata) = 'object' and octet_length(metadata::text) <= 65536
    and jsonb_array_length(jsonb_path_query_array(metadata, '$.*')) <= 20
    and not jsonb_path_exists(metadata, '$.* ? (@.type() <> "string")')) not valid;

alter table orders
  add column reference text,
  add column metadata jsonb not null default '{}',
  add constraint orders_reference_check check (length(reference) <= 200) not valid,
  add constraint orders_metadata_check check (
    jsonb_typeof(metadata) = 'object' and octet_length(metadata::text) <= 65536
    and jsonb_array_length(jsonb_path_query_array(metadata, '$.*')) <= 20
    and not jsonb_path_exists(metadata, '$.* ? (@.type() <> "string")')) not valid;

alter table payment_charges
  add column reference text,
  add column metadata jsonb not null default '{}',
  add constraint payment_charges_reference_check check (length(reference) <= 200) not valid,
  add constraint payment_charges_metadata_check check (
    jsonb_typeof(metadata) = 'object' and octet_length(metadata::text) <= 65536
    and jsonb_array_length(jsonb_path_query_array(metadata, '$.*')) <= 20
    and not jsonb_path_exists(metadata, '$.* ? (@.type() <> "string")')) not valid;

alter table payment_refunds
  add column reference text,
  add column metadata jsonb not null default '{}',
  add constraint payment_refunds_reference_check check (length(reference) <= 200) not valid,
  add constraint payment_refunds_metadata_check check (
    jsonb_typeof(metadata) = 'object' and octet_length(metadata::text) <= 65536
    and jsonb_array_length(jsonb_path_query_array(metadata, '$.*')) <= 20
    and not jsonb_path_exists(metadata, '$.* ? (@.type() <> "string")')) not valid;

alter table payment_authorizations
  add column reference text,
  add column metadata jsonb not null default '{}',
  add constraint payment_authorizations_reference_check check (length(reference) <= 200) not valid,
  add constraint payment_authorizations_metadata_check check (
    jsonb_typeof(metadata) = 'object' and octet_length(metadata::text) <= 65536
    and jsonb_array_length(jsonb_path_query_array(metadata, '$.*')) <= 20
    and not jsonb_path_exists(metadata, '$.* ? (@.type() <> "string")')) not valid;
