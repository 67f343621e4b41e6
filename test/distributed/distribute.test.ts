import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DistributionError, distribute } from "../../src/citus/distribute.js";
import { charge, chargePockets } from "../support/pockets.js";
import { expectLedgerToBalance } from "../support/ledger.js";
import { TestServer } from "../support/server.js";

let server: TestServer;

beforeAll(async () => {
  server = await TestServer.start();
});

afterAll(() => server.stop());

async function linesOf(shards: number): Promise<string[]> {
  const lines: string[] = [];
  const report = (line: string): number => lines.push(line);
  await distribute(server.database.url, { shards, report });
  return lines;
}

/** Keys, constraints and triggers on the coordinator, and therefore on every shard. */
async function rulesOf(): Promise<unknown[]> {
  const { rows } = await server.database.pool.query<{ rule: string }>(
    `select conrelid::regclass::text as table, conname as name, pg_get_constraintdef(oid) as rule
     from pg_constraint where connamespace = 'public'::regnamespace
       and conrelid::regclass::text !~ '_[0-9]+$' -- the coordinator's own copies of reference tables
     union all
     select tgrelid::regclass::text, tgname, tgenabled::text || pg_get_triggerdef(oid)
     from pg_trigger where not tgisinternal and tgname like 'audit\\_entries%'
     order by 1, 2`,
  );
  // Citus rewrites a constraint when it moves a table, and may add parentheses.
  return rows.map((row) => ({ ...row, rule: row.rule.replaceAll(/[()]/g, "") }));
}

describe("npm run distribute", () => {
  it("can run again and changes nothing", async () => {
    const before = await rulesOf();
    const lines = await linesOf(64);
    expect(lines).toContain("pockets: distributed by pocket_group_id over 4 shards, unchanged");
    expect(lines.filter((line) => line.endsWith("unchanged"))).toHaveLength(17);
    expect(await rulesOf()).toEqual(before);
  });

  it("distributes a database in use, with all its rows", async () => {
    const { pool } = server.database;
    const merchant = await server.createMerchant();
    const slug = await server.createGroup({}, merchant);
    const items = Array.from({ length: 50 }, () => charge());
    await chargePockets(server, merchant.token, slug, items);
    const before = await rulesOf();
    await pool.query("select undistribute_table('pockets', cascade_via_foreign_keys => true)");
    // Use a table without foreign keys.
    await pool.query("select undistribute_table('audit_entries')");
    const lines = await linesOf(6);
    expect(lines).toContain("pockets: distributed by pocket_group_id over 6 shards");
    expect(await rulesOf()).toEqual(before);
    const { rows } = await pool.query("select from pocket_ledger");
    expect(rows).toHaveLength(50);
    await expectLedgerToBalance(server.database);
  });

  it("refuses tables that are distributed differently, and changes nothing", async () => {
    const { pool } = server.database;
    await pool.query("select alter_distributed_table('record_numbers', colocate_with => 'none')");
    await expect(linesOf(4)).rejects.toThrow(DistributionError);
    await expect(linesOf(4)).rejects.toThrow(/record_numbers is distributed by merchant_id/);
  });

  it("leaves the audit trail append-only on every shard", async () => {
    const { pool } = server.database;
    for (const statement of [
      "delete from audit_entries",
      "update audit_entries set actor = actor",
      "truncate audit_entries",
    ]) {
      await expect(pool.query(statement), statement).rejects.toThrow("append-only");
    }
    const { rows } = await pool.query<{ success: boolean; result: string }>(
      `select success, result from run_command_on_shards('audit_entries',
         'select tgenabled::text from pg_trigger where tgrelid = ''%s''::regclass and not tgisinternal')`,
    );
    expect(rows.map(({ result }) => result)).toEqual(rows.map(() => "A"));
  });
});
