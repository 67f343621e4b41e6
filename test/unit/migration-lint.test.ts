import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { RULE_NAMES, type RuleName, lintMigration } from "../support/migration-lint.js";

const MIGRATIONS = "prisma/migrations";

/** The last migration from before rolling updates were supported. */
const LAST_BEFORE_RELEASE = "20261121210000_create_rate_limit_usage";

const names = readdirSync(MIGRATIONS, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort();

const read = (name: string) => readFileSync(join(MIGRATIONS, name, "migration.sql"), "utf8");
const rulesOf = (sql: string) => lintMigration(sql).map(({ rule }) => rule);

describe("the migrations since the first release", () => {
  it("do not affect a server of the previous version", () => {
    expect(names).toContain(LAST_BEFORE_RELEASE);
    const complaints = names
      .filter((name) => name > LAST_BEFORE_RELEASE)
      .flatMap((name) => lintMigration(read(name)).map((complaint) => ({ name, ...complaint })));
    expect(complaints, "docs/migrations.md tells what to write in their place").toEqual([]);
  });
});

const REFUSED: readonly [RuleName, string][] = [
  ["removes-what-is-used", "drop table orders;"],
  ["removes-what-is-used", "alter table orders drop column note;"],
  ["removes-what-is-used", "alter table orders drop note;"],
  ["removes-what-is-used", "alter table orders alter column note drop default;"],
  ["renames", "alter table orders rename column note to remark;"],
  ["renames", "ALTER TABLE orders RENAME TO purchases;"],
  ["changes-a-type", "alter table orders alter column number type bigint;"],
  ["changes-a-type", "alter table orders\n  alter number set data type bigint;"],
  ["requires-a-value", "alter table orders alter column note set not null;"],
  ["requires-a-value", "alter table orders add column note text not null;"],
  ["requires-a-value", "alter table orders add a text default 'x', add note text not null;"],
  ["rewrites-the-table", "alter table orders add column key uuid default gen_random_uuid();"],
  ["rewrites-the-table", "alter table orders add twice int generated always as (1 + 1) stored;"],
  ["locks-while-it-reads", "alter table orders add constraint c check (number > 0);"],
  ["locks-while-it-reads", "alter table orders add constraint c unique (number);"],
  [
    "locks-while-it-reads",
    "alter table orders add constraint c check (number > 0) not valid; alter table orders validate constraint c;",
  ],
  ["locks-while-it-indexes", "create index orders_idx on orders (number);"],
  ["locks-while-it-indexes", "create unique index on orders (number);"],
  ["locks-while-it-indexes", "drop index orders_idx;"],
  ["changes-rows", "update orders set note = '';"],
  ["changes-rows", "with old as (select 1) delete from orders;"],
  [
    "depends-on-the-locale",
    "alter table orders add constraint c check (note = lower(note)) not valid;",
  ],
  [
    "depends-on-the-locale",
    "-- outside a transaction\ndrop index concurrently if exists a;\ncreate index concurrently a on orders (upper(note));",
  ],
  ["ends-the-transaction", "commit;"],
  ["cannot-be-repeated", "create index concurrently orders_idx on orders (number);"],
  [
    "cannot-be-repeated",
    "-- outside a transaction\ncreate index concurrently orders_idx on orders (number);",
  ],
  ["cannot-be-repeated", "-- outside a transaction\ncreate table notes (id uuid);"],
  [
    "uses-a-new-enum-value",
    "alter type api_scope add value 'NEW'; alter table api_tokens add x api_scope default 'NEW';",
  ],
];

const TAKEN: readonly [string, string][] = [
  ["a column that may be null", "alter table orders add column note text;"],
  ["a column with a default", "alter table orders add note text not null default 'a; b';"],
  ["a check of new rows only", "alter table orders add constraint c check (number > 0) not valid;"],
  [
    "a check in a named collation",
    'alter table orders add constraint c check (note = lower(trim(note) collate "C")) not valid;',
  ],
  ["its later validation", "alter table orders validate constraint c;"],
  ["less strict constraints", "alter table orders alter note drop not null, drop constraint c;"],
  [
    "a table with its indexes",
    "create table notes (id uuid);\ncreate index on notes (id);\nalter table notes alter id set not null;",
  ],
  [
    "an index that is created concurrently, and again after a failure",
    "-- outside a transaction\ndrop index concurrently if exists orders_idx;\ncreate index concurrently orders_idx on orders (number);\n",
  ],
  ["a new value of an enum", "alter type api_scope add value 'NEW';"],
  [
    "a function whose text has semicolons",
    "create function f() returns trigger language plpgsql as $$ begin delete from x; end; $$;",
  ],
  [
    "a comment that contains a refused statement",
    "-- it's no drop table; see below\nalter table orders add note text;",
  ],
];

describe("the lint of migrations", () => {
  it.each(REFUSED)("refuses what %s: %s", (rule, sql) => {
    expect(rulesOf(sql)).toContain(rule);
  });

  it.each(TAKEN)("accepts %s", (_, sql) => {
    expect(lintMigration(sql)).toEqual([]);
  });

  it("has an example for each rule", () => {
    expect([...new Set(REFUSED.map(([rule]) => rule))].sort()).toEqual([...RULE_NAMES].sort());
  });

  it("lets one rule pass for one statement, with a reason", () => {
    const drop = "drop table orders;";
    expect(rulesOf(`-- allow removes-what-is-used: unused since 1.4\n${drop}`)).toEqual([]);
    expect(rulesOf(`-- allow removes-what-is-used:\n${drop}`)).toHaveLength(1);
    expect(rulesOf(`-- allow renames: unused since 1.4\n${drop}`)).toHaveLength(1);
    expect(rulesOf(`-- allow removes-what-is-used: unused\n${drop}\n${drop}`)).toHaveLength(1);
  });

  it("parses real migrations: on existing tables, the first ones would lock", () => {
    const withoutTables = (script: string): string =>
      script.replaceAll(/^create table .*?^\)[^;]*;/gms, "");
    const all = new Set(names.flatMap((name) => rulesOf(withoutTables(read(name)))));
    expect([...all]).toContain("locks-while-it-indexes");
  });
});
