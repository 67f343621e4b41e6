import fc from "fast-check";
import { getIntrospectionQuery, getOperationAST, parse } from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DEMO_GROUP_SLUG } from "../../src/demo/demo.js";
import { compilable } from "../../src/graphql/execution/compilable.js";
import { unconnectedSchema } from "../../src/app/features.js";
import {
  type Examples,
  type RandomRequest,
  SPECIAL_NAMES,
  randomRequests,
  reachedBy,
  typesOfAnswers,
} from "../support/random-documents.js";
import { type DemoExecutors, startDemoExecutors } from "../support/two-executors.js";
import { WAIT_TIMEOUT_MS } from "../support/wait-timeout.js";
import { runs } from "../support/runs.js";

/** To run more: `PROPERTY_RUNS=100 RANDOM_SEED=7 npx vitest run test/api/compiled-queries.test.ts`. */
const RUNS = runs(60);
const SAMPLES = 250;
const SEED = Number(process.env["RANDOM_SEED"] ?? 1);

const schema = unconnectedSchema();
/** The marker that graphql-jit writes before a date. */
const DATE_MARK = "__MAGIC_DATE__33a9e76d_02e0_4128_8e92_3530ad3da74d";

let demo: DemoExecutors;

beforeAll(async () => {
  demo = await startDemoExecutors();
});
afterAll(() => demo.stop());

function isCompiled({ query, operationName }: RandomRequest): boolean {
  const document = parse(query);
  const operation = getOperationAST(document, operationName);
  return operation ? compilable(schema, document, operation) !== undefined : false;
}

describe("a compiled query", () => {
  it(
    "returns the same response as graphql-js for random queries",
    { timeout: WAIT_TIMEOUT_MS + RUNS * 200 },
    async () => {
      const examples = await examplesOf(demo.token);
      const requests = randomRequests({ schema, examples });
      await fc.assert(
        fc.asyncProperty(
          requests,
          fc.constantFrom(demo.token, demo.token, demo.token, demo.server.operatorToken),
          async (request, caller) => {
            await demo.executors.expectSameAnswers(caller, request);
          },
        ),
        { numRuns: RUNS, seed: SEED },
      );
      // A few runs cannot reach every type. That more of them do is checked without sending them.
      const compiled = fc.sample(requests, { numRuns: SAMPLES, seed: SEED }).filter(isCompiled);
      expect(compiled.length).toBeGreaterThan(SAMPLES / 3);
      const reached = reachedBy(schema, compiled);
      const types = [...typesOfAnswers(schema)];
      const missed = types.filter((type) => !reached.has(type));
      expect(missed.length, missed.join(", ")).toBeLessThan(types.length / 5);
    },
  );

  it.each<[what: string, request: RandomRequest]>([
    [
      "a fragment in two places under two conditions",
      {
        query: `query ($yes: Boolean!, $no: Boolean!) {
          viewer { ...F @include(if: $yes) }
          again: viewer { ...F @include(if: $no) scopes }
        } fragment F on Viewer { merchant { id } }`,
        variables: { yes: true, no: false },
      },
    ],
    [
      "a fragment that is spread again after a skipped spread",
      {
        query: `query ($no: Boolean!) { viewer { ...F @include(if: $no) ...F } }
          fragment F on Viewer { merchant { id } }`,
        variables: { no: false },
      },
    ],
    [
      "a skipped field that contains a fragment",
      {
        query: `query ($no: Boolean!) {
          viewer { merchant @include(if: $no) { ... on Merchant { name } } merchant { id } }
        }`,
        variables: { no: false },
      },
    ],
    [
      "an alias that reads like the path of another field",
      {
        query: `{
          charges: paymentCharges { aggregate { sum { totalInCents } count } }
          aggregate_charges: viewer { scopes }
        }`,
        variables: {},
      },
    ],
    [
      "a name with a meaning in JavaScript",
      {
        query: `{ __proto__: viewer { constructor: scopes } toString: viewer { then: scopes } }`,
        variables: {},
      },
    ],
    [
      "a string that looks like the compiler's own marker",
      {
        query: `{ customers(filter: { name: { eq: ["${DATE_MARK}globalThis.ranText=1"] } }) {
          totalCount } }`,
        variables: {},
      },
    ],
    [
      "a variable in an omitted argument",
      {
        query: `query ($size: Int, $eq: [ID!]) {
          orders(page: { size: $size }, filter: { id: { eq: $eq } }) { totalCount nodes { id } }
        }`,
        variables: {},
      },
    ],
    [
      "a variable in an argument that is null despite its default",
      {
        query: `query ($size: Int = 2) { orders(page: { size: $size }) { totalCount } }`,
        variables: { size: null },
      },
    ],
    [
      "a variable that is null despite its default, for a non-null argument",
      {
        query: `query ($id: ID = "x") { order(id: $id) { id } viewer { scopes } }`,
        variables: { id: null },
      },
    ],
    [
      "variables of the wrong type, one of them a secret",
      {
        query: `mutation ($input: CreatePaymentChargeInput!) {
          createPaymentCharge(input: $input) { paymentCharge { id } }
        }`,
        variables: { input: { mode: "NONE", providerSecret: 7, amountInCents: "x", more: 1 } },
      },
    ],
    [
      "one of several operations, after its fragments",
      {
        query: `fragment F on Query { viewer { scopes } } query A { ...F } query B { ...F __typename }`,
        variables: {},
        operationName: "B",
      },
    ],
    [
      "an unknown operation",
      { query: `query A { viewer { scopes } }`, variables: {}, operationName: "B" },
    ],
    [
      "several operations without an operation name",
      { query: `query A { viewer { scopes } } query B { __typename }`, variables: {} },
    ],
    ["a document that is not valid", { query: `{ viewer { nothing } }`, variables: {} }],
    ["a document that cannot be read", { query: `{ viewer {`, variables: {} }],
    ["a question about the schema", { query: getIntrospectionQuery(), variables: {} }],
    [
      "introspection within a fragment",
      {
        query: `{ ...F viewer { scopes } } fragment F on Query { __type(name: "Order") { name } }`,
        variables: {},
      },
    ],
    [
      "a mutation that is refused",
      {
        query: `mutation { createCustomer(input: { name: "" }) {
          customer { id } userErrors { field code message } } }`,
        variables: {},
      },
    ],
    [
      "a mutation without the required scope",
      {
        query: `mutation { createMerchant(input: { name: "A" }) { merchant { id } } }`,
        variables: {},
      },
    ],
    [
      "a charge with a key that was used",
      {
        query: `mutation { createPaymentCharge(input: {
          idempotencyKey: "01988f7a-0000-7000-8000-0000000000aa", provider: NONE, mode: MANUAL,
          amountInCents: 5
        }) { paymentCharge { id createdAt statusHistory { nodes { to at } } } userErrors { message } } }`,
        variables: {},
      },
    ],
  ])("returns the same response as graphql-js: %s", async (_, request) => {
    // Send the request once first, so that a mutation with a key returns the same record to both servers.
    await demo.server.send(demo.token, request.query, request.variables);
    await demo.executors.expectSameAnswers(demo.token, request);
  });

  it.each(SPECIAL_NAMES)("returns the same response as graphql-js: $%s omitted", async (name) => {
    const query = `query ($${name}: ID, $filter: [String!] = ["none"], $size: Int) {
      order(id: "x") { id }
      customers(filter: { id: { notEq: [$${name}] } }, page: { size: $size }) { totalCount }
      paymentCharges(after: $${name}, filter: { description: { eq: $filter } }) { totalCount }
    }`;
    await demo.executors.expectSameAnswers(demo.token, { query, variables: {} });
  });

  it.each(SPECIAL_NAMES)("changes nothing for an omitted variable: $%s", async (name) => {
    const created = `mutation { createPaymentCharge(input: {
      provider: NONE, mode: MANUAL, amountInCents: 5, description: "kept" }) { paymentCharge { id } } }`;
    const { createPaymentCharge } = await demo.server.ask<{
      createPaymentCharge: { paymentCharge: { id: string } };
    }>(demo.token, created);
    const { id } = createPaymentCharge.paymentCharge;
    const query = `mutation ($${name}: String, $id: ID!) {
      updatePaymentCharge(id: $id, input: { description: $${name}, providerId: "p" }) {
        paymentCharge { description } } }`;
    for (let use = 0; use < 3; use++) {
      const { data } = await demo.server.send(demo.token, query, { id });
      expect(data).toEqual({ updatePaymentCharge: { paymentCharge: { description: "kept" } } });
    }
  });

  it("never executes a string in a document as code", async () => {
    const query = `{ customers(filter: { name: { eq: ["${DATE_MARK}(globalThis.ranText=1)"] } }) { totalCount } }`;
    await demo.executors.expectSameAnswers(demo.token, { query, variables: {} });
    expect(globalThis).not.toHaveProperty("ranText");
  });

  it.each([
    ['query ($id: ID = "x") { order(id: $id) { id } }', { id: null }],
    ['query ($id: ID = "x") { order(id: $id) { id } viewer { scopes } }', { id: null }],
    ["query ($size: Int = 2) { orders(page: { size: $size }) { totalCount } }", { size: null }],
  ])("reports a null for a variable with a default: %s", async (query, variables) => {
    const { errors } = await demo.executors.expectSameAnswers(demo.token, { query, variables });
    expect(errors).toMatchObject([
      {
        message: expect.stringMatching(/^The argument /) as string,
        extensions: { code: "BAD_USER_INPUT" },
      },
    ]);
  });

  it("runs no mutation after a failed one in the same request", async () => {
    const name = "Made after a failure";
    const query = `mutation {
      charge: chargePockets(input: { pocketGroupSlug: "none", charges: [] }) { results { code } }
      customer: createCustomer(input: { name: "${name}" }) { customer { id } }
    }`;
    const { data } = await demo.executors.expectSameAnswers(demo.token, { query, variables: {} });
    expect(data).toBeNull();
    const { customers } = await demo.server.ask<{ customers: { totalCount: number } }>(
      demo.token,
      `query ($name: String!) { customers(filter: { name: { eq: [$name] } }) { totalCount } }`,
      { name },
    );
    expect(customers.totalCount).toBe(0);
  });

  const chain = (length: number, on: string, field: string): string =>
    Array.from({ length }, (_, at) => {
      const next = at === length - 1 ? field : `...F${String(at + 1)}`;
      return `fragment F${String(at)} on ${on} { ${next} ${next} }`;
    }).join("\n");
  const nested = (depth: number): string =>
    depth === 0
      ? "id"
      : `id payment { owner { ... on PaymentCharge { ${nested(depth - 1)} }
          ... on PaymentRefund { a: payment { id } } } }`;

  it.each([
    ["fragments that double at each step", `{ viewer { ...F0 } } ${chain(24, "Viewer", "scopes")}`],
    [
      "fragments that double at each step below sums",
      `{ paymentCharges { aggregate { ...F0 } } } ${chain(40, "PaymentChargeAggregate", "count")}`,
    ],
    ["unions in unions", `{ paymentCharges(first: 1) { nodes { ${nested(40)} } } }`],
    [
      "many aliases",
      `{ ${Array.from({ length: 400 }, (_, at) => `a${String(at)}: __typename viewer { scopes }`).join(" ")} }`,
    ],
  ])("is interpreted if its compiled code would be too large: %s", async (_, query) => {
    const request = { query, variables: {} };
    expect(isCompiled(request)).toBe(false);
    const { errors } = await demo.executors.expectSameAnswers(demo.token, request);
    expect(errors).toEqual([]);
  });

  it.each([
    `query ($after: String, $status: PaymentChargeStatus!) {
      paymentCharges(first: 20, after: $after, filter: { status: { eq: [$status] } }) {
        totalCount
        pageInfo { hasNextPage endCursor }
        nodes { ...Charge order { id number } customer { name } }
      }
    }
    fragment Charge on PaymentCharge { id status amountInCents statusHistory { nodes { to at } } }`,
    `mutation ($input: ChargePocketsInput!) {
      chargePockets(input: $input) { results { status code pocketCharge { id balanceAfter } } }
    }`,
    `query { ...Root } fragment Root on Query { viewer { merchant { id name } } }`,
    `{ payments { nodes { id owner { __typename ... on PaymentRefund { reason } } } } }`,
    `query ($id: ID!, $after: String) { node(id: $id) { __typename ...CustomerCharges id } }
    fragment CustomerCharges on Customer {
      name
      paymentCharges(first: 10, after: $after) {
        edges { node { id status totalInCents __typename } cursor }
        pageInfo { endCursor hasNextPage }
      }
      id
    }`,
  ])("is compiled if it is a typical query: %s", (query) => {
    expect(isCompiled({ query, variables: {} })).toBe(true);
  });
});

interface Sample {
  nodes: { id: string; token?: string; phoneNumber?: string }[];
  pageInfo: { endCursor: string };
}

/** Values that find the demo's records, and some that find nothing or are refused. */
async function examplesOf(token: string): Promise<Examples> {
  const page = (field: string, more = ""): string =>
    `${field}(first: 3) { nodes { id ${more} } pageInfo { endCursor } }`;
  const lists = "customers orders payments paymentCharges paymentRefunds paymentAuthorizations";
  const { viewer, ...samples } = await demo.server.ask<
    Record<string, Sample> & { viewer: { merchant: { id: string }; employee: { id: string } } }
  >(
    token,
    `{
      viewer { merchant { id } employee { id } }
      ${`${lists} paymentMethods pocketGroups`.replace(/\w+/g, (field) => page(field))}
      ${page("pocketCharges", "token")} ${page("pockets", "phoneNumber")}
    }`,
  );
  const all: Sample[] = Object.values(samples);
  const nodes = all.flatMap((sample) => sample.nodes);
  const cursors = all.map(({ pageInfo }) => pageInfo.endCursor);
  const slugs = [DEMO_GROUP_SLUG, DEMO_GROUP_SLUG, "none"];
  return {
    ID: [...nodes.map(({ id }) => id), viewer.merchant.id, viewer.employee.id, UNKNOWN_ID, "x"],
    UUID: [...nodes.flatMap((node) => node.token ?? []), UNKNOWN_ID.toUpperCase()],
    String: ["a", "e", "", "IRR", "1", ...SPECIAL_TEXTS],
    Int: [1, 2, 3, 3, 0, -1],
    Amount: [0, 1, "100", 1_000_000, -5],
    DateTime: ["2024-12-02T09:22:05.398979Z", "2026-01-01T00:00:00+03:30"],
    Currency: ["IRR", "usd"],
    slug: slugs,
    pocketGroupSlug: slugs,
    phoneNumber: nodes.flatMap((node) => node.phoneNumber ?? []),
    timeZone: ["UTC", "Asia/Tehran", "Nowhere"],
    after: cursors,
    before: cursors,
  };
}

const SPECIAL_TEXTS = [
  ...[
    "constructor",
    "__proto__",
    "undefined",
    "null",
    "NaN",
    "\\",
    '"',
    "'",
    "`",
    "${1}",
    "\u2028",
  ],
  ...["__MAGIC_NAN__57f286b9_4c20_487f_b409_79804ddcb4f8", `${DATE_MARK}0`],
];

const UNKNOWN_ID = "01988f7a-0000-7000-8000-00000000ffff";
