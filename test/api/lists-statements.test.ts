import pg from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type TestMerchant, TestServer } from "../support/server.js";

const GROUPS = 100;
const POCKETS_EACH = 7;

let server: TestServer;
let merchant: TestMerchant;

/** Groups group-001 to group-100, each with 7 pockets with balances 1 to 7, from one charge each. */
beforeAll(async () => {
  // Groups within 100 parents exceed the default cost limit, but need no more statements.
  server = await TestServer.start({ documentLimits: { cost: 1_000_000 } });
  merchant = await server.createMerchant();
  const { pool } = server.database;
  await pool.query(
    `insert into pocket_groups (id, slug, name, created_at)
    select gen_random_uuid(), 'group-' || to_char(n, 'fm000'), 'Group', now() - n * interval '1 s'
    from generate_series(1, $1) as n`,
    [GROUPS],
  );
  await pool.query(
    `insert into pocket_group_grants (merchant_id, pocket_group_id)
    select $1, id from pocket_groups`,
    [merchant.id],
  );
  await pool.query(
    `insert into pockets (pocket_group_id, id, phone_number, balance)
    select g.id, gen_random_uuid(), '98912000000' || n, n
    from pocket_groups g, generate_series(1, $1) as n`,
    [POCKETS_EACH],
  );
  await pool.query(
    `insert into pocket_ledger
      (pocket_group_id, id, token, merchant_id, phone_number, amount, balance_after)
    select pocket_group_id, gen_random_uuid(),
           overlay(gen_random_uuid()::text placing '7' from 15)::uuid,
           $1, phone_number, balance, balance
    from pockets`,
    [merchant.id],
  );
});

afterAll(() => server.stop());

interface Asked<Data> {
  data: Data;
  /** The statements sent to the database, except the token look-up, those of new connections and those that look for events. */
  statements: string[];
}

/** Sends a query. @returns the response and the statements sent during it on any connection. */
async function ask<Data = unknown>(
  query: string,
  variables: Record<string, unknown> = {},
  token = server.operatorToken,
): Promise<Asked<Data>> {
  const sent = vi.spyOn(pg.Client.prototype, "query");
  try {
    const data = await server.ask<Data>(token, query, variables);
    const statements = sent.mock.calls.map(([statement]) => textOf(statement));
    return {
      data,
      statements: statements.filter(
        (text) => !/api_tokens|pg_backend_pid|event_horizon|notify/.test(text),
      ),
    };
  } finally {
    sent.mockRestore();
  }
}

function textOf(statement: unknown): string {
  const text = typeof statement === "string" ? statement : (statement as pg.QueryConfig).text;
  return text.replace(HELD, "held");
}

/** The sum of a pocket's own holds, which PostgreSQL computes only for a pocket that has some. */
const HELD = /case when \S+held_amount = 0 then 0 else [^]*? end/g;

async function countOf(
  query: string,
  variables?: Record<string, unknown>,
  token?: string,
): Promise<number> {
  return (await ask(query, variables, token)).statements.length;
}

/** Matches aggregate functions in any case. */
const AGGREGATES = /\b(count|sum|avg|min|max)\s*\(/i;

/** Matches a function of one column, as in `sum("pockets"."balance")`. */
function over(operation: string, column: string): RegExp {
  return new RegExp(`\\b${operation}\\s*\\([^)]*${column}`, "i");
}

describe("nested lists", () => {
  interface Groups {
    pocketGroups: {
      nodes: {
        slug: string;
        pockets: { nodes: { balance: number }[] } & Record<string, unknown>;
      }[];
    };
  }
  const NESTED = `query ($first: Int) {
    pocketGroups(first: $first) {
      nodes {
        slug
        pockets(first: 5, sort: [{ field: BALANCE, direction: DESC }]) {
          nodes { balance }
          pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
          totalCount
          aggregate { count sum { balance } avg { balance } }
        }
      }
    }
  }`;

  it("of 100 groups with five pockets and their sums each take three statements", async () => {
    for (const token of [server.operatorToken, merchant.token]) {
      const { data, statements } = await ask<Groups>(NESTED, { first: GROUPS }, token);
      const groups = data.pocketGroups.nodes;
      expect(groups.map(({ slug }) => slug)).toEqual(
        Array.from({ length: GROUPS }, (_, n) => `group-${String(n + 1).padStart(3, "0")}`),
      );
      for (const { pockets } of groups) {
        expect(pockets).toMatchObject({
          nodes: [7, 6, 5, 4, 3].map((balance) => ({ balance })),
          pageInfo: { hasNextPage: true, hasPreviousPage: false },
          totalCount: POCKETS_EACH,
          aggregate: { count: POCKETS_EACH, sum: { balance: "28" }, avg: { balance: "4.0000" } },
        });
      }
      // One for the groups, one for all their pockets, one for all their sums.
      expect(statements).toHaveLength(3);
    }
  });

  /** Queries of `$first` groups with nested lists. */
  const QUERIES: [string, string, number][] = [
    ["pockets with totals and sums", NESTED, 3],
    [
      "pockets by cursors and by number, filtered",
      `query ($first: Int) { pocketGroups(first: $first) { nodes {
        a: pockets(last: 2) { nodes { balance } pageInfo { hasNextPage hasPreviousPage } }
        b: pockets(page: { number: 2, size: 3 }) { nodes { balance } }
        c: pockets(filter: { balance: { gt: 3 } }, first: 1) { nodes { balance } totalCount }
      } } }`,
      5,
    ],
    [
      "charges with their group, pocket and merchant",
      `query ($first: Int) { pocketGroups(first: $first) { nodes {
        pocketCharges(first: 5) { nodes {
          amount pocketGroup { slug } pocket { balance } merchant { name }
        } }
      } } }`,
      4,
    ],
    [
      "pockets with their charges",
      `query ($first: Int) { pocketGroups(first: $first) { nodes {
        pockets(first: 4) { nodes {
          pocketCharges(first: 2) { nodes { amount } totalCount aggregate { sum { amount } } }
        } }
      } } }`,
      4,
    ],
    [
      "charges in groups",
      `query ($first: Int) { pocketGroups(first: $first) { nodes {
        pocketCharges {
          groupBy(keys: [PHONE_NUMBER]) { key { phoneNumber } aggregate { sum { amount } } }
        }
      } } }`,
      2,
    ],
    [
      "the merchants that have them",
      "query ($first: Int) { pocketGroups(first: $first) { nodes { merchants { name } } } }",
      3,
    ],
  ];

  it.each(QUERIES)("of groups with %s take as many for 10 groups as for 100", async (...row) => {
    const [, query, most] = row;
    const ofTen = await countOf(query, { first: 10 });
    expect(await countOf(query, { first: GROUPS })).toBe(ofTen);
    expect(ofTen).toBeGreaterThan(1);
    expect(ofTen).toBeLessThanOrEqual(most);
  });

  it("of a merchant's groups take as many for 10 groups as for 100", async () => {
    const query = `query ($first: Int) {
      viewer { merchant { pocketGroups(first: $first) { nodes { pockets { totalCount } } } } }
    }`;
    const ofTen = await countOf(query, { first: 10 }, merchant.token);
    expect(await countOf(query, { first: GROUPS }, merchant.token)).toBe(ofTen);
    expect(ofTen).toBeLessThanOrEqual(3);
  });
});

describe("a page", () => {
  const PAGE = "nodes { id } edges { cursor } pageInfo { hasNextPage hasPreviousPage endCursor }";
  const LISTS: [string, string][] = [
    ["pocketGroups", "pocketGroups(first: 5)"],
    ["pockets", "pockets(first: 5)"],
    ["pockets backwards", "pockets(last: 5)"],
    ["pockets by number", "pockets(page: { number: 3, size: 5 })"],
    ["pocketCharges", "pocketCharges(first: 5, sort: [{ field: AMOUNT }])"],
    ["merchants", "merchants"],
    ["employees", "employees"],
  ];

  it.each(LISTS)("of %s is one statement that counts and sums nothing", async (_, list) => {
    const { statements } = await ask(`{ ${list} { ${PAGE} } }`);
    expect(statements).toHaveLength(1);
    expect(statements[0]).not.toMatch(AGGREGATES);
  });

  const RELATED = "id phoneNumber pocket { phoneNumber balance } merchant { id }";
  it.each([
    ["nodes", "(first: 20)", `nodes { ${RELATED} }`],
    ["edges", "(first: 20)", `edges { cursor node { ${RELATED} } } pageInfo { hasNextPage }`],
    ["the last records", "(last: 20)", `pageInfo { startCursor } nodes { ${RELATED} }`],
    ["a numbered page", "(page: { number: 2, size: 20 })", `nodes { ${RELATED} }`],
    ["a sorted page", "(first: 20, sort: [{ field: AMOUNT }])", `nodes { ... { ${RELATED} } }`],
    ["a filtered page", "(first: 20, filter: { amount: { gt: 3 } })", `nodes { ${RELATED} }`],
  ])("of %s with the records they refer to is one statement", async (_, args, selection) => {
    interface Charge {
      id: string;
      phoneNumber: string;
      pocket: { phoneNumber: string; balance: number };
      merchant: { id: string };
    }
    interface Data {
      pocketCharges: { nodes?: Charge[]; edges?: { node: Charge }[] };
    }
    for (const token of [server.operatorToken, merchant.token]) {
      const list = `{ pocketCharges${args} { ${selection} } }`;
      const { data, statements } = await ask<Data>(list, {}, token);
      expect(statements).toHaveLength(1);
      const { nodes, edges = [] } = data.pocketCharges;
      const charges = nodes ?? edges.map(({ node }) => node);
      for (const { phoneNumber, pocket, merchant: made } of charges) {
        expect(pocket).toEqual({ phoneNumber, balance: Number(phoneNumber.at(-1)) });
        expect(made.id).toBe(merchant.id);
      }
      const plain = await ask<Data>(`{ pocketCharges${args} { nodes { id } } }`, {}, token);
      expect(charges.map(({ id }) => id)).toEqual(
        plain.data.pocketCharges.nodes?.map(({ id }) => id),
      );
      expect(charges).toHaveLength(20);
    }
  });

  it.each([
    [
      "its position first",
      "{ pockets(first: 5) { pageInfo { hasNextPage endCursor } nodes { id } } }",
    ],
    ["columns and a position", "{ pockets(first: 5) { nodes { id } pageInfo { endCursor } } }"],
    [
      "its position under another alias",
      "{ a: pockets(first: 5) { nodes { id pocketCharges { totalCount } } } b: pockets(first: 5) { pageInfo { endCursor } } }",
    ],
    [
      "other columns under another alias",
      "{ a: pockets(first: 5) { nodes { id } more: nodes { balance } } b: pockets(first: 5) { nodes { phoneNumber } } }",
    ],
  ])("is one statement with %s, interpreted and compiled", async (_, query) => {
    for (const use of ["interpreted", "compiled", "compiled again"]) {
      const { statements } = await ask(query);
      expect(
        statements.filter((text) => !AGGREGATES.test(text)),
        use,
      ).toHaveLength(1);
    }
  });

  it("returns its nodes as JSON if they are columns and the operation is compiled", async () => {
    const query = "{ pockets(first: 4) { nodes { id balance } } }";
    const first = await ask(query);
    const second = await ask(query);
    expect(first.statements.join()).not.toContain(" as json");
    expect(second.statements.join()).toContain(" as json");
    expect(second.data).toEqual(first.data);
  });

  it("after a cursor takes at most two statements, and counts nothing", async () => {
    interface Data {
      pockets: { pageInfo: { endCursor: string; hasPreviousPage: boolean } };
    }
    const query = `query ($after: String) { pockets(first: 5, after: $after) { ${PAGE} } }`;
    const first = await ask<Data>(query);
    const after = first.data.pockets.pageInfo.endCursor;
    const { data, statements } = await ask<Data>(query, { after });
    expect(data.pockets.pageInfo.hasPreviousPage).toBe(true);
    expect(statements.length).toBeLessThanOrEqual(2);
    expect(statements.join("\n")).not.toMatch(AGGREGATES);
    const bare = "query ($after: String) { pockets(first: 5, after: $after) { nodes { id } } }";
    expect(await countOf(bare, { after })).toBe(1);
  });

  it("is not read if it is not selected", async () => {
    for (const selection of [
      "totalCount",
      "aggregate { count }",
      "groupBy(keys: [CURRENCY]) { aggregate { count } }",
    ]) {
      const { statements } = await ask(`{ pockets(first: 5) { ${selection} } }`);
      expect(statements).toHaveLength(1);
      expect(statements[0]).not.toMatch(/phone_number/);
    }
    expect(await countOf("{ pockets(first: 5) { __typename } }")).toBe(0);
  });
});

describe("the total and the sums of a list", () => {
  const AGGREGATE = `aggregate {
    count sum { balance } avg { balance } min { balance createdAt } max { balance createdAt }
  }`;
  const COUNT = GROUPS * POCKETS_EACH;
  const SUM = String(GROUPS * 28);

  it("take one statement in addition to the page's", async () => {
    const query = `{ pockets(first: 1) { nodes { balance } totalCount ${AGGREGATE} } }`;
    const { data, statements } = await ask(query);
    expect(data).toMatchObject({
      pockets: { totalCount: COUNT, aggregate: { count: COUNT, sum: { balance: SUM } } },
    });
    expect(statements).toHaveLength(2);
    expect(statements.filter((statement) => AGGREGATES.test(statement))).toHaveLength(1);
  });

  const FRAGMENTS = `
    fragment Sums on PocketAggregate { sum { ...Balance } }
    fragment Balance on PocketSums { balance }
    fragment Totals on PocketConnection { totalCount again: aggregate { avg { balance } } }`;
  it.each([
    ["under aliases", "one: aggregate { count } two: aggregate { sum { balance } } totalCount"],
    ["in one and in totalCount", "aggregate { sum { balance } max { balance } } totalCount"],
    ["in the same field twice", "aggregate { sum { balance } } aggregate { max { createdAt } }"],
    ["in fragments", `...Totals aggregate { ...Sums ... on PocketAggregate { count } }`],
    ["in typed and plain inline fragments", "... { totalCount } ... { aggregate { count } }"],
  ])("are one statement when they are selected %s", async (_, selection) => {
    const query = `{ pockets { ${selection} } } ${selection.includes("...T") ? FRAGMENTS : ""}`;
    expect(await countOf(query)).toBe(1);
  });

  it("have the right values, each under its own alias", async () => {
    const { data, statements } = await ask(`{
      pockets {
        one: aggregate { count }
        two: aggregate { total: sum { ofAll: balance } ...Extremes }
        three: aggregate { ...Extremes max { balance } }
        totalCount
      }
    }
    fragment Extremes on PocketAggregate { min { balance } }`);
    expect(data).toEqual({
      pockets: {
        one: { count: COUNT },
        two: { total: { ofAll: SUM }, min: { balance: 1 } },
        three: { min: { balance: 1 }, max: { balance: 7 } },
        totalCount: COUNT,
      },
    });
    expect(statements).toHaveLength(1);
  });

  it("are one statement for all parents, whatever each selects", async () => {
    const { statements } = await ask(`{
      pocketGroups(first: 50) {
        nodes {
          pockets {
            totalCount one: aggregate { sum { balance } } two: aggregate { max { createdAt } }
          }
        }
      }
    }`);
    expect(statements).toHaveLength(2);
  });

  it.each<[string, RegExp[], RegExp[]]>([
    [
      "count",
      [/\bcount\s*\(/i],
      [over("sum", "balance"), over("min", "balance"), over("max", "created_at"), over("avg", "")],
    ],
    [
      "sum { balance }",
      [over("sum", "balance")],
      [over("(min|max|avg)", "balance"), over("(min|max)", "created_at")],
    ],
    ["min { createdAt }", [over("min", "created_at")], [/balance/, over("max", ""), /currency/]],
    [
      "max { updatedAt balance }",
      [over("max", "updated_at"), over("max", "balance")],
      [over("min", "balance"), over("sum", ""), over("(min|max)", "created_at")],
    ],
  ])("read only the selected columns: %s", async (fields, present, absent) => {
    const { statements } = await ask(`{ pockets { aggregate { ${fields} } } }`);
    expect(statements).toHaveLength(1);
    for (const pattern of present) expect(statements[0]).toMatch(pattern);
    for (const pattern of absent) expect(statements[0]).not.toMatch(pattern);
  });

  it("read only the selected columns in groups", async () => {
    const query = `{
      pockets { groupBy(keys: [CURRENCY]) { key { currency } aggregate { max { updatedAt } } } }
    }`;
    const { statements } = await ask(query);
    expect(statements).toHaveLength(1);
    expect(statements[0]).toMatch(over("max", "updated_at"));
    expect(statements[0]).not.toMatch(/balance|created_at/);
  });

  it("take no more statements for groupings that differ only in their selections", async () => {
    const query = `{ pockets {
      one: groupBy(keys: [CURRENCY]) { key { currency } aggregate { count } }
      two: groupBy(keys: [CURRENCY]) { key { currency } aggregate { sum { balance } } }
    } }`;
    const { data, statements } = await ask(query);
    const key = { currency: "IRR" };
    expect(data).toEqual({
      pockets: {
        one: [{ key, aggregate: { count: COUNT } }],
        two: [{ key, aggregate: { sum: { balance: SUM } } }],
      },
    });
    expect(statements).toHaveLength(1);
  });
});

describe("a field that @skip or @include leaves out", () => {
  async function statementsFor(selection: string): Promise<string[]> {
    const fragment = selection.includes("...Total")
      ? "fragment Total on PocketConnection { totalCount }"
      : "";
    const query = `{ pockets(first: 2) { ${selection} } } ${fragment}`;
    return (await ask(query)).statements;
  }

  it.each([
    ["totalCount", "totalCount @skip(if: true)"],
    ["totalCount in a fragment", "...Total @include(if: false)"],
    ["aggregate", "aggregate @include(if: false) { sum { balance } }"],
    ["aggregate in a fragment", "... @skip(if: true) { aggregate { count } }"],
    ["groupBy", "groupBy(keys: [CURRENCY]) @include(if: false) { key { currency } }"],
  ])("costs nothing: %s", async (_, selection) => {
    const statements = await statementsFor(`nodes { id } ${selection}`);
    expect(statements).toHaveLength(1);
    expect(statements[0]).not.toMatch(AGGREGATES);
    const included = selection
      .replace("if: false", "if: true")
      .replace("skip(if: t", "include(if: t");
    expect(await statementsFor(`nodes { id } ${included}`)).toHaveLength(2);
  });

  it("costs nothing: the page", async () => {
    const page = "nodes @include(if: false) { id } pageInfo @skip(if: true) { endCursor }";
    const statements = await statementsFor(`${page} totalCount`);
    expect(statements).toHaveLength(1);
    expect(statements[0]).toMatch(/\bcount\s*\(/i);
  });

  it.each([
    ["sum @include(if: $no) { balance }", "sum"],
    ["... @include(if: $no) { sum { balance } }", "sum"],
    ["max { balance @include(if: $no) createdAt }", "max"],
    ["...Sums @include(if: $no)", "sum"],
  ])("puts no column into the SQL of an aggregate: %s", async (field, operation) => {
    const fragment = field.includes("...S")
      ? "fragment Sums on PocketAggregate { sum { balance } }"
      : "";
    const query = `query ($no: Boolean!) { pockets { aggregate { count ${field} } } } ${fragment}`;
    const { statements } = await ask(query, { no: false });
    expect(statements).toHaveLength(1);
    expect(statements[0]).not.toMatch(over(operation, "balance"));
    const { statements: included } = await ask(query, { no: true });
    expect(included).toHaveLength(1);
    expect(included[0]).toMatch(over(operation, "balance"));
  });
});

describe("a to-one relation", () => {
  const charges = (fields: string): string => `{
    pocketCharges(first: 100, filter: { phoneNumber: { eq: ["989120000001"] } }) {
      nodes { id ${fields} }
    }
  }`;

  it.each([
    ["pocketGroup { name }", 2],
    ["pocket { balance }", 2],
    ["merchant { name }", 2],
    ["pocketGroup { slug } pocket { balance } merchant { name }", 4],
    ["pocketGroup { slug } pocket { pocketGroup { slug name } } merchant { name }", 4],
  ])("takes one statement for 100 charges at most: %s", async (fields, most) => {
    for (const token of [server.operatorToken, merchant.token]) {
      const { data, statements } = await ask<{ pocketCharges: { nodes: unknown[] } }>(
        charges(fields),
        {},
        token,
      );
      expect(data.pocketCharges.nodes).toHaveLength(100);
      expect(statements.length).toBeLessThanOrEqual(most);
    }
  });

  it.each([
    [
      "PocketGroup.pockets { nodes { pocketGroup } }",
      "pocketGroups { nodes { pockets { nodes { id ADDED } } } }",
      "pocketGroup { slug name currency createdAt }",
    ],
    [
      "pocketGroup { pockets { nodes { pocketGroup } } }",
      'pocketGroup(slug: "group-001") { slug pockets { nodes { id ADDED } } }',
      "pocketGroup { slug name currency createdAt }",
    ],
    [
      "PocketGroup.pocketCharges { nodes { pocketGroup } }",
      "pocketGroups { nodes { pocketCharges { nodes { id ADDED } } } }",
      "pocketGroup { name }",
    ],
    [
      "Pocket.pocketCharges { nodes { pocket } }",
      "pockets { nodes { pocketCharges { nodes { id ADDED } } } }",
      "pocket { balance phoneNumber }",
    ],
    [
      "Merchant.pocketGroups of the listed groups' pockets",
      "merchants { nodes { pocketGroups { nodes { pockets { edges { node { id ADDED } } } } } } }",
      "pocketGroup { name }",
    ],
  ])("takes none for a record that was read already: %s", async (_, query, added) => {
    const without = await countOf(`{ ${query.replace("ADDED", "")} }`);
    expect(await countOf(`{ ${query.replace("ADDED", added)} }`)).toBe(without);
    expect(without).toBeGreaterThan(0);
  });

  it("takes one statement for the merchants of all employees", async () => {
    const { pool } = server.database;
    await pool.query(
      `insert into employees (merchant_id, id, name, email)
      select $1, gen_random_uuid(), 'E', 'e' || n || '@example.com' from generate_series(1, 50) n`,
      [merchant.id],
    );
    expect(await countOf("{ employees(first: 50) { nodes { merchant { name } } } }")).toBe(2);
  });

  it("takes one statement for the keys of all groups of a grouping", async () => {
    const query = `{
      pocketCharges {
        groupBy(keys: [POCKET_GROUP, MERCHANT]) { key { pocketGroup { slug } merchant { name } } }
      }
    }`;
    const { data, statements } = await ask<{ pocketCharges: { groupBy: unknown[] } }>(query);
    expect(data.pocketCharges.groupBy).toHaveLength(GROUPS);
    expect(statements.length).toBeLessThanOrEqual(3);
  });
});
