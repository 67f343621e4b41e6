import pg from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { FILTER_LIMITS } from "../../src/listing/filter-budget.js";
import { directUrlOf } from "../support/database.js";
import { TestServer, type TestMerchant } from "../support/server.js";

const ROWS = 1_000;

let server: TestServer;
let merchant: TestMerchant;
let client: pg.Client;

beforeAll(async () => {
  server = await TestServer.start();
  merchant = await server.createMerchant();
  client = new pg.Client({ connectionString: directUrlOf(server.database) });
  await client.connect();
  await client.query(
    `insert into customers (merchant_id, id, number, name, email)
     select $1::uuid, overlay(gen_random_uuid()::text placing '7' from 15)::uuid, i,
            'Name ' || i, 'name' || i || '@example.com'
     from generate_series(1, ${String(ROWS)}) i`,
    [merchant.id],
  );
});
afterAll(async () => {
  await client.end();
  await server.stop();
});

const texts = (count: number, text = "x"): string[] =>
  Array.from({ length: count }, (_, index) => `${text}${String(index)}`);

interface Sent {
  readonly text: string;
  readonly values: unknown[];
}

/** The statements on customers that a request sends. */
async function statementsOf(filter: unknown): Promise<Sent[]> {
  const spy = vi.spyOn(pg.Client.prototype, "query");
  const query =
    "query ($filter: CustomerFilter) { customers(filter: $filter) { nodes { id } totalCount } }";
  await server.ask(merchant.token, query, { filter });
  const sent = spy.mock.calls.map(([statement]) => statement as unknown as Sent);
  spy.mockRestore();
  return sent.filter(({ text }) => / from customers\b/.test(text));
}

interface Plan {
  readonly "Node Type": string;
  readonly "Actual Loops": number;
  readonly Plans?: readonly Plan[];
}

const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];

describe("patterns", () => {
  it.each<[string, unknown]>([
    ...["prefix", "suffix", "match", "notPrefix", "notSuffix", "notMatch", "eq", "notEq"].map(
      (operator): [string, unknown] => [operator, { name: { [operator]: texts(50, "Z") } }],
    ),
    ["or", { or: [{ name: { match: texts(9, "Z") } }, { email: { suffix: texts(9, "Z") } }] }],
    ["not", { not: { email: { match: texts(9, "Z") } } }],
  ])("are folded once per statement and not per row: %s", async (_, filter) => {
    const sent = await statementsOf(filter);
    expect(sent.length).toBeGreaterThan(1);
    for (const { text, values } of sent) {
      const { rows } = await client.query<{ "QUERY PLAN": [{ Plan: Plan }] }>(
        `explain (analyze, timing off, format json) ${text}`,
        values,
      );
      const folds = nodesOf(rows[0]!["QUERY PLAN"][0].Plan).filter(
        (node) => node["Node Type"] === "Function Scan",
      );
      expect(folds.length).toBeGreaterThan(0);
      for (const fold of folds) expect(fold["Actual Loops"]).toBeLessThanOrEqual(1);
    }
  });
});

describe("the filters of one request", () => {
  /** Sends one request with a list for each filter. */
  async function sendAll(filters: readonly unknown[]) {
    const names = filters.map((_, index) => `f${String(index)}`);
    const query = `query (${names.map((name) => `$${name}: CustomerFilter`).join()}) {
      ${names.map((name) => `${name}: customers(filter: $${name}, first: 1) { nodes { id } }`).join("\n")}
    }`;
    const variables = Object.fromEntries(names.map((name, index) => [name, filters[index]]));
    return server.send(merchant.token, query, variables);
  }

  const half = (limit: keyof typeof FILTER_LIMITS): number => FILTER_LIMITS[limit] / 2;
  const emails = (count: number, text = "x"): unknown => ({ email: { eql: texts(count, text) } });

  it.each<[string, RegExp, unknown[], unknown]>([
    [
      "patterns",
      /250 patterns/,
      [
        { name: { match: texts(half("patterns")) } },
        { not: { email: { notPrefix: texts(half("patterns"), "y") } } },
      ],
      { or: [{ metadata: [{ key: "a", prefix: ["z"] }] }] },
    ],
    [
      "characters in patterns",
      /10,000 characters in patterns/,
      [
        { name: { prefix: ["x".repeat(half("patternCharacters"))] } },
        { name: { suffix: ["y".repeat(half("patternCharacters"))] } },
      ],
      { name: { match: ["z"] } },
    ],
    [
      "values",
      /5,000 values/,
      Array.from({ length: 20 }, (_, index) => ({
        and: [emails(250 - (index % 2), `x${String(index)} `), emails(index % 2)],
      })),
      emails(1),
    ],
    [
      "conditions",
      /1,000 conditions/,
      [0, 1].map((index) => ({
        and: Array.from({ length: half("conditions") / 2 - index * 2 }, () => ({
          name: { isNull: false },
        })),
      })),
      {
        and: [
          { name: { isNull: true } },
          { email: { isNull: true } },
          { name: { isNull: true } },
          { name: { isNull: true } },
        ],
      },
    ],
  ])("share a limit of %s over all lists", async (_, message, allowed, more) => {
    expect((await sendAll(allowed)).errors).toBeUndefined();
    const { status, errors } = await sendAll([...allowed, more]);
    expect(status).toBe(400);
    expect(errors).toHaveLength(1);
    expect(errors?.[0]).toMatchObject({
      path: [`f${String(allowed.length)}`],
      extensions: { code: "BAD_USER_INPUT" },
      message: expect.stringMatching(message) as string,
    });
    expect(errors?.[0]?.message).toMatch(
      /^filter\..+ exceeds a limit: .+ Use fewer, or split the request\.$/,
    );
  });

  it("share their limits with filters in mutation payloads", async () => {
    const answer = `customer { paymentCharges(filter: { providerId: { match: $patterns } }) { nodes { id } } }`;
    const { token } = await server.createMerchant();
    const { errors } = await server.send(
      token,
      `mutation ($patterns: [String!]!) {
         a: createCustomer(input: { name: "a" }) { ${answer} }
         b: createCustomer(input: { name: "b" }) { ${answer} }
       }`,
      { patterns: texts(200) },
    );
    expect(errors).toMatchObject([
      { path: ["b", "customer", "paymentCharges"], extensions: { code: "BAD_USER_INPUT" } },
    ]);
  });

  it("have the same limits in REST", async () => {
    const send = async (count: number): Promise<{ status: number; text: string }> => {
      const query = `filter[description][match]=${texts(count).join()}&filter[provider_id][prefix]=${texts(count).join()}`;
      const url = new URL(`/api/boomerang/payment_charges?${query}`, server.url);
      const response = await fetch(url, {
        headers: { authorization: `Token ${merchant.token}` },
      });
      return { status: response.status, text: await response.text() };
    };
    expect((await send(125)).status).toBe(200);
    const refused = await send(126);
    expect(refused.status).toBe(400);
    expect(refused.text).toContain("250 patterns");
  });
});
