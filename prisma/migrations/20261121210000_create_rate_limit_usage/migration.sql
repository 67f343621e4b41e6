-- What tokens have used in the present windows of their limits, by all servers together. Not logged: a
-- crash of PostgreSQL empties it, and all begin a window anew. `granted` is what the last writer was
-- granted of what it asked for, and is read by nobody else.
create unlogged table rate_limit_usage (
  window_start timestamptz(3) not null,
  kind         text           not null,
  subject      text           not null,
  used         bigint         not null,
  granted      bigint         not null,
  constraint rate_limit_usage_pkey primary key (window_start, kind, subject)
);
