import { afterAll, beforeAll, describe, expect, it } from "vitest";
import pg from "pg";
import { createDatabaseUrl } from "../support/database.js";
import { createDemoDatabaseUrl } from "../support/demo.js";
import { DataFolder } from "../support/process.js";

const GROUP_ID = "01988f7a-0000-7000-8000-000000000003";
const MERCHANT_ID = "01988f7a-0000-7000-8000-000000000001";

let folder: DataFolder;
let url: string;

beforeAll(async () => {
  folder = await DataFolder.create();
  url = await createDemoDatabaseUrl();
});

afterAll(() => folder.remove());

async function runAudit(...args: string[]) {
  const program = folder.launch("commands/audit", { DATABASE_URL: url }, false, args);
  const exitCode = await program.ended();
  return { exitCode, stdout: program.stdout, stderr: program.stderr };
}

async function change(statement: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ id: string }>(statement);
    return rows[0]?.id ?? "";
  } finally {
    await client.end();
  }
}

describe("npm run audit", () => {
  it("exits with 0 for a consistent ledger, and reports each unit as a JSON object", async () => {
    const { exitCode, stdout, stderr } = await runAudit("--json");
    expect(exitCode, stderr).toBe(0);
    const lines = stdout.trimEnd().split("\n");
    const entries = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(entries).toEqual([
      expect.objectContaining({ type: "unit", unit: { kind: "platform" }, findings: 0 }),
      {
        type: "unit",
        unit: { kind: "pocket group", id: GROUP_ID, slug: "my-pocket-group" },
        records: { pocket: 6, "ledger entry": 155, "pocket hold": 5 },
        checks: 29,
        findings: 0,
      },
      expect.objectContaining({ type: "unit", unit: { kind: "merchant", id: MERCHANT_ID } }),
      { type: "end", isClean: true, units: 3, findings: 0 },
    ]);
  });

  it("exits with 1 for an inconsistent ledger, and prints each finding with its meaning", async () => {
    const pocket = await change(
      "update pockets set balance = balance + 1 where phone_number = '989121110001' returning id",
    );
    const { rows } = await balances(pocket);
    const { balance, charged } = rows[0]!;
    const problem = `The balance of 98912*****01 is ${balance}, and its entries come to ${charged}.`;
    const meaning =
      "A pocket's balance is the sum of its entries. The pocket or an entry was changed by something other than an entry, or an entry was deleted.";

    const limited = ["--group", "my-pocket-group", "--merchant", MERCHANT_ID];
    const text = await runAudit(...limited);
    expect(text.exitCode, text.stderr).toBe(1);
    expect(text.stdout.split("\n").slice(0, 4)).toEqual([
      "pocket group my-pocket-group",
      `  pocket-balance: pocket ${pocket}: ${problem}`,
      "  6 pockets, 155 ledger entries and 5 pocket holds: 29 checks, 1 finding",
      `merchant ${MERCHANT_ID}`,
    ]);
    expect(text.stdout).toMatch(/, no findings\n\nThe ledger is inconsistent: /);
    expect(text.stdout.split("\n").slice(-3)).toEqual([
      "The ledger is inconsistent: 1 finding in 1 pocket group and 1 merchant.",
      `  pocket-balance: ${meaning}`,
      "",
    ]);

    const json = await runAudit("--json", ...limited);
    expect(json.exitCode).toBe(1);
    const [first = "", ...others] = json.stdout.trimEnd().split("\n");
    expect(JSON.parse(first)).toEqual({
      type: "finding",
      check: "pocket-balance",
      unit: { kind: "pocket group", id: GROUP_ID, slug: "my-pocket-group" },
      record: "pocket",
      id: pocket,
      problem,
      meaning,
    });
    expect(JSON.parse(others.at(-1) ?? "")).toEqual({
      type: "end",
      isClean: false,
      units: 2,
      findings: 1,
    });
    expect(text.stdout + json.stdout).not.toContain("989121110001");
  });

  it.each([
    ["an unknown group", ["--group", "nope"], 'There is no pocket group "nope".'],
    ["an unknown option", ["--grup", "nope"], "Unknown option '--grup'"],
    ["a group that is not named", ["--group"], "npm run audit -- [--group <slug>]"],
  ])("exits with 2 for %s, with an explanation", async (_, args, message) => {
    const { exitCode, stdout, stderr } = await runAudit(...args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toContain(message);
  });

  it("exits with 2 if the database is unreachable", async () => {
    const program = folder.launch("commands/audit", {
      DATABASE_URL: "postgresql://nobody@127.0.0.1:1/nothing",
    });
    expect(await program.ended()).toBe(2);
    expect(program.stderr).toContain("The database of DATABASE_URL cannot be reached");
  });
});

it("leaves a database of an earlier version unchanged, and reports what it lacks", async () => {
  const empty = await createDatabaseUrl("empty");
  const program = folder.launch("commands/audit", { DATABASE_URL: empty });
  expect(await program.ended()).toBe(2);
  expect(program.stderr).toContain("The database lacks migrations of this version (2");
  const client = new pg.Client({ connectionString: empty });
  await client.connect();
  const { rows } = await client.query("select from pg_tables where schemaname = 'public'");
  await client.end();
  expect(rows).toEqual([]);
});

async function balances(pocket: string) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await client.query<{ balance: string; charged: string }>(
      `select balance, (select sum(amount) from pocket_ledger c
                        where (c.pocket_group_id, c.phone_number) = (p.pocket_group_id, p.phone_number)) as charged
       from pockets p where id = $1`,
      [pocket],
    );
  } finally {
    await client.end();
  }
}
