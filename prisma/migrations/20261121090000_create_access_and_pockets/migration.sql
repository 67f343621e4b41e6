-- Who calls: merchants, their employees, API tokens, pocket groups and the grants between them.
-- What is charged: pockets and pocket charges. 9007199254740991 is 2^53-1, the largest amount that
-- JSON carries exactly.
--
-- Lists read along the indexes that end with (created_at, id), in both directions. A key that foreign keys refer to is
-- created after the other indexes of its table: of several indexes whose cost looks the same, as on an almost empty
-- table, PostgreSQL chooses the newest, and the checks of foreign keys keep that choice for a whole session.

create type api_scope as enum (
  'POCKETS_CHARGE', 'POCKETS_READ', 'PAYMENTS_READ', 'PAYMENTS_WRITE', 'PROVIDER_SECRETS_READ', 'OPERATOR'
);

create table merchants (
  id               uuid           not null,
  name             text           not null,
  is_active        boolean        not null default true,
  default_currency text           not null default 'USD',
  created_at       timestamptz(6) not null default now(),
  updated_at       timestamptz(6) not null default now(),
  constraint merchants_pkey primary key (id),
  constraint merchants_name_check check (length(name) <= 200 and name ~ '\S'),
  constraint merchants_default_currency_check check (default_currency ~ '^[A-Z]{3}$')
);
create index merchants_created_at_id_idx on merchants (created_at, id);

create table employees (
  merchant_id uuid           not null,
  id          uuid           not null,
  name        text           not null,
  email       text           not null,
  is_active   boolean        not null default true,
  created_at  timestamptz(6) not null default now(),
  updated_at  timestamptz(6) not null default now(),
  constraint employees_merchant_id_fkey foreign key (merchant_id)
    references merchants (id) on delete restrict on update restrict,
  constraint employees_name_check check (length(name) <= 200 and name ~ '\S'),
  constraint employees_email_check check (length(email) <= 254 and email ~ '^[^\s@]+@[^\s@]+$' and email = lower(email))
);
create index employees_created_at_id_idx on employees (created_at, id);
create index employees_merchant_id_created_at_id_idx on employees (merchant_id, created_at, id);
-- Operators name an employee by its id alone.
create index employees_id_idx on employees (id);
create unique index employees_merchant_id_email_key on employees (merchant_id, email);
alter table employees add constraint employees_pkey primary key (merchant_id, id);

create table api_tokens (
  id           uuid           not null,
  merchant_id  uuid,
  employee_id  uuid,
  name         text           not null,
  prefix       text           not null,
  secret_hash  bytea          not null,
  scopes       api_scope[],
  created_at   timestamptz(6) not null default now(),
  last_used_at timestamptz(6),
  expires_at   timestamptz(6),
  revoked_at   timestamptz(6),
  constraint api_tokens_pkey primary key (id),
  constraint api_tokens_merchant_id_fkey foreign key (merchant_id)
    references merchants (id) on delete restrict on update restrict,
  constraint api_tokens_name_check check (length(name) <= 200 and name ~ '\S'),
  constraint api_tokens_secret_hash_check check (octet_length(secret_hash) = 32),
  constraint api_tokens_employee_id_check check (employee_id is null or merchant_id is not null),
  -- An operator's token belongs to no merchant and can do nothing in a merchant's name.
  constraint api_tokens_scopes_check check (
    scopes is not null and cardinality(scopes) > 0 and array_position(scopes, null) is null
    and case when merchant_id is null then scopes = array['OPERATOR']::api_scope[]
             else not 'OPERATOR' = any (scopes) end
  )
);
create unique index api_tokens_secret_hash_key on api_tokens (secret_hash);
create index api_tokens_merchant_id_created_at_id_idx on api_tokens (merchant_id, created_at, id);

create table pocket_groups (
  id                 uuid           not null,
  slug               text           not null,
  name               text           not null,
  currency           text           not null default 'IRR',
  is_active          boolean        not null default true,
  min_charge_amount  bigint,
  max_charge_amount  bigint,
  max_pocket_balance bigint,
  created_at         timestamptz(6) not null default now(),
  updated_at         timestamptz(6) not null default now(),
  constraint pocket_groups_pkey primary key (id),
  constraint pocket_groups_slug_check check (length(slug) <= 64 and slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
  constraint pocket_groups_name_check check (length(name) <= 200 and name ~ '\S'),
  constraint pocket_groups_currency_check check (currency ~ '^[A-Z]{3}$'),
  constraint pocket_groups_min_charge_amount_check check (min_charge_amount between 1 and 9007199254740991),
  constraint pocket_groups_max_charge_amount_check check (max_charge_amount between 1 and 9007199254740991),
  constraint pocket_groups_max_pocket_balance_check check (max_pocket_balance between 1 and 9007199254740991),
  constraint pocket_groups_charge_amounts_check check (min_charge_amount <= max_charge_amount),
  constraint pocket_groups_first_charge_check check (min_charge_amount <= max_pocket_balance)
);
create unique index pocket_groups_slug_key on pocket_groups (slug);
create index pocket_groups_created_at_id_idx on pocket_groups (created_at, id);

create table pocket_group_grants (
  merchant_id     uuid           not null,
  pocket_group_id uuid           not null,
  created_at      timestamptz(6) not null default now(),
  constraint pocket_group_grants_pkey primary key (merchant_id, pocket_group_id),
  constraint pocket_group_grants_merchant_id_fkey foreign key (merchant_id)
    references merchants (id) on delete restrict on update restrict,
  constraint pocket_group_grants_pocket_group_id_fkey foreign key (pocket_group_id)
    references pocket_groups (id) on delete restrict on update restrict
);
-- The merchants of a group, oldest grant first.
create index pocket_group_grants_group_created_at_merchant_idx
  on pocket_group_grants (pocket_group_id, created_at, merchant_id);

-- Every charge rewrites its pocket's row. Room on the page and no index on what changes keep that
-- rewrite on the page and out of the indexes (a heap-only update).
create table pockets (
  pocket_group_id uuid           not null,
  id              uuid           not null,
  phone_number    text           not null,
  balance         bigint         not null,
  created_at      timestamptz(6) not null default now(),
  updated_at      timestamptz(6) not null default now(),
  constraint pockets_pocket_group_id_fkey foreign key (pocket_group_id)
    references pocket_groups (id) on delete restrict on update restrict,
  constraint pockets_phone_number_check check (phone_number ~ '^989[0-9]{9}$'),
  constraint pockets_balance_check check (balance between 0 and 9007199254740991)
) with (fillfactor = 80);
create index pockets_created_at_id_idx on pockets (created_at, id);
create index pockets_pocket_group_id_created_at_id_idx on pockets (pocket_group_id, created_at, id);
create index pockets_phone_number_id_idx on pockets (phone_number, id);
alter table pockets add constraint pockets_pkey primary key (pocket_group_id, id);
-- Pocket charges refer to this key, so it is created last.
create unique index pockets_pocket_group_id_phone_number_key on pockets (pocket_group_id, phone_number);

create table pocket_charges (
  pocket_group_id uuid           not null,
  id              uuid           not null,
  token           uuid           not null,
  merchant_id     uuid           not null,
  phone_number    text           not null,
  amount          bigint         not null,
  balance_after   bigint         not null,
  created_at      timestamptz(6) not null default now(),
  constraint pocket_charges_pocket_group_id_phone_number_fkey foreign key (pocket_group_id, phone_number)
    references pockets (pocket_group_id, phone_number) on delete restrict on update restrict,
  constraint pocket_charges_merchant_id_fkey foreign key (merchant_id)
    references merchants (id) on delete restrict on update restrict,
  constraint pocket_charges_token_check check (get_byte(uuid_send(token), 6) >> 4 = 7),
  constraint pocket_charges_amount_check check (amount between 1 and 9007199254740991),
  constraint pocket_charges_balance_after_check check (balance_after between amount and 9007199254740991)
);
create index pocket_charges_created_at_id_idx on pocket_charges (created_at, id);
create index pocket_charges_pocket_group_id_created_at_id_idx
  on pocket_charges (pocket_group_id, created_at, id);
-- The charges that one merchant made in a group.
create index pocket_charges_pocket_group_id_merchant_id_created_at_id_idx
  on pocket_charges (pocket_group_id, merchant_id, created_at, id);
-- The charges of one pocket.
create index pocket_charges_pocket_group_id_phone_number_created_at_id_idx
  on pocket_charges (pocket_group_id, phone_number, created_at, id);
create unique index pocket_charges_pocket_group_id_token_key on pocket_charges (pocket_group_id, token);
alter table pocket_charges add constraint pocket_charges_pkey primary key (pocket_group_id, id);