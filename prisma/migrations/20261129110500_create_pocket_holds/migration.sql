-- Reserved amounts of pockets. Only a transaction that has locked the pocket changes them.
create table pocket_holds (
  pocket_group_id uuid           not null,
  id              uuid           not null,
  token           uuid           not null,
  merchant_id     uuid           not null,
  phone_number    text           not null,
  amount          bigint         not null,
  captured_amount bigint         not null,
  -- Stays OPEN when expires_at passes, until the pocket changes.
  status          text           not null,
  expires_at      timestamptz(6),
  closed_at       timestamptz(6),
  reference       text,
  note            text,
  metadata        jsonb          not null default '{}',
  created_at      timestamptz(6) not null default now(),
  updated_at      timestamptz(6) not null default now(),
  constraint pocket_holds_pocket_group_id_phone_number_fkey foreign key (pocket_group_id, phone_number)
    references pockets (pocket_group_id, phone_number) on delete restrict on update restrict,
  constraint pocket_holds_merchant_id_fkey foreign key (merchant_id)
    references merchants (id) on delete restrict on update restrict,
  constraint pocket_holds_token_check check (get_byte(uuid_send(token), 6) >> 4 = 7),
  constraint pocket_holds_amount_check check (amount between 1 and 9007199254740991),
  constraint pocket_holds_captured_amount_check check (captured_amount between 0 and amount),
  constraint pocket_holds_status_check check (status in ('OPEN', 'CAPTURED', 'RELEASED', 'EXPIRED')),
  constraint pocket_holds_captured_check check (status <> 'CAPTURED' or captured_amount > 0),
  constraint pocket_holds_closed_at_check check ((status = 'OPEN') = (closed_at is null)),
  constraint pocket_holds_expired_check check (status <> 'EXPIRED' or expires_at is not null),
  constraint pocket_holds_reference_check check (length(reference) <= 200),
  constraint pocket_holds_note_check check (length(note) <= 500),
  constraint pocket_holds_metadata_check check (
    jsonb_typeof(metadata) = 'object' and octet_length(metadata::text) <= 65536
    and jsonb_array_length(jsonb_path_query_array(metadata, '$.*')) <= 20
    and not jsonb_path_exists(metadata, '$.* ? (@.type() <> "string")'))
) with (fillfactor = 80);
create index pocket_holds_created_at_id_idx on pocket_holds (created_at, id);
create index pocket_holds_pocket_group_id_created_at_id_idx on pocket_holds (pocket_group_id, created_at, id);
create index pocket_holds_pocket_group_id_merchant_id_created_at_id_idx
  on pocket_holds (pocket_group_id, merchant_id, created_at, id);
create index pocket_holds_pocket_group_id_phone_number_created_at_id_idx
  on pocket_holds (pocket_group_id, phone_number, created_at, id);
-- The holds of a pocket that are stored as open, and among them those that have expired.
create index pocket_holds_open_idx on pocket_holds (pocket_group_id, phone_number, expires_at)
  where status = 'OPEN';
create index pocket_holds_metadata_idx on pocket_holds using gin (metadata jsonb_path_ops) where metadata <> '{}';
create index pocket_holds_reference_idx on pocket_holds (pocket_group_id, reference) where reference is not null;
create unique index pocket_holds_pocket_group_id_token_key on pocket_holds (pocket_group_id, token);
alter table pocket_holds add constraint pocket_holds_pkey primary key (pocket_group_id, id);
