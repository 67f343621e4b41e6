-- What decides whether an input means the same as the one that has used the key. Null in keys of the version
-- before, whose hashes are of another form.
alter table idempotency_keys
  add column default_currency text,
  add column order_customer_id uuid,
  add column secret_key_id text,
  add column secret_digest bytea;
