import pg from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { paymentChargeRecord } from "../../src/payments/charges/payment-charge.record.js";
import { RollUpEntries } from "../../src/pockets/ledger/roll-up-entries.service.js";
import { runs } from "../support/runs.js";
import { TestServer, type TestMerchant } from "../support/server.js";

/** up to 200,000 with a larger PROPERTY_RUNS. */
const ROWS = Math.min(runs(10_000), 200_000);

let server: TestServer;
let merchant: TestMerchant;

beforeAll(async () => {
  server = await TestServer.start();
  merchant = await server.createMerchant();
  const other = await server.createMerchant();
  // Inserting so many rows may exceed the statement timeout of a request.
  const client = new pg.Client(server.database.url);
  await client.connect();
  // The inserted rows satisfy the foreign keys; checking each row would take most of the time.
  await client.query("set session_replication_role = replica");
  for (let group = 0; group < 5; group++) {
    await server.createGroup({ slug: `group-${String(group)}` }, merchant, other);
  }
  // Distributed over the groups, the merchants and a year. Each pocket has one charge.
  await client.query(
    `create temporary table rows as
     select g.id as pocket_group_id, '989' || lpad(i::text, 9, '0') as phone_number,
            case when i % 3 = 0 then $1::uuid else $2::uuid end as merchant_id,
            timestamptz '2026-01-01' + i * (interval '365 days' / ${String(ROWS)}) as at,
            uuidv7() as token
     from generate_series(1, ${String(ROWS)}) i
     join (select id, row_number() over () as n from pocket_groups) g on g.n = i % 5 + 1`,
    [merchant.id, other.id],
  );
  await client.query(
    `insert into pockets select pocket_group_id, uuidv7(), phone_number, 1, at, at from rows`,
  );
  await client.query(
    `insert into pocket_ledger
     select pocket_group_id, uuidv7(), token, merchant_id, phone_number, 1, 1, at from rows`,
  );
  await client.query(
    `insert into merchants (id, name, created_at)
     select uuidv7(), 'm', timestamptz '2026-01-01' + i * interval '1 second'
     from generate_series(1, 5000) i`,
  );
  await client.query(
    `insert into employees (merchant_id, id, name, email, created_at)
     select $1, uuidv7(), 'e', i || '@example.com', timestamptz '2026-01-01' + i * interval '1 second'
     from generate_series(1, 5000) i`,
    [other.id],
  );
  // A tenth of the payment charges are the merchant's.
  await client.query(
    `insert into payment_charges (merchant_id, id, status, is_frozen, mode, provider, amount_in_cents,
       deposit_in_cents, currency, description, reference, metadata, created_at, updated_at)
     select case when i % 10 = 0 then $1::uuid else $2::uuid end, uuidv7(), 'STARTED', true, 'REQUEST',
            'STRIPE', i % 97 + 1, i % 11, 'USD', 'charge ' || i % 1000, 'order ' || i,
            jsonb_build_object('orderRef', 'order ' || i, 'channel', 'channel ' || i % 3), at, at
     from (select timestamptz '2026-01-01' + i * interval '1 minute' as at, i
           from generate_series(1, ${String(ROWS)}) i) as rows`,
    [merchant.id, other.id],
  );
  await new RollUpEntries(server.database).rollUp();
  await client.query("vacuum analyze");
  await client.end();
});

afterAll(() => server.stop());

interface Plan {
  "Node Type": string;
  "Relation Name"?: string;
  "Actual Rows": number;
  "Actual Loops": number;
  "Rows Removed by Filter"?: number;
  Plans?: Plan[];
}

function nodesOf(plan: Plan): Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
}

interface Statement {
  readonly name?: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Runs a query, and explains the statements that it sent on the large tables. */
async function plansOf(token: string, query: string): Promise<Plan[]> {
  const sent: Statement[] = [];
  const spy = vi.spyOn(pg.Client.prototype, "query");
  await server.ask(token, query);
  for (const [statement] of spy.mock.calls as unknown as [Statement][]) {
    if (
      /\b(pockets|pocket_(charges|entries|holds)|payment_charges|employees|merchants)\b/.test(
        statement.text,
      )
    )
      sent.push(statement);
  }
  spy.mockRestore();
  const isList = (text: string): boolean =>
    /order by|count\(/.test(text) && !text.includes("api_tokens");
  const lists = sent.filter(({ text }) => isList(text));
  expect(lists.length).toBeGreaterThan(0);
  return (await Promise.all(lists.map(explain))).flat();
}

/** The plan for the statement's values and, if it is prepared, the generic plan. */
async function explain({ name, text, values }: Statement): Promise<Plan[]> {
  const client = await server.database.pool.connect();
  const planOf = async (statement: string, parameters?: readonly unknown[]) => {
    const { rows } = await client.query<{ "QUERY PLAN": [{ Plan: Plan }] }>(
      `explain (analyze, format json) ${statement}`,
      parameters && [...parameters],
    );
    return rows[0]!["QUERY PLAN"][0].Plan;
  };
  try {
    const own = await planOf(text, values);
    if (name === undefined) return [own];
    await client.query(`set plan_cache_mode = force_generic_plan; prepare kept as ${text}`);
    const literals = values.map((value) =>
      pg.escapeLiteral(Array.isArray(value) ? `{${value.join()}}` : String(value)),
    );
    return [
      own,
      await planOf(literals.length === 0 ? "execute kept" : `execute kept(${literals.join()})`),
    ];
  } finally {
    client.release(true);
  }
}

const LISTS: [string, string][] = [
  ["the newest pockets", "{ pockets { nodes { id } } }"],
  ["the newest charges", "{ pocketCharges { nodes { id } } }"],
  ["the oldest charges", "{ pocketCharges(last: 5) { nodes { id } } }"],
  [
    "the pockets of a number",
    '{ pockets(filter: { phoneNumber: { eq: ["989000000777"] } }) { nodes { id } totalCount } }',
  ],
  [
    "the charges of a number",
    '{ pocketCharges(filter: { phoneNumber: { eq: ["989000000777"] } }) { nodes { id } totalCount } }',
  ],
  [
    "the charges of a token",
    '{ pocketCharges(filter: { token: { eq: ["01988f7a-d22b-7c3d-977f-27af99c2a5a5"] } }) { nodes { id } } }',
  ],
  [
    "the charges of an hour",
    '{ pocketCharges(filter: { createdAt: { gte: "2026-03-01T00:00:00Z", lt: "2026-03-01T01:00:00Z" } }) { nodes { id } totalCount aggregate { sum { amount } } } }',
  ],
  [
    "the employee of an address",
    '{ employees(filter: { email: { eq: ["777@Example.com"] } }) { nodes { id } totalCount } }',
  ],
  ["the pockets by number", "{ pockets(sort: [{ field: PHONE_NUMBER }]) { nodes { id } } }"],
  [
    "the newest pockets and charges of a group",
    '{ pocketGroup(slug: "group-1") { pockets { nodes { id } } pocketCharges { nodes { id } } } }',
  ],
  [
    "the charges of a pocket",
    '{ pocket(pocketGroupSlug: "group-1", phoneNumber: "989000000001") { pocketCharges { nodes { id } totalCount } } }',
  ],
  [
    "the newest pockets of every group",
    "{ pocketGroups { nodes { pockets(first: 5) { nodes { id } } } } }",
  ],
];

describe("a list of payment charges", () => {
  const sorts = Object.entries(paymentChargeRecord.fields)
    .filter(([, { uses }]) => uses.sort === true)
    .map(([field]) => field.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase());

  it.each(sorts)("sorted by %s reads no other merchant's records", async (field) => {
    const plans = await plansOf(
      merchant.token,
      `{ paymentCharges(sort: [{ field: ${field}, direction: DESC }]) { nodes { id } } }`,
    );
    const reads = plans
      .flatMap(nodesOf)
      .filter((node) => node["Relation Name"] === "payment_charges");
    expect(reads).not.toEqual([]);
    for (const node of reads) {
      const read =
        (node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0)) * node["Actual Loops"];
      expect(read, node["Node Type"]).toBeLessThanOrEqual(ROWS / 10);
    }
  });
});

describe("a list of payment charges filtered by", () => {
  const rowsRead = async (filter: string): Promise<number[]> => {
    const query = `{ paymentCharges(filter: ${filter}) { nodes { id } totalCount } }`;
    return (await plansOf(merchant.token, query))
      .flatMap(nodesOf)
      .filter((node) => node["Relation Name"] === "payment_charges")
      .map(
        (node) =>
          (node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0)) * node["Actual Loops"],
      );
  };

  it.each([
    ["a metadata value", '{ metadata: [{ key: "orderRef", eq: ["order 700"] }] }'],
    [
      "several metadata values",
      '{ metadata: { key: "orderRef", eq: ["order 700", "order 1", "order 90"] } }',
    ],
    [
      "two metadata keys",
      '{ metadata: [{ key: "channel", eq: ["channel 1"] }, { key: "orderRef", eq: ["order 700"] }] }',
    ],
    [
      "either of two metadata values",
      '{ or: [{ metadata: { key: "orderRef", eq: "order 700" } }, { metadata: { key: "orderRef", eq: "none" } }] }',
    ],
    ["an exact reference", '{ reference: { eql: ["order 700"] } }'],
  ])("%s reads only the records with it", async (_, filter) => {
    const read = await rowsRead(filter);
    expect(read.length).toBeGreaterThan(1);
    for (const rows of read) expect(rows).toBeLessThanOrEqual(3);
  });

  it("the beginning of a metadata value reads no other merchant's records", async () => {
    const read = await rowsRead('{ metadata: [{ key: "orderRef", prefix: ["order 7"] }] }');
    for (const rows of read) expect(rows).toBeLessThanOrEqual(ROWS / 10);
  });
});

describe(`a list over ${String(ROWS)} rows never scans a table for`, () => {
  const TABLES = ["pockets", "pocket_ledger", "employees", "merchants"];
  const expectNoScan = (plans: Plan[], tables: readonly string[] = TABLES): void => {
    for (const node of plans.flatMap(nodesOf)) {
      const table = node["Relation Name"];
      if (table !== undefined && tables.includes(table)) {
        expect(node["Node Type"]).toMatch(/Index|Bitmap/);
        // A full index scan is not allowed either, because it would be no faster.
        const read =
          (node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0)) * node["Actual Loops"];
        expect(read).toBeLessThan(1_000);
      }
    }
  };

  it.each(LISTS)("%s, for a merchant", async (_, query) => {
    expectNoScan(await plansOf(merchant.token, query));
  });

  // An operator's aggregates look for entries of each merchant that are not rolled up.
  it.each(LISTS)("%s, for an operator", async (_, query) => {
    const tables = TABLES.filter((table) => table !== "merchants" || !query.includes("totalCount"));
    expectNoScan(await plansOf(server.operatorToken, query), tables);
  });

  it.each([
    ["the newest merchants", "{ merchants { nodes { id } } }"],
    ["the newest employees", "{ employees { nodes { id } } }"],
  ])("%s, for an operator", async (_, query) => {
    expectNoScan(await plansOf(server.operatorToken, query));
  });

  it("the page after a distant cursor", async () => {
    const from = async (query: string): Promise<string> => {
      const data = await server.ask<{ pocketCharges: { pageInfo: { endCursor: string } } }>(
        merchant.token,
        query,
      );
      return data.pocketCharges.pageInfo.endCursor;
    };
    const cursor = await from(
      `{ pocketCharges(page: { number: ${String((0.3 * ROWS) / 20)}, size: 20 }) { pageInfo { endCursor } } }`,
    );
    expectNoScan(
      await plansOf(
        merchant.token,
        `{ pocketCharges(after: "${cursor}") { nodes { id } pageInfo { hasNextPage hasPreviousPage } } }`,
      ),
    );
  });
});
