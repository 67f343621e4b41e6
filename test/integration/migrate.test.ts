import { cp, mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { describe, expect, it } from "vitest";
import { migrate } from "../../src/database/migrations/migrate.js";
import { createDatabaseUrl } from "../support/database.js";
import { expectLedgerToBalance } from "../support/ledger.js";
import { holdMigrations } from "../support/migrations.js";
import { withSchemaEngine } from "../support/schema-engine.js";

async function query<Row extends pg.QueryResultRow>(url: string, text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}

const COLUMNS = `
  select c.relname as table, a.attname as column, format_type(a.atttypid, a.atttypmod) as type,
         case when a.attnotnull then 'not null' else 'null' end as nullable,
         -- schema.prisma cannot say what a generated column is computed from
         case when a.attgenerated = '' then pg_get_expr(d.adbin, d.adrelid) end as default
  from pg_attribute a
  join pg_class c on c.oid = a.attrelid and c.relkind = 'r'
  left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where c.relnamespace = 'public'::regnamespace and a.attnum > 0 and not a.attisdropped
    and c.relname <> '_prisma_migrations'
  order by 1, 2`;

const KEYS = `
  select c.relname as table, i.relname as name,
         -- schema.prisma cannot leave rows out of an index.
         regexp_replace(pg_get_indexdef(x.indexrelid), ' WHERE [(].*[)]$', '') as definition
  from pg_index x join pg_class c on c.oid = x.indrelid join pg_class i on i.oid = x.indexrelid
  where c.relnamespace = 'public'::regnamespace and c.relname <> '_prisma_migrations'
  union all
  select c.relname, k.conname, pg_get_constraintdef(k.oid)
  from pg_constraint k join pg_class c on c.oid = k.conrelid
  where k.contype = 'f' and c.relnamespace = 'public'::regnamespace
  order by 1, 2`;

const ENUMS = `
  select t.typname as name, array_agg(e.enumlabel::text order by e.enumsortorder) as values
  from pg_type t join pg_enum e on e.enumtypid = t.oid
  where t.typnamespace = 'public'::regnamespace group by 1 order by 1`;

const NOTHING = { applied: [], unknown: [] };

describe("migrate", () => {
  it("creates the schema of schema.prisma: every table, column, type, null, default, key and enum", async () => {
    const migrated = await createDatabaseUrl("migrated");
    const described = await createDatabaseUrl("empty");
    const content = await readFile("prisma/schema.prisma", "utf8");
    const { stdout: script } = await withSchemaEngine(described, (engine) =>
      engine.diff({
        from: { tag: "empty" },
        to: { tag: "schemaDatamodel", files: [{ path: "schema.prisma", content }] },
        script: true,
        exitCode: null,
        filters: { externalTables: [], externalEnums: [] },
      }),
    );
    // A default calls it, and schema.prisma cannot define functions.
    await query(described, "create function event_position() returns bigint return 1");
    await query(described, script ?? "");
    for (const catalog of [COLUMNS, KEYS, ENUMS]) {
      const rows = await query(described, catalog);
      expect(rows.length).toBeGreaterThan(0);
      expect(await query(migrated, catalog)).toEqual(rows);
    }
  });

  it("begins every key of pockets, the ledger and holds with the pocket group", async () => {
    const url = await createDatabaseUrl("migrated");
    const rows = await query<{ definition: string }>(
      url,
      `select pg_get_indexdef(indexrelid) as definition from pg_index
       where indrelid in ('pockets'::regclass, 'pocket_ledger'::regclass, 'pocket_holds'::regclass)
         and indisunique
       union all
       select pg_get_constraintdef(oid) from pg_constraint
       where contype = 'f' and conrelid in ('pocket_ledger'::regclass, 'pocket_holds'::regclass)
         and confrelid <> 'merchants'::regclass`,
    );
    expect(rows).toHaveLength(11);
    for (const { definition } of rows) expect(definition).toMatch(/\(pocket_group_id\b/);
  });

  it("keeps the balance out of every index and leaves room on pages, so that updates stay there", async () => {
    const url = await createDatabaseUrl("migrated");
    const [pockets] = await query<{ reloptions: string[]; indexed: string[] }>(
      url,
      `select c.reloptions, array(select distinct a.attname::text from pg_index x
         join pg_attribute a on a.attrelid = c.oid and a.attnum = any (x.indkey)
         where x.indrelid = c.oid) as indexed
       from pg_class c where c.oid = 'pockets'::regclass`,
    );
    expect(pockets?.reloptions).toEqual(["fillfactor=80"]);
    expect(pockets?.indexed).not.toContain("balance");
    expect(pockets?.indexed).not.toContain("updated_at");
  });

  it("runs once when many servers start together, and then has nothing to do", async () => {
    const url = await createDatabaseUrl("empty");
    const migrated = await Promise.all(Array.from({ length: 6 }, () => migrate(url)));
    const applied = migrated.map((one) => one.applied);
    expect(applied.filter((names) => names.length > 0)).toHaveLength(1);
    expect(await migrate(url)).toEqual(NOTHING);
    const records = await query<{ finished: boolean }>(
      url,
      "select finished_at is not null as finished from _prisma_migrations",
    );
    expect(records.length).toBe(applied.flat().length);
    expect(records.every(({ finished }) => finished)).toBe(true);
  });

  it("continues after a migration that was interrupted in the middle, which left nothing", async () => {
    const url = await createDatabaseUrl("empty");
    const held = await holdMigrations(url, "payment_charges");
    const cutOff = migrate(url);
    cutOff.catch(() => undefined);
    const pid = await held.whenReached();
    await query(url, `select pg_terminate_backend(${String(pid)})`);
    await expect(cutOff).rejects.toThrow();
    await held.letGo();
    expect(await query(url, "select from pg_class where relname = 'customers'")).toEqual([]);
    await migrate(url);
    expect(await migrate(url)).toEqual(NOTHING);
  });

  it("refuses a database with a different version of a migration", async () => {
    const url = await createDatabaseUrl("migrated");
    await query(url, "update _prisma_migrations set checksum = 'other'");
    await expect(migrate(url)).rejects.toThrow(/was changed after it had been applied/);
  });
});

describe("a database of the version without debits", () => {
  const FIRST_OF_LEDGER = "20261129110000_add_debit_scope";
  const MERCHANT = "01988f7a-0000-7000-8000-000000000001";
  const GROUP = "01988f7a-0000-7000-8000-000000000003";
  const CHARGE_COUNT = 2_000;
  const POCKET_COUNT = 20;
  const V7 = "overlay(gen_random_uuid()::text placing '7' from 15)::uuid";
  const FILL = `
    insert into merchants (id, name) values ('${MERCHANT}', 'm');
    insert into pocket_groups (id, slug, name) values ('${GROUP}', 'g', 'g');
    insert into pocket_group_grants (merchant_id, pocket_group_id) values ('${MERCHANT}', '${GROUP}');
    insert into pockets (pocket_group_id, id, phone_number, balance, created_at, updated_at)
      select '${GROUP}', ${V7}, '98912000' || to_char(i, 'fm0000'), ${String(CHARGE_COUNT / POCKET_COUNT)},
             timestamptz '2026-01-01' + i * interval '1 s',
             timestamptz '2026-01-01' + (${String(CHARGE_COUNT - POCKET_COUNT)} + i) * interval '1 s'
      from generate_series(0, ${String(POCKET_COUNT - 1)}) i;
    insert into pocket_charges
        (pocket_group_id, id, token, merchant_id, phone_number, amount, balance_after, created_at)
      select '${GROUP}', ${V7}, ${V7}, '${MERCHANT}', '98912000' || to_char(i % ${String(POCKET_COUNT)}, 'fm0000'),
             1, i / ${String(POCKET_COUNT)} + 1, timestamptz '2026-01-01' + i * interval '1 s'
      from generate_series(0, ${String(CHARGE_COUNT - 1)}) i;`;
  const CHARGES = `select pocket_group_id, id, token, merchant_id, phone_number, amount, balance_after, created_at
                   from pocket_charges order by created_at`;
  const POCKETS =
    "select pocket_group_id, id, phone_number, balance, updated_at from pockets order by phone_number";

  /** The charge that the previous version inserts, in its statement. */
  const insertCharge = (token: string): string => `
    insert into pocket_charges
      (pocket_group_id, id, token, merchant_id, phone_number, amount, balance_after, created_at)
    select '${GROUP}'::uuid, c.id, c.token, c.merchant_id, c.phone_number, c.amount, c.balance_after, now()
    from unnest(array[${V7}], array['${token}']::uuid[], array['${MERCHANT}']::uuid[],
                array['989120000000']::text[], array[7]::bigint[], array[107]::bigint[])
           as c(id, token, merchant_id, phone_number, amount, balance_after)
    where (select true)
    order by c.token
    on conflict (pocket_group_id, token) do nothing
    returning id`;

  async function filled(): Promise<string> {
    const url = await createDatabaseUrl("empty");
    const folder = await mkdtemp(join(tmpdir(), "pocketcharge-migrations-"));
    await cp("prisma/migrations", folder, { recursive: true });
    const later = (await readdir(folder)).filter(
      (name) => /^\d/.test(name) && name >= FIRST_OF_LEDGER,
    );
    for (const name of later) await rm(join(folder, name), { recursive: true });
    await migrate(url, { folder });
    await rm(folder, { recursive: true });
    await query(url, FILL);
    return url;
  }

  it("keeps every charge and balance when it is migrated, and has a ledger that balances", async () => {
    const url = await filled();
    const [charges, pockets] = [await query(url, CHARGES), await query(url, POCKETS)];
    expect(charges).toHaveLength(CHARGE_COUNT);
    await migrate(url);
    expect(await query(url, CHARGES)).toEqual(charges);
    expect(await query(url, POCKETS)).toEqual(pockets);
    const kinds = "select kind, count(*)::int as count from pocket_ledger group by 1";
    expect(await query(url, kinds)).toEqual([{ kind: "CHARGE", count: CHARGE_COUNT }]);
    const entries = "select kind, amount, reference, note, metadata from pocket_entries limit 1";
    const plain = { kind: "CHARGE", amount: "1", reference: null, note: null, metadata: {} };
    expect(await query(url, entries)).toEqual([plain]);
    const unvalidated = "select conname from pg_constraint where not convalidated";
    expect(await query(url, unvalidated)).toEqual([]);
    const pool = new pg.Pool({ connectionString: url });
    await expectLedgerToBalance({ pool });
    await pool.end();
  });

  it("still serves the statements of that version once it is migrated", async () => {
    const url = await filled();
    await migrate(url);
    const token = "01988f7a-d22b-7c3d-977f-27af99c2a5a5";
    expect(await query(url, insertCharge(token))).toHaveLength(1);
    expect(await query(url, insertCharge(token)), "a duplicate").toEqual([]);
    expect(
      await query(
        url,
        `select token, amount::int, balance_after::int as "balanceAfter" from pocket_charges
         where pocket_group_id = '${GROUP}' and token between '${token}' and '${token}' order by token limit 1`,
      ),
    ).toEqual([{ token, amount: 7, balanceAfter: 107 }]);
    expect(await query(url, `${CHARGES} desc, id desc limit 1`)).toMatchObject([
      { token, amount: "7" },
    ]);
    expect(await query(url, `select kind from pocket_ledger where token = '${token}'`)).toEqual([
      { kind: "CHARGE" },
    ]);
  });

  it("keeps the positions of events ascending in a copy on a server with lower transaction ids", async () => {
    const url = await filled();
    await migrate(url);
    const positions = "select event_position()::text as position, event_horizon()::text as horizon";
    const numbersOf = async () => {
      const [row] = await query<{ position: string; horizon: string }>(url, positions);
      return { position: Number(row!.position), horizon: Number(row!.horizon) };
    };
    const before = await numbersOf();
    // As if an event had been copied from a server that has seen many more transactions.
    const copied = before.position + 5_000_000;
    await query(
      url,
      `insert into pocket_ledger (pocket_group_id, id, token, merchant_id, kind, phone_number, amount,
                                  balance_after, sequence, position)
       select pocket_group_id, uuidv7(), uuidv7(), merchant_id, kind, phone_number, 1, balance_after + 1, 1, ${String(copied)}
       from pocket_ledger order by created_at desc, id desc limit 1`,
    );
    await Promise.all([migrate(url), migrate(url)]);
    const after = await numbersOf();
    expect(after.position).toBeGreaterThan(copied);
    expect(after.horizon).toBeGreaterThan(copied);
    expect(after.horizon).toBeLessThanOrEqual((await numbersOf()).position);
    await migrate(url);
    expect((await numbersOf()).position - after.position).toBeLessThan(1_000_000);
    // Readers that have gone further than the last event would miss the next ones.
    for (const reader of [
      "insert into pocket_ledger_rollup_progress (position) values ($1)",
      `insert into webhook_endpoints (merchant_id, id, url, types, secret_key_id, secret_sealed, after_position,
                                      after_sequence, after_id)
       values ('${MERCHANT}', ${V7}, 'https://example.com', '{}', 'k', '', $1, 0, ${V7})`,
    ]) {
      const reached = (await numbersOf()).position + 7_000_000;
      await query(url, reader.replace("$1", String(reached)));
      await migrate(url);
      expect((await numbersOf()).horizon, reader).toBeGreaterThan(reached);
    }
  });

  it("refuses that version a token that a debit has used, and hides the debit from it", async () => {
    const url = await filled();
    await migrate(url);
    const token = "01988f7a-d22b-7c3d-977f-27af99c2a5a6";
    await query(
      url,
      `insert into pocket_ledger
         (pocket_group_id, id, token, merchant_id, kind, phone_number, amount, balance_after)
       values ('${GROUP}', ${V7}, '${token}', '${MERCHANT}', 'DEBIT', '989120000000', -1, 99)`,
    );
    expect(await query(url, insertCharge(token))).toEqual([]);
    expect(await query(url, `select from pocket_charges where token = '${token}'`)).toEqual([]);
  });
});

describe("the database itself", () => {
  const MERCHANT = "01988f7a-0000-7000-8000-000000000001";
  const GROUP = "01988f7a-0000-7000-8000-000000000003";
  const TOKEN = "01988f7a-d22b-7c3d-977f-27af99c2a5a5";
  const SETUP = `
    insert into merchants (id, name) values ('${MERCHANT}', 'm');
    insert into pocket_groups (id, slug, name) values ('${GROUP}', 'g', 'g');
    insert into pockets (pocket_group_id, id, phone_number, balance)
      values ('${GROUP}', '${TOKEN}', '989120000000', 5);
    insert into pocket_ledger (pocket_group_id, id, token, merchant_id, phone_number, amount, balance_after)
      values ('${GROUP}', '${TOKEN}', '${TOKEN}', '${MERCHANT}', '989120000000', 5, 5);`;
  const newCharge = (changed: Record<string, string>): string => {
    const values = {
      pocket_group_id: `'${GROUP}'`,
      id: "gen_random_uuid()",
      token: "'01988f7a-d22b-7c3d-977f-27af99c2a5a6'",
      merchant_id: `'${MERCHANT}'`,
      phone_number: "'989120000000'",
      amount: "1",
      balance_after: "6",
      ...changed,
    };
    const columns = Object.keys(values).join(", ");
    return `insert into pocket_ledger (${columns}) values (${Object.values(values).join(", ")})`;
  };

  const newHold = (changed: Record<string, string>): string => {
    const values = {
      pocket_group_id: `'${GROUP}'`,
      id: "gen_random_uuid()",
      token: "'01988f7a-d22b-7c3d-977f-27af99c2a5a7'",
      merchant_id: `'${MERCHANT}'`,
      phone_number: "'989120000000'",
      amount: "5",
      captured_amount: "0",
      status: "'OPEN'",
      ...changed,
    };
    const columns = Object.keys(values).join(", ");
    return `insert into pocket_holds (${columns}) values (${Object.values(values).join(", ")})`;
  };
  const text = (length: number): string => `repeat('é', ${String(length)})`;

  it.each([
    ["charge", newCharge({ reference: text(200), note: text(500) })],
    ["debit", newCharge({ kind: "'DEBIT'", amount: "-5", balance_after: "0" })],
    [
      "reversal",
      newCharge({
        kind: "'REVERSAL'",
        amount: "-5",
        balance_after: "0",
        reversal_of_id: `'${TOKEN}'`,
      }),
    ],
    ["hold", newCharge({ kind: "'HOLD'", amount: "0", balance_after: "5" })],
    ["hold's record", newHold({ reference: text(200), note: text(500) })],
    [
      "hold's end",
      newHold({
        status: "'EXPIRED'",
        expires_at: "now()",
        closed_at: "now()",
        captured_amount: "4",
      }),
    ],
    ["pocket whose whole balance is held", "update pockets set held_amount = 5"],
  ])("accepts a valid %s", async (_, statement) => {
    const url = await createDatabaseUrl("migrated");
    await query(url, SETUP);
    await query(url, statement);
  });

  it.each([
    ["an amount of 0", newCharge({ amount: "0" })],
    ["an amount over 2^53-1", newCharge({ amount: "9007199254740992" })],
    ["a balance after it below its amount", newCharge({ amount: "7", balance_after: "6" })],
    ["a balance after it over 2^53-1", newCharge({ balance_after: "9007199254740992" })],
    ["an entry of an unknown kind", newCharge({ kind: "'GIFT'" })],
    ["a negative charge", newCharge({ amount: "-1", balance_after: "4" })],
    ["a debit that adds", newCharge({ kind: "'DEBIT'" })],
    ["an amount that expires and adds", newCharge({ kind: "'EXPIRY'" })],
    ["a debit below 0", newCharge({ kind: "'DEBIT'", amount: "-6", balance_after: "-1" })],
    [
      "a debit from more than 2^53-1",
      newCharge({ kind: "'DEBIT'", amount: "-1", balance_after: "9007199254740991" }),
    ],
    ["a hold that changes the balance", newCharge({ kind: "'HOLD'" })],
    ["a reversal of nothing", newCharge({ kind: "'REVERSAL'" })],
    [
      "a reversal without an amount",
      newCharge({ kind: "'REVERSAL'", amount: "0", reversal_of_id: `'${TOKEN}'` }),
    ],
    ["a charge that reverses another", newCharge({ reversal_of_id: `'${TOKEN}'` })],
    [
      "a reversal of an entry that is not there",
      newCharge({ kind: "'REVERSAL'", reversal_of_id: "gen_random_uuid()" }),
    ],
    [
      "a capture of a hold that is not there",
      newCharge({
        ...{ kind: "'DEBIT'", amount: "-1", balance_after: "4" },
        pocket_hold_id: "gen_random_uuid()",
      }),
    ],
    ["a unique reference that is not the reference", newCharge({ unique_reference: "'a'" })],
    ["metadata that is no object", newCharge({ metadata: "'[]'" })],
    ["metadata that is no text", newCharge({ metadata: `'{"a": 1}'` })],
    [
      "metadata with 21 keys",
      newCharge({ metadata: "(select jsonb_object_agg(i, 'x') from generate_series(1, 21) i)" }),
    ],
    ["a reference over 200 characters", newCharge({ reference: text(201) })],
    ["a note over 500 characters", newCharge({ note: text(501) })],
    ["a held amount above the balance", "update pockets set held_amount = 6"],
    ["a negative held amount", "update pockets set held_amount = -1"],
    ["an unknown freeze", "update pockets set freeze_scope = 'ALL'"],
    ["a freeze's reason over 500 characters", `update pockets set freeze_reason = ${text(501)}`],
    ["a hold of 0", newHold({ amount: "0" })],
    ["a hold over 2^53-1", newHold({ amount: "9007199254740992" })],
    ["a hold captured above its amount", newHold({ captured_amount: "6" })],
    ["a hold captured below 0", newHold({ captured_amount: "-1" })],
    ["a hold with an unknown status", newHold({ status: "'HELD'", closed_at: "now()" })],
    ["an open hold with an end", newHold({ closed_at: "now()" })],
    ["a released hold without an end", newHold({ status: "'RELEASED'" })],
    ["a captured hold without a capture", newHold({ status: "'CAPTURED'", closed_at: "now()" })],
    ["an expired hold without an expiry", newHold({ status: "'EXPIRED'", closed_at: "now()" })],
    ["a hold's token that is no version 7", newHold({ token: "gen_random_uuid()" })],
    ["a hold's reference over 200 characters", newHold({ reference: text(201) })],
    ["a hold's note over 500 characters", newHold({ note: text(501) })],
    ["a hold of a pocket that is not there", newHold({ phone_number: "'989120000009'" })],
    ["a hold of a merchant that is not there", newHold({ merchant_id: "gen_random_uuid()" })],
    ["a second hold of one token", `${newHold({})}; ${newHold({})}`],
    [
      "limits that allow no debit",
      "update pocket_groups set min_debit_amount = 5, max_debit_amount = 4",
    ],
    ["a debit limit of 0", "update pocket_groups set max_debit_amount = 0"],
    ["a reversal window of 0", "update pocket_groups set reversal_window_hours = 0"],
    ["a token used in the group", newCharge({ token: `'${TOKEN}'` })],
    ["a token that is no version 7", newCharge({ token: "gen_random_uuid()" })],
    ["a pocket that is not there", newCharge({ phone_number: "'989120000009'" })],
    ["a merchant that is not there", newCharge({ merchant_id: "gen_random_uuid()" })],
    ["a negative balance", "update pockets set balance = -1"],
    ["a balance over 2^53-1", "update pockets set balance = 9007199254740992"],
    ["an invalid phone number", "update pockets set phone_number = '09120000000'"],
    [
      "a second pocket of one number",
      `insert into pockets (pocket_group_id, id, phone_number, balance)
       values ('${GROUP}', gen_random_uuid(), '989120000000', 0)`,
    ],
    ["the end of a pocket that has charges", "delete from pockets"],
    [
      "limits that allow no charge",
      "update pocket_groups set min_charge_amount = 5, max_charge_amount = 4",
    ],
    ["a limit of 0", "update pocket_groups set max_pocket_balance = 0"],
    ["a slug with a blank", "update pocket_groups set slug = 'a b'"],
    ["a blank name", "update merchants set name = ' '"],
    ["an invalid currency", "update merchants set default_currency = 'usd'"],
    [
      "an operator's token of a merchant",
      `insert into api_tokens (id, merchant_id, name, prefix, secret_hash, scopes)
       values (gen_random_uuid(), '${MERCHANT}', 't', 'p', sha256('x'), '{OPERATOR}')`,
    ],
    [
      "a token of no merchant that is no operator's",
      `insert into api_tokens (id, name, prefix, secret_hash, scopes)
       values (gen_random_uuid(), 't', 'p', sha256('x'), '{POCKETS_READ}')`,
    ],
    [
      "a token without scopes",
      `insert into api_tokens (id, merchant_id, name, prefix, secret_hash, scopes)
       values (gen_random_uuid(), '${MERCHANT}', 't', 'p', sha256('x'), '{}')`,
    ],
  ])("refuses %s", async (_, statement) => {
    const url = await createDatabaseUrl("migrated");
    await query(url, SETUP);
    await expect(query(url, statement)).rejects.toMatchObject({ code: /^23/ });
  });
});
