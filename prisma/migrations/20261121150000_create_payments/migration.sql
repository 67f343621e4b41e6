-- Payment charges, their refunds and authorizations, and what they refer to. The merchant leads every
-- key. Enums are texts with a check: they sort by the alphabet, as texts do, and their names are those
-- of the GraphQL schema. 9007199254740991 is 2^53-1, the largest amount that JSON carries exactly.

-- The last number given to a record of a kind. Locked while a record is made, so that numbers have no gap.
create table record_numbers (
  merchant_id uuid    not null,
  kind        text    not null,
  last_number integer not null,
  constraint record_numbers_pkey primary key (merchant_id, kind),
  constraint record_numbers_merchant_id_fkey foreign key (merchant_id)
    references merchants (id) on delete restrict on update restrict,
  constraint record_numbers_kind_check check (kind in ('customer', 'order'))
);

create table customers (
  merchant_id  uuid           not null,
  id           uuid           not null,
  number       integer        not null,
  name         text           not null,
  email        text,
  phone_number text,
  is_archived  boolean        not null default false,
  created_at   timestamptz(6) not null default now(),
  updated_at   timestamptz(6) not null default now(),
  constraint customers_merchant_id_fkey foreign key (merchant_id)
    references merchants (id) on delete restrict on update restrict,
  constraint customers_number_check check (number > 0),
  constraint customers_name_check check (length(name) <= 200 and name ~ '\S'),
  constraint customers_email_check check (length(email) <= 254 and email ~ '^[^\s@]+@[^\s@]+$'),
  constraint customers_phone_number_check check (
    phone_number ~ '^\+?[0-9(][0-9 ().-]{2,31}$' and phone_number ~ '([0-9][^0-9]*){3}')
);
create unique index customers_merchant_id_number_key on customers (merchant_id, number);
create index customers_merchant_id_created_at_id_idx on customers (merchant_id, created_at, id);
alter table customers add constraint customers_pkey primary key (merchant_id, id);

create table orders (
  merchant_id    uuid           not null,
  id             uuid           not null,
  number         integer        not null,
  status         text           not null,
  currency       text           not null,
  total_in_cents bigint         not null,
  customer_id    uuid,
  created_at     timestamptz(6) not null default now(),
  updated_at     timestamptz(6) not null default now(),
  constraint orders_merchant_id_fkey foreign key (merchant_id)
    references merchants (id) on delete restrict on update restrict,
  constraint orders_merchant_id_customer_id_fkey foreign key (merchant_id, customer_id)
    references customers (merchant_id, id) on delete restrict on update restrict,
  constraint orders_number_check check (number > 0),
  constraint orders_status_check check (
    status in ('NEW', 'DRAFT', 'RESERVED', 'STARTED', 'STOPPED', 'ARCHIVED', 'CANCELED')),
  constraint orders_currency_check check (currency ~ '^[A-Z]{3}$'),
  constraint orders_total_in_cents_check check (total_in_cents between 0 and 9007199254740991)
);
create unique index orders_merchant_id_number_key on orders (merchant_id, number);
create index orders_merchant_id_created_at_id_idx on orders (merchant_id, created_at, id);
create index orders_merchant_id_customer_id_created_at_id_idx on orders (merchant_id, customer_id, created_at, id);
alter table orders add constraint orders_pkey primary key (merchant_id, id);

create table payment_methods (
  merchant_id uuid           not null,
  id          uuid           not null,
  provider    text           not null,
  identifier  text           not null,
  method_type text           not null,
  label       text           not null,
  customer_id uuid,
  created_at  timestamptz(6) not null default now(),
  updated_at  timestamptz(6) not null default now(),
  constraint payment_methods_merchant_id_fkey foreign key (merchant_id)
    references merchants (id) on delete restrict on update restrict,
  constraint payment_methods_merchant_id_customer_id_fkey foreign key (merchant_id, customer_id)
    references customers (merchant_id, id) on delete restrict on update restrict,
  constraint payment_methods_provider_check check (provider in ('STRIPE', 'APP', 'NONE'))
);
create index payment_methods_merchant_id_created_at_id_idx on payment_methods (merchant_id, created_at, id);
create index payment_methods_merchant_id_customer_id_created_at_id_idx
  on payment_methods (merchant_id, customer_id, created_at, id);
alter table payment_methods add constraint payment_methods_pkey primary key (merchant_id, id);

-- An authorization is captured once: captured_at says when, and what was captured is never given back.
create table payment_authorizations (
  merchant_id                   uuid           not null,
  id                            uuid           not null,
  status                        text           not null,
  mode                          text           not null,
  provider                      text           not null,
  amount_in_cents               bigint         not null,
  deposit_in_cents              bigint         not null,
  total_in_cents                bigint         not null generated always as (amount_in_cents + deposit_in_cents) stored,
  currency                      text           not null,
  amount_captured_in_cents      bigint         not null default 0,
  deposit_captured_in_cents     bigint         not null default 0,
  description                   text,
  provider_id                   text,
  provider_method               text,
  provider_secret_key_id        text,
  provider_secret_sealed        bytea,
  provider_secret_digest        bytea,
  provider_secret_folded_digest bytea,
  capture_before                timestamptz(6),
  captured_at                   timestamptz(6),
  succeeded_at                  timestamptz(6),
  failed_at                     timestamptz(6),
  canceled_at                   timestamptz(6),
  expired_at                    timestamptz(6),
  employee_id                   uuid,
  order_id                      uuid,
  customer_id                   uuid,
  payment_method_id             uuid,
  created_at                    timestamptz(6) not null default now(),
  updated_at                    timestamptz(6) not null default now(),
  constraint payment_authorizations_merchant_id_fkey foreign key (merchant_id)
    references merchants (id) on delete restrict on update restrict,
  constraint payment_authorizations_merchant_id_employee_id_fkey foreign key (merchant_id, employee_id)
    references employees (merchant_id, id) on delete restrict on update restrict,
  constraint payment_authorizations_merchant_id_order_id_fkey foreign key (merchant_id, order_id)
    references orders (merchant_id, id) on delete restrict on update restrict,
  constraint payment_authorizations_merchant_id_customer_id_fkey foreign key (merchant_id, customer_id)
    references customers (merchant_id, id) on delete restrict on update restrict,
  constraint payment_authorizations_merchant_id_payment_method_id_fkey foreign key (merchant_id, payment_method_id)
    references payment_methods (merchant_id, id) on delete restrict on update restrict,
  constraint payment_authorizations_status_check check (
    status in ('CREATED', 'STARTED', 'ACTION_REQUIRED', 'SUCCEEDED', 'CAPTURED', 'FAILED', 'CANCELED', 'EXPIRED')),
  constraint payment_authorizations_mode_check check (mode in ('OFF_SESSION', 'CHECKOUT', 'REQUEST', 'TERMINAL')),
  constraint payment_authorizations_provider_check check (provider in ('STRIPE', 'APP', 'NONE')),
  constraint payment_authorizations_amounts_check check (
    amount_in_cents >= 0 and deposit_in_cents >= 0 and total_in_cents between 1 and 9007199254740991),
  constraint payment_authorizations_captured_check check (
    amount_captured_in_cents between 0 and amount_in_cents
    and deposit_captured_in_cents between 0 and deposit_in_cents
    and (captured_at is not null) = (amount_captured_in_cents + deposit_captured_in_cents > 0)),
  constraint payment_authorizations_currency_check check (currency ~ '^[A-Z]{3}$'),
  constraint payment_authorizations_provider_secret_check check (
    (provider_secret_key_id is null) = (provider_secret_sealed is null)
    and (provider_secret_key_id is null) = (provider_secret_digest is null)
    and (provider_secret_key_id is null) = (provider_secret_folded_digest is null)),
  constraint payment_authorizations_times_check check (case status
    when 'SUCCEEDED' then succeeded_at is not null
    when 'CAPTURED' then captured_at is not null
    when 'FAILED' then failed_at is not null
    when 'CANCELED' then canceled_at is not null
    when 'EXPIRED' then expired_at is not null
    else true end)
);
create index payment_authorizations_merchant_id_created_at_id_idx
  on payment_authorizations (merchant_id, created_at, id);
create index payment_authorizations_merchant_id_updated_at_id_idx
  on payment_authorizations (merchant_id, updated_at, id);
-- Without the rows that have no value: their entries would be few bytes together, and an index that is smaller than
-- the primary key tempts PostgreSQL to look for an id in it.
create index payment_authorizations_merchant_id_order_id_idx on payment_authorizations (merchant_id, order_id)
  where order_id is not null;
alter table payment_authorizations add constraint payment_authorizations_pkey primary key (merchant_id, id);

-- Refunded are the sums of the succeeded refunds, refunding those of the refunds under way: together
-- never more than what was charged. captured_authorization_id is set by the one charge that captures.
create table payment_charges (
  merchant_id                   uuid           not null,
  id                            uuid           not null,
  -- Lists sort by it along an index, in the same order in every locale.
  status                        text collate "C" not null,
  is_frozen                     boolean        not null,
  mode                          text           not null,
  provider                      text           not null,
  amount_in_cents               bigint         not null,
  deposit_in_cents              bigint         not null,
  total_in_cents                bigint         not null generated always as (amount_in_cents + deposit_in_cents) stored,
  currency                      text           not null,
  description                   text,
  provider_id                   text,
  provider_method               text,
  provider_secret_key_id        text,
  provider_secret_sealed        bytea,
  provider_secret_digest        bytea,
  provider_secret_folded_digest bytea,
  amount_refunded_in_cents      bigint         not null default 0,
  deposit_refunded_in_cents     bigint         not null default 0,
  total_refunded_in_cents       bigint         not null
    generated always as (amount_refunded_in_cents + deposit_refunded_in_cents) stored,
  amount_refunding_in_cents     bigint         not null default 0,
  deposit_refunding_in_cents    bigint         not null default 0,
  amount_refundable_in_cents    bigint         not null
    generated always as (amount_in_cents - amount_refunded_in_cents) stored,
  deposit_refundable_in_cents   bigint         not null
    generated always as (deposit_in_cents - deposit_refunded_in_cents) stored,
  total_refundable_in_cents     bigint         not null generated always as
    (amount_in_cents + deposit_in_cents - amount_refunded_in_cents - deposit_refunded_in_cents) stored,
  refundable                    boolean        not null generated always as
    (amount_in_cents + deposit_in_cents > amount_refunded_in_cents + deposit_refunded_in_cents) stored,
  succeeded_at                  timestamptz(6),
  failed_at                     timestamptz(6),
  canceled_at                   timestamptz(6),
  expired_at                    timestamptz(6),
  employee_id                   uuid,
  order_id                      uuid,
  customer_id                   uuid,
  payment_method_id             uuid,
  payment_authorization_id      uuid,
  captured_authorization_id     uuid,
  created_at                    timestamptz(6) not null default now(),
  updated_at                    timestamptz(6) not null default now(),
  constraint payment_charges_merchant_id_fkey foreign key (merchant_id)
    references merchants (id) on delete restrict on update restrict,
  constraint payment_charges_merchant_id_employee_id_fkey foreign key (merchant_id, employee_id)
    references employees (merchant_id, id) on delete restrict on update restrict,
  constraint payment_charges_merchant_id_order_id_fkey foreign key (merchant_id, order_id)
    references orders (merchant_id, id) on delete restrict on update restrict,
  constraint payment_charges_merchant_id_customer_id_fkey foreign key (merchant_id, customer_id)
    references customers (merchant_id, id) on delete restrict on update restrict,
  constraint payment_charges_merchant_id_payment_method_id_fkey foreign key (merchant_id, payment_method_id)
    references payment_methods (merchant_id, id) on delete restrict on update restrict,
  constraint payment_charges_merchant_id_payment_authorization_id_fkey
    foreign key (merchant_id, payment_authorization_id)
    references payment_authorizations (merchant_id, id) on delete restrict on update restrict,
  constraint payment_charges_status_check check (
    status in ('CREATED', 'STARTED', 'ACTION_REQUIRED', 'PROCESSING', 'SUCCEEDED', 'FAILED', 'CANCELED', 'EXPIRED')),
  constraint payment_charges_is_frozen_check check (is_frozen or status = 'CREATED'),
  constraint payment_charges_mode_check check (
    mode in ('MANUAL', 'OFF_SESSION', 'REQUEST', 'TERMINAL', 'CAPTURE', 'CHECKOUT')),
  constraint payment_charges_provider_check check (provider in ('STRIPE', 'APP', 'NONE')),
  constraint payment_charges_amounts_check check (
    amount_in_cents >= 0 and deposit_in_cents >= 0 and total_in_cents between 1 and 9007199254740991),
  constraint payment_charges_refunded_check check (
    amount_refunded_in_cents >= 0 and deposit_refunded_in_cents >= 0
    and amount_refunding_in_cents >= 0 and deposit_refunding_in_cents >= 0
    and amount_refunded_in_cents + amount_refunding_in_cents <= amount_in_cents
    and deposit_refunded_in_cents + deposit_refunding_in_cents <= deposit_in_cents),
  constraint payment_charges_currency_check check (currency ~ '^[A-Z]{3}$'),
  constraint payment_charges_captured_authorization_id_check check (
    captured_authorization_id is null or (captured_authorization_id = payment_authorization_id and mode = 'CAPTURE')),
  constraint payment_charges_capture_check check (
    mode <> 'CAPTURE' or (payment_authorization_id is not null
      and (status <> 'SUCCEEDED' or captured_authorization_id is not null))),
  constraint payment_charges_provider_secret_check check (
    (provider_secret_key_id is null) = (provider_secret_sealed is null)
    and (provider_secret_key_id is null) = (provider_secret_digest is null)
    and (provider_secret_key_id is null) = (provider_secret_folded_digest is null)),
  constraint payment_charges_times_check check (case status
    when 'SUCCEEDED' then succeeded_at is not null
    when 'FAILED' then failed_at is not null
    when 'CANCELED' then canceled_at is not null
    when 'EXPIRED' then expired_at is not null
    else true end)
);
create unique index payment_charges_merchant_id_captured_authorization_id_key
  on payment_charges (merchant_id, captured_authorization_id) where captured_authorization_id is not null;
create index payment_charges_merchant_id_created_at_id_idx on payment_charges (merchant_id, created_at, id);
create index payment_charges_merchant_id_updated_at_id_idx on payment_charges (merchant_id, updated_at, id);
create index payment_charges_merchant_id_status_created_at_id_idx
  on payment_charges (merchant_id, status, created_at, id);
create index payment_charges_merchant_id_customer_id_created_at_id_idx
  on payment_charges (merchant_id, customer_id, created_at, id);
create index payment_charges_merchant_id_order_id_created_at_id_idx
  on payment_charges (merchant_id, order_id, created_at, id);
create index payment_charges_merchant_authorization_created_at_id_idx
  on payment_charges (merchant_id, payment_authorization_id, created_at, id);
create index payment_charges_merchant_id_provider_id_idx on payment_charges (merchant_id, provider_id)
  where provider_id is not null;
alter table payment_charges add constraint payment_charges_pkey primary key (merchant_id, id);

create table payment_refunds (
  merchant_id       uuid           not null,
  id                uuid           not null,
  status            text           not null,
  provider          text           not null,
  amount_in_cents   bigint         not null,
  deposit_in_cents  bigint         not null,
  total_in_cents    bigint         not null generated always as (amount_in_cents + deposit_in_cents) stored,
  currency          text           not null,
  description       text,
  reason            text,
  failure_reason    text,
  provider_id       text,
  provider_method   text,
  succeeded_at      timestamptz(6),
  failed_at         timestamptz(6),
  canceled_at       timestamptz(6),
  expired_at        timestamptz(6),
  employee_id       uuid,
  order_id          uuid,
  customer_id       uuid,
  payment_charge_id uuid,
  created_at        timestamptz(6) not null default now(),
  updated_at        timestamptz(6) not null default now(),
  constraint payment_refunds_merchant_id_fkey foreign key (merchant_id)
    references merchants (id) on delete restrict on update restrict,
  constraint payment_refunds_merchant_id_employee_id_fkey foreign key (merchant_id, employee_id)
    references employees (merchant_id, id) on delete restrict on update restrict,
  constraint payment_refunds_merchant_id_order_id_fkey foreign key (merchant_id, order_id)
    references orders (merchant_id, id) on delete restrict on update restrict,
  constraint payment_refunds_merchant_id_customer_id_fkey foreign key (merchant_id, customer_id)
    references customers (merchant_id, id) on delete restrict on update restrict,
  constraint payment_refunds_merchant_id_payment_charge_id_fkey foreign key (merchant_id, payment_charge_id)
    references payment_charges (merchant_id, id) on delete restrict on update restrict,
  constraint payment_refunds_status_check check (
    status in ('CREATED', 'PENDING', 'ACTION_REQUIRED', 'SUCCEEDED', 'FAILED', 'CANCELED', 'EXPIRED')),
  constraint payment_refunds_provider_check check (provider in ('STRIPE', 'APP', 'NONE')),
  constraint payment_refunds_payment_charge_id_check check (payment_charge_id is not null or provider = 'NONE'),
  constraint payment_refunds_amounts_check check (
    amount_in_cents >= 0 and deposit_in_cents >= 0 and total_in_cents between 1 and 9007199254740991),
  constraint payment_refunds_currency_check check (currency ~ '^[A-Z]{3}$'),
  constraint payment_refunds_times_check check (case status
    when 'SUCCEEDED' then succeeded_at is not null
    when 'FAILED' then failed_at is not null
    when 'CANCELED' then canceled_at is not null
    when 'EXPIRED' then expired_at is not null
    else true end)
);
create index payment_refunds_merchant_id_created_at_id_idx on payment_refunds (merchant_id, created_at, id);
create index payment_refunds_merchant_id_updated_at_id_idx on payment_refunds (merchant_id, updated_at, id);
create index payment_refunds_merchant_id_payment_charge_id_created_at_id_idx
  on payment_refunds (merchant_id, payment_charge_id, created_at, id);
create index payment_refunds_merchant_id_order_id_idx on payment_refunds (merchant_id, order_id)
  where order_id is not null;
alter table payment_refunds add constraint payment_refunds_pkey primary key (merchant_id, id);

-- Every status that a charge, a refund or an authorization has had. payment_id has no foreign key: it
-- points at one of three tables, none of which ever loses a row.
create table payment_status_changes (
  merchant_id uuid           not null,
  payment_id  uuid           not null,
  id          uuid           not null,
  from_status text,
  to_status   text           not null,
  at          timestamptz(6) not null,
  employee_id uuid,
  constraint payment_status_changes_pkey primary key (merchant_id, payment_id, id),
  constraint payment_status_changes_merchant_id_employee_id_fkey foreign key (merchant_id, employee_id)
    references employees (merchant_id, id) on delete restrict on update restrict,
  constraint payment_status_changes_statuses_check check (from_status is distinct from to_status)
);
create index payment_status_changes_merchant_id_payment_id_at_id_idx
  on payment_status_changes (merchant_id, payment_id, at, id);

-- A key is kept for ever: what was made with it is made once.
create table idempotency_keys (
  merchant_id uuid           not null,
  operation   text           not null,
  key         uuid           not null,
  input_hash  bytea          not null,
  record_id   uuid           not null,
  created_at  timestamptz(6) not null default now(),
  constraint idempotency_keys_pkey primary key (merchant_id, operation, key),
  constraint idempotency_keys_merchant_id_fkey foreign key (merchant_id)
    references merchants (id) on delete restrict on update restrict,
  constraint idempotency_keys_input_hash_check check (octet_length(input_hash) = 32)
);

-- The one list of all money movements. Each branch walks its own index, so that a page is cheap.
create view payments as
  select merchant_id, id, created_at, updated_at, status, amount_in_cents, deposit_in_cents, total_in_cents,
         currency, order_id, 'PAYMENT_CHARGE'::text as owner_type from payment_charges
  union all
  select merchant_id, id, created_at, updated_at, status, amount_in_cents, deposit_in_cents, total_in_cents,
         currency, order_id, 'PAYMENT_REFUND'::text from payment_refunds
  union all
  select merchant_id, id, created_at, updated_at, status, amount_in_cents, deposit_in_cents, total_in_cents,
         currency, order_id, 'PAYMENT_AUTHORIZATION'::text from payment_authorizations;
