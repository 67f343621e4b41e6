import type pg from "pg";

/**
 * Drops the check constraints of all columns. On many rows they take as long as the indexes, and no plan depends
 * on them.
 */
export async function dropChecks(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ on: string; name: string }>(
    `select conrelid::regclass::text as on, conname as name from pg_constraint
     where contype = 'c' and conrelid <> 0 and connamespace = 'public'::regnamespace`,
  );
  for (const { on, name } of rows) {
    await client.query(`alter table ${on} drop constraint "${name}"`);
  }
}

/** Turns autovacuum off, so that PostgreSQL does not analyze the tables. */
export async function stopAutovacuum(client: pg.Client): Promise<void> {
  for (const table of await tablesOf(client)) {
    await client.query(`alter table ${table} set (autovacuum_enabled = false)`);
  }
}

/** Removes all rows and all statistics, as if no row had ever been inserted. */
export async function emptyTables(client: pg.Client): Promise<void> {
  await client.query("drop trigger if exists audit_entries_not_truncated on audit_entries");
  await client.query(`truncate ${(await tablesOf(client)).join(", ")}`);
  await client.query(
    "delete from pg_statistic where starelid in (select relid from pg_stat_user_tables)",
  );
}

async function tablesOf(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    "select quote_ident(relname) as name from pg_stat_user_tables where schemaname = 'public' and relname <> '_prisma_migrations'",
  );
  return rows.map(({ name }) => name);
}

const V7 = "uuidv7()";
const AT = "now() + i * interval '1 millisecond'";
/** Earlier than the positions of the server's own events, so that all events are read. Each has the events of one transaction. */
const POSITION = "1 + i % 500";

/**
 * Adds rows of one merchant to every table in bulk, without sending requests.
 *
 * @param slug the group of the new pockets.
 * @param rows number of pockets and of pocket charges. Payment charges are a quarter of that, other records a
 *   twentieth, but at least 2,000 of each, or `rows`.
 * @param from the first number used in unique values.
 */
export async function fill(
  client: pg.Client,
  merchantId: string,
  slug: string,
  rows: number,
  from: number,
): Promise<void> {
  const { rows: groups } = await client.query<{ id: string }>(
    "select id from pocket_groups where slug = $1",
    [slug],
  );
  const [group, merchant] = [`'${groups[0]!.id}'::uuid`, `'${merchantId}'::uuid`];
  const insert = (table: string, columns: string, values: string, count = rows): string =>
    `insert into ${table} (${columns}) select ${values}
     from generate_series(${String(from + 1)}, ${String(from + count)}) i`;
  const phone = "'989' || lpad(i::text, 9, '0')";
  const few = Math.max(rows / 20, Math.min(rows, 2_000));
  const some = Math.max(rows / 4, few);
  const paid = `'SUCCEEDED', 'STRIPE', 100, 0, 'USD', ${AT}, ${AT}, ${AT}`;
  const payment =
    "status, provider, amount_in_cents, deposit_in_cents, currency, succeeded_at, created_at, updated_at";
  // The inserted rows satisfy the foreign keys; checking each row would take most of the time.
  await client.query("set session_replication_role = replica");
  await client.query(
    [
      insert(
        "pockets",
        "pocket_group_id, id, phone_number, balance, created_at",
        `${group}, ${V7}, ${phone}, 1, ${AT}`,
      ),
      insert(
        "pocket_ledger",
        "pocket_group_id, id, token, merchant_id, phone_number, amount, balance_after, created_at, sequence, position",
        `${group}, ${V7}, ${V7}, ${merchant}, ${phone}, 1, 1, ${AT}, 1, ${POSITION}`,
      ),
      insert(
        "payment_charges",
        `merchant_id, id, is_frozen, mode, ${payment}`,
        `${merchant}, ${V7}, true, 'REQUEST', ${paid}`,
        some,
      ),
      insert(
        "payment_refunds",
        `merchant_id, id, ${payment}`,
        `${merchant}, ${V7}, ${paid.replace("STRIPE", "NONE")}`,
        few,
      ),
      insert(
        "payment_authorizations",
        `merchant_id, id, mode, ${payment}`,
        `${merchant}, ${V7}, 'REQUEST', ${paid}`,
        few,
      ),
      insert(
        "customers",
        "merchant_id, id, number, name, created_at",
        `${merchant}, ${V7}, i, 'c', ${AT}`,
        few,
      ),
      insert(
        "orders",
        "merchant_id, id, number, status, currency, total_in_cents, created_at",
        `${merchant}, ${V7}, i, 'NEW', 'USD', 1, ${AT}`,
        few,
      ),
      insert(
        "payment_methods",
        "merchant_id, id, provider, identifier, method_type, label, created_at",
        `${merchant}, ${V7}, 'STRIPE', 'pm', 'card', 'l', ${AT}`,
        few,
      ),
      insert(
        "payment_status_changes",
        "merchant_id, payment_id, id, to_status, at",
        `${merchant}, ${V7}, ${V7}, 'SUCCEEDED', ${AT}`,
        few,
      ),
      insert(
        "idempotency_keys",
        "merchant_id, operation, key, input_hash, record_id",
        `${merchant}, 'createPaymentCharge', ${V7}, sha256(i::text::bytea), ${V7}`,
        few,
      ),
      insert(
        "audit_entries",
        `tenant_id, id, merchant_id, created_at, actor, operation, record_type, record_id, changes,
         event_type, event_merchant_id, sequence, position`,
        `${merchant}, ${V7}, ${merchant}, ${AT}, 'PROGRAM', 'o', 'Order', ${V7}, '[]',
         'ORDER_CREATED', ${merchant}, 1, ${POSITION}`,
        few,
      ),
      insert(
        "employees",
        "merchant_id, id, name, email, created_at",
        `${merchant}, ${V7}, 'e', i || '@example.com', ${AT}`,
        few,
      ),
      insert("merchants", "id, name, created_at", `${V7}, 'm', ${AT}`, few),
      insert(
        "api_tokens",
        "id, merchant_id, name, prefix, secret_hash, scopes, created_at",
        `${V7}, ${merchant}, 't', 'p', sha256(i::text::bytea), '{POCKETS_READ}', ${AT}`,
        few,
      ),
    ].join(";\n"),
  );
}

/** @returns how many rows and index entries PostgreSQL has read from the server's tables for the whole pool. */
export async function rowsRead(client: pg.Client, pool: pg.Pool): Promise<number> {
  const connections = await Promise.all(
    Array.from({ length: pool.options.max }, () => pool.connect()),
  );
  // A connection reports its counts only after some idle time, or on request.
  await Promise.all(
    [client, ...connections].map((one) => one.query("select pg_stat_force_next_flush()")),
  );
  for (const connection of connections) connection.release();
  const { rows } = await client.query<{ read: string }>(
    `select sum(pg_stat_get_tuples_returned(oid)) as read from pg_class
     where relnamespace = 'public'::regnamespace and relkind in ('r', 'i')`,
  );
  return Number(rows[0]!.read);
}

/** Closes the pool's connections, which discards their cached plans. */
export async function forgetPlans(pool: pg.Pool): Promise<void> {
  const connections = await Promise.all(
    Array.from({ length: pool.options.max }, () => pool.connect()),
  );
  for (const connection of connections) connection.release(true);
}
