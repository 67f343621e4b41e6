import { readFile } from "node:fs/promises";
import pg from "pg";
import { describe, expect, it } from "vitest";
import { migrate } from "../../src/database/migrations/migrate.js";
import { createDatabaseUrl } from "../support/database.js";
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
         -- schema.prisma cannot leave nulls and empty metadata out of an index.
         regexp_replace(pg_get_indexdef(x.indexrelid), ' WHERE [(]\\w+ (IS NOT NULL|<> ''{}''::jsonb)[)]$', '') as definition
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
    await query(described, script ?? "");
    for (const catalog of [COLUMNS, KEYS, ENUMS]) {
      const rows = await query(described, catalog);
      expect(rows.length).toBeGreaterThan(0);
      expect(await query(migrated, catalog)).toEqual(rows);
    }
  });

  it("begins every key of pockets and pocket charges with the pocket group", async () => {
    const url = await createDatabaseUrl("migrated");
    const rows = await query<{ definition: string }>(
      url,
      `select pg_get_indexdef(indexrelid) as definition from pg_index
       where indrelid in ('pockets'::regclass, 'pocket_charges'::regclass) and indisunique
       union all
       select pg_get_constraintdef(oid) from pg_constraint
       where contype = 'f' and conrelid = 'pocket_charges'::regclass
         and confrelid = 'pockets'::regclass`,
    );
    expect(rows).toHaveLength(5);
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

describe("the database itself", () => {
  const MERCHANT = "01988f7a-0000-7000-8000-000000000001";
  const GROUP = "01988f7a-0000-7000-8000-000000000003";
  const TOKEN = "01988f7a-d22b-7c3d-977f-27af99c2a5a5";
  const SETUP = `
    insert into merchants (id, name) values ('${MERCHANT}', 'm');
    insert into pocket_groups (id, slug, name) values ('${GROUP}', 'g', 'g');
    insert into pockets (pocket_group_id, id, phone_number, balance)
      values ('${GROUP}', '${TOKEN}', '989120000000', 5);
    insert into pocket_charges (pocket_group_id, id, token, merchant_id, phone_number, amount, balance_after)
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
    return `insert into pocket_charges (${columns}) values (${Object.values(values).join(", ")})`;
  };

  it("accepts a valid charge", async () => {
    const url = await createDatabaseUrl("migrated");
    await query(url, SETUP);
    await query(url, newCharge({}));
  });

  it.each([
    ["an amount of 0", newCharge({ amount: "0" })],
    ["an amount over 2^53-1", newCharge({ amount: "9007199254740992" })],
    ["a balance after it below its amount", newCharge({ amount: "7", balance_after: "6" })],
    ["a balance after it over 2^53-1", newCharge({ balance_after: "9007199254740992" })],
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
