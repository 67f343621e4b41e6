-- A file whose rows were charged or debited. Its rows without tokens have tokens that are derived from its seed, so it is
-- kept permanently: the same file then does nothing twice.
create table imports (
  merchant_id     uuid           not null,
  id              uuid           not null,
  pocket_group_id uuid           not null,
  kind            text           not null,
  -- The SHA-256 of the file as it was received, in hexadecimal.
  file_sha256     text           not null,
  -- Distinguishes a file that is intentionally imported again; empty for the first import.
  again           text           not null default '',
  seed            bytea          not null,
  -- The rows of the last run, and how many of them had which result.
  rows            integer,
  succeeded            integer,
  repeated        integer,
  refused         integer,
  -- When the last run ended. Null if it was interrupted.
  ended_at        timestamptz(3),
  created_at      timestamptz(3) not null default now(),
  updated_at      timestamptz(3) not null default now(),
  constraint imports_merchant_id_fkey foreign key (merchant_id)
    references merchants (id) on delete restrict on update restrict,
  constraint imports_pocket_group_id_fkey foreign key (pocket_group_id)
    references pocket_groups (id) on delete restrict on update restrict,
  constraint imports_kind_check check (kind in ('CHARGE', 'DEBIT')),
  constraint imports_file_sha256_check check (file_sha256 ~ '^[0-9a-f]{64}$'),
  constraint imports_again_check check (length(again) <= 100),
  constraint imports_seed_check check (octet_length(seed) = 16),
  constraint imports_counts_check check (rows >= 0 and succeeded >= 0 and repeated >= 0 and refused >= 0)
);
create unique index imports_key on imports (merchant_id, pocket_group_id, kind, file_sha256, again);
alter table imports add constraint imports_pkey primary key (merchant_id, id);
