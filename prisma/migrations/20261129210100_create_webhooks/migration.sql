-- Where a merchant receives its events. Each delivery of an endpoint locks its row, so no event is enqueued after it is
-- deleted.
create table webhook_endpoints (
  merchant_id                uuid           not null,
  id                         uuid           not null,
  url                        text           not null,
  description                text,
  -- The types of events to deliver; all if empty.
  types                      text[],
  -- The selection on Event that makes the data; null for the default of each type.
  data_selection             text,
  batch_size                 integer        not null default 1,
  is_enabled                 boolean        not null default true,
  disabled_reason            text,
  secret_key_id              text           not null,
  secret_sealed              bytea          not null,
  -- The secret before the last rotation, which signs too until it expires.
  previous_secret_key_id     text,
  previous_secret_sealed     bytea,
  previous_secret_expires_at timestamptz(3),
  -- The last event that was enqueued or skipped, in the order of events. Moves without changing updated_at.
  after_position             bigint         not null,
  after_sequence             integer        not null,
  after_id                   uuid           not null,
  -- Since when no delivery has succeeded although some were tried.
  failing_since              timestamptz(3),
  last_delivered_at          timestamptz(3),
  last_tested_at             timestamptz(3),
  last_redelivery_at         timestamptz(3),
  created_at                 timestamptz(3) not null default now(),
  updated_at                 timestamptz(3) not null default now(),
  constraint webhook_endpoints_merchant_id_fkey foreign key (merchant_id)
    references merchants (id) on delete restrict on update restrict,
  constraint webhook_endpoints_url_check check (url ~ '^https?://' and length(url) <= 2000),
  constraint webhook_endpoints_description_check check (length(description) <= 500),
  constraint webhook_endpoints_types_check check (
    types is not null and array_position(types, null) is null and cardinality(types) <= 200 and octet_length(types::text) <= 20000),
  constraint webhook_endpoints_data_selection_check check (length(data_selection) between 1 and 10000),
  constraint webhook_endpoints_batch_size_check check (batch_size between 1 and 100),
  constraint webhook_endpoints_disabled_reason_check check (
    disabled_reason is null or (not is_enabled and disabled_reason in ('GONE', 'FAILING'))),
  constraint webhook_endpoints_previous_secret_check check (
    (previous_secret_key_id is null) = (previous_secret_sealed is null)
    and (previous_secret_key_id is null) = (previous_secret_expires_at is null)),
  constraint webhook_endpoints_after_check check (after_position >= 0 and after_sequence >= 0)
) with (fillfactor = 70);
create index webhook_endpoints_merchant_id_created_at_id_idx on webhook_endpoints (merchant_id, created_at, id);
alter table webhook_endpoints add constraint webhook_endpoints_pkey primary key (merchant_id, id);

-- One event for one endpoint. Like an audit entry, a delivery outlives its endpoint and its event, so no foreign key
-- refers to them.
create table webhook_deliveries (
  merchant_id     uuid           not null,
  id              uuid           not null,
  endpoint_id     uuid           not null,
  event_id        uuid           not null,
  event_type      text           not null,
  subject_id      uuid           not null,
  -- The event's position and sequence, which are the order of a subject's deliveries.
  position        bigint         not null,
  sequence        integer        not null,
  status          text           not null default 'PENDING',
  -- Since the event was enqueued or last redelivered.
  attempts        integer        not null default 0,
  -- The webhook-id, which the events of one request share. Fixed by the first attempt.
  message_id      uuid,
  response_status integer,
  response_body   text,
  error           text,
  duration_ms     integer,
  -- Null if it waits for an earlier event of its subject, or is in a request with one.
  next_attempt_at timestamptz(6),
  -- Until when a server is sending it. Another server repeats the attempt afterwards.
  leased_until    timestamptz(6),
  created_at      timestamptz(6) not null default now(),
  updated_at      timestamptz(6) not null default now(),
  constraint webhook_deliveries_merchant_id_fkey foreign key (merchant_id)
    references merchants (id) on delete restrict on update restrict,
  constraint webhook_deliveries_position_check check (position >= 0 and sequence >= 0),
  constraint webhook_deliveries_status_check check (status in ('PENDING', 'DELIVERED', 'FAILED', 'CANCELED')),
  constraint webhook_deliveries_attempts_check check (attempts >= 0),
  constraint webhook_deliveries_message_id_check check (attempts = 0 or message_id is not null),
  constraint webhook_deliveries_delivered_check check (status <> 'DELIVERED' or response_status between 200 and 299),
  constraint webhook_deliveries_response_status_check check (response_status between 100 and 999),
  constraint webhook_deliveries_response_body_check check (length(response_body) <= 1024),
  constraint webhook_deliveries_error_check check (length(error) <= 500),
  constraint webhook_deliveries_duration_ms_check check (duration_ms >= 0),
  constraint webhook_deliveries_next_attempt_at_check check (next_attempt_at is null or status = 'PENDING'),
  constraint webhook_deliveries_leased_until_check check (leased_until is null or status = 'PENDING')
) with (fillfactor = 80);
create index webhook_deliveries_created_at_id_idx on webhook_deliveries (created_at, id);
create index webhook_deliveries_merchant_id_created_at_id_idx on webhook_deliveries (merchant_id, created_at, id);
create index webhook_deliveries_merchant_id_endpoint_id_created_at_id_idx
  on webhook_deliveries (merchant_id, endpoint_id, created_at, id);
-- The unfinished deliveries of an endpoint, in the order of events.
create index webhook_deliveries_pending_idx on webhook_deliveries (merchant_id, endpoint_id, position, sequence)
  where status = 'PENDING';
-- The deliveries that are due, without those that wait for an earlier event of their subject.
create index webhook_deliveries_due_idx
  on webhook_deliveries (merchant_id, endpoint_id, next_attempt_at, position, sequence, id)
  where next_attempt_at is not null;
-- The next delivery of a subject.
create index webhook_deliveries_subject_idx
  on webhook_deliveries (merchant_id, endpoint_id, subject_id, position, sequence, id)
  where status = 'PENDING';
-- The other events of a request that is repeated.
create index webhook_deliveries_message_idx on webhook_deliveries (merchant_id, endpoint_id, message_id)
  where status = 'PENDING' and message_id is not null;
-- The requests that are under way.
create index webhook_deliveries_leased_idx on webhook_deliveries (merchant_id, endpoint_id)
  where leased_until is not null;
create unique index webhook_deliveries_merchant_id_endpoint_id_event_id_key
  on webhook_deliveries (merchant_id, endpoint_id, event_id);
alter table webhook_deliveries add constraint webhook_deliveries_pkey primary key (merchant_id, id);
