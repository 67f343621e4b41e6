import { getIntrospectionQuery, getOperationAST, parse, validate } from "graphql";
import { describe, expect, it } from "vitest";
import { playgroundStart } from "../../src/demo/playground-start.js";
import { limitDocument } from "../../src/graphql/operation-limits/document.js";
import { refusalOfSource } from "../../src/graphql/operation-limits/limit-operations.js";
import {
  type OperationMeasure,
  measureOperation,
} from "../../src/graphql/operation-limits/measure.js";
import type { Variables } from "../../src/graphql/operation-limits/size.js";
import { unconnectedSchema } from "../../src/app/features.js";
import { DOCUMENT_LIMITS } from "../../src/shared/request-limits.js";

const schema = unconnectedSchema();

function measure(query: string): OperationMeasure {
  const document = parse(query);
  expect(validate(schema, document)).toEqual([]);
  return measureOperation(schema, document, getOperationAST(document)!);
}

function costOf(query: string, variables: Variables = {}): number {
  return measure(query).costWith(variables);
}

describe("the cost of an operation", () => {
  it.each([
    ["a field", "{ viewer { scopes } }", 1 + 9],
    ["__typename", "{ __typename viewer { __typename } }", 1],
    ["a page of 20", "{ customers { nodes { id name } } }", 1 + 20 * 3],
    ["first", "{ customers(first: 7) { nodes { id name } } }", 1 + 7 * 3],
    ["last", "{ customers(last: 7) { nodes { id name } } }", 1 + 7 * 3],
    ["page.size", "{ customers(page: { number: 3, size: 7 }) { nodes { id } } }", 1 + 7 * 2],
    ["before alone", '{ customers(before: "x") { nodes { id } } }', 1 + 20 * 2],
    ["a page that is refused later", "{ customers(first: 5000) { nodes { id } } }", 1 + 100 * 2],
    ["edges", "{ customers(first: 7) { edges { cursor node { id } } } }", 1 + 7 * 4],
    ["pageInfo, once", "{ customers(first: 7) { pageInfo { endCursor } } }", 1 + 2],
    ["totalCount, whatever the page", "{ customers(first: 100) { totalCount } }", 1 + 100],
    ["aggregate", "{ paymentCharges { aggregate { count sum { totalInCents } } } }", 1 + 100 + 3],
    [
      "groups",
      "{ paymentCharges { groupBy(keys: [STATUS]) { key { status } aggregate { count } } } }",
      1 + 200 + 1_000 * 4,
    ],
    [
      "lists within lists",
      "{ customers(first: 3) { nodes { paymentCharges(first: 5) { nodes { id } } } } }",
      1 + 3 * (1 + 1 + 5 * 2),
    ],
    [
      "aggregates within lists",
      "{ customers(first: 3) { nodes { paymentCharges { totalCount aggregate { count } } } } }",
      1 + 3 * (1 + 1 + 100 + 101),
    ],
    [
      "the sums of a statement, like an aggregate",
      `{ pockets(first: 3) { nodes { statement(from: "2026-01-01T00:00:00Z", to: "2027-01-01T00:00:00Z") {
        openingBalance otherMerchantsSum totals { kind sum }
      } } } }`,
      1 + 3 * (1 + 1 + 1 + 100 + 100 + 4 * 2),
    ],
    [
      "a history, by its page",
      "{ paymentCharges(first: 3) { nodes { statusHistory(last: 5) { nodes { to } } } } }",
      1 + 3 * (1 + 1 + 5 * 2),
    ],
    [
      "a plain list, by its page",
      "{ merchants(first: 3) { nodes { apiTokens(page: { number: 2, size: 7 }) { id } } } }",
      1 + 3 * (1 + 7 * 2),
    ],
    [
      "a plain list without a page",
      "{ pocketGroups(first: 3) { nodes { merchants { id } } } }",
      1 + 3 * (1 + 20 * 2),
    ],
    [
      "a list with a bound, by its bound",
      "{ auditEntries(first: 3) { nodes { changes { field } } } }",
      1 + 3 * (1 + 50 * 2),
    ],
    [
      "a filter by its names and values",
      '{ customers(first: 7, filter: { name: { eq: ["a", "b"] } }) { nodes { id } } }',
      1 + 7 * 2 + 2 + 2,
    ],
    [
      "the logic of a filter",
      '{ customers(first: 7, filter: { or: [{ name: { eq: "a" } }, {}] }) { nodes { id } } }',
      1 + 7 * 2 + 1 + 2 + 2,
    ],
    [
      "patterns for more",
      '{ customers(first: 7, filter: { not: { name: { notMatch: ["a", "b"] } } }) { nodes { id } } }',
      1 + 7 * 2 + 3 + 2 * 11,
    ],
    [
      "long texts in a filter",
      `{ customers(first: 7, filter: { name: { eql: ["${"x".repeat(250)}"] } }) { nodes { id } } }`,
      1 + 7 * 2 + 3 + 2,
    ],
    [
      "filters of lists within lists",
      `{ customers(first: 3) { nodes {
         paymentCharges(first: 5, filter: { currency: { eq: ["EUR"] } }) { nodes { id } }
       } } }`,
      1 + 3 * (1 + 1 + 3 + 5 * 2),
    ],
    [
      "typical sort orders as free",
      "{ customers(first: 7, sort: [{ field: NUMBER, direction: DESC }]) { nodes { id } } }",
      1 + 7 * 2,
    ],
    [
      "long sort orders and cursors by their content",
      `{ customers(first: 7, after: "${"x".repeat(2_000)}", sort: [${"{ field: NUMBER } ".repeat(20)}]) {
           nodes { id }
         } }`,
      1 + 7 * 2 + (20 + 20 * 2 - 20),
    ],
    [
      "the content of fragments, wherever they are spread",
      `{ a: customers(first: 3) { ...Page } b: customers(first: 5) { ...Page } }
       fragment Page on CustomerConnection { totalCount ... on CustomerConnection { nodes { id } } }`,
      2 + 200 + (3 + 5) * 2,
    ],
    [
      "a look-up by several ids, by their number",
      `{ nodes(ids: [${'"x" '.repeat(50)}]) { id ... on Order { number } } }`,
      50 * 3,
    ],
    [
      "charges that are written into the document",
      `mutation { chargePockets(input: { pocketGroupSlug: "g", charges: [
         { token: "01988f7a-d22b-7c3d-977f-27af99c2a5a5", phoneNumber: "1", amount: 1 },
         { token: "01988f7a-d22b-7c3d-977f-27af99c2a5a6", phoneNumber: "2", amount: 2 }
       ] }) { results { status pocketCharge { id } } } }`,
      1 + 2 * 4,
    ],
    [
      "items of several kinds, each by their number",
      `mutation {
         debitPockets(input: { pocketGroupSlug: "g", debits: [{ token: "a", phoneNumber: "1", amount: 1 }] }) {
           results { status pocketEntry { id } }
         }
         releaseHolds(input: { pocketGroupSlug: "g", holdTokens: ["a", "b", "c"] }) { results { status } }
       }`,
      1 + 4 + 1 + 3 * 2,
    ],
  ])("counts %s", (_, query, points) => {
    expect(costOf(query)).toBe(points);
  });

  const CHARGES = `mutation ($input: ChargePocketsInput!, $charges: [PocketChargeInput!]!) {
    a: chargePockets(input: $input) { results { status } }
    b: chargePockets(input: { pocketGroupSlug: "g", charges: $charges }) { results { status } }
  }`;

  it.each([
    ["first", "query ($n: Int) { customers(first: $n) { nodes { id } } }", { n: 7 }, 1 + 7 * 2],
    ["ids", "query ($n: [ID!]!) { nodes(ids: $n) { id } }", { n: ["a", "b", "c"] }, 3 * 2],
    ["no value", "query ($n: Int) { customers(first: $n) { nodes { id } } }", {}, 1 + 20 * 2],
    ["null", "query ($n: Int = 5) { customers(last: $n) { nodes { id } } }", { n: null }, 41],
    ["a default", "query ($n: Int = 5) { customers(last: $n) { nodes { id } } }", {}, 1 + 5 * 2],
    ["a wrong type", "query ($n: Int) { customers(first: $n) { nodes { id } } }", { n: "7" }, 41],
    ["below 0", "query ($n: Int) { customers(first: $n) { nodes { id } } }", { n: -1e9 }, 41],
    [
      "a page",
      "query ($page: PageInput) { customers(page: $page) { nodes { id } } }",
      { page: { number: 1, size: 9 } },
      1 + 9 * 2,
    ],
    [
      "a page's default",
      "query ($page: PageInput = { number: 1, size: 9 }) { customers(page: $page) { nodes { id } } }",
      {},
      1 + 9 * 2,
    ],
    [
      "a page's size",
      "query ($n: Int!) { customers(page: { number: 1, size: $n }) { nodes { id } } }",
      { n: 9 },
      1 + 9 * 2,
    ],
    [
      "sizes in lists within lists",
      `query ($n: Int, $m: Int) {
         customers(first: $n) { nodes { paymentCharges(first: $m) { nodes { id } } } }
       }`,
      { n: 3, m: 5 },
      1 + 3 * (1 + 1 + 5 * 2),
    ],
    ...[
      ["CustomerFilter", "$a", { name: { match: ["x", "y"] } }] as const,
      ["StringFilter", "{ name: $a }", { match: ["x", "y"] }] as const,
      ["[String!]", "{ name: { match: $a } }", ["x", "y"]] as const,
    ].map(([type, filter, a]): [string, string, Variables, number] => [
      `patterns in ${type}`,
      `query ($a: ${type}) { customers(first: 7, filter: ${filter}) { nodes { id } } }`,
      { a },
      1 + 7 * 2 + 2 + 2 * 11,
    ]),
    [
      "single patterns",
      'query ($a: String!) { customers(first: 7, filter: { name: { match: [$a, "y"] } }) { nodes { id } } }',
      { a: "x".repeat(100) },
      1 + 7 * 2 + 2 + 2 * 11 + 1,
    ],
    [
      "a filter's default",
      'query ($a: CustomerFilter = { name: { match: ["x"] } }) { customers(first: 7, filter: $a) { nodes { id } } }',
      {},
      1 + 7 * 2 + 2 + 11,
    ],
    [
      "no filter",
      "query ($a: CustomerFilter) { customers(first: 7, filter: $a) { nodes { id } } }",
      { a: null },
      1 + 7 * 2,
    ],
    [
      "the same value as a pattern and as a plain value",
      `query ($a: [String!]) {
         customers(first: 7, filter: { name: { match: $a, eq: $a } }) { nodes { id } }
       }`,
      { a: ["x"] },
      1 + 7 * 2 + 1 + (1 + 11) + (1 + 1),
    ],
    ["charges", CHARGES, { input: { charges: [1, 2, 3] }, charges: [1, 2] }, 2 + 5 * 2],
  ])("reads from variables: %s", (_, query, variables, points) => {
    expect(costOf(query, variables)).toBe(points);
  });

  it("measures a document once for many variables", () => {
    const one = measure("query ($n: Int) { customers(first: $n) { nodes { id } } }");
    expect([1, 50, 1, 100].map((n) => one.costWith({ n }))).toEqual([3, 101, 3, 201]);
  });
});

it("reads a variable once for all the aliases that share it", () => {
  let reads = 0;
  const filter = {
    get name() {
      reads++;
      return { eq: ["x"] };
    },
  };
  const lists = Array.from({ length: 50 }, (_, index) => {
    return `a${String(index)}: customers(filter: $a, first: 1) { totalCount }`;
  });
  const one = measure(`query ($a: CustomerFilter) { ${lists.join(" ")} }`);
  expect(one.costWith({ a: filter })).toBe(50 * (1 + 100 + 3));
  expect(reads).toBe(1);
});

describe("fragments that spread others twice", () => {
  const LEVELS = 500;
  const spreads = (level: number): string =>
    level === LEVELS ? "id" : `...F${String(level + 1)} ...F${String(level + 1)}`;
  const fragments = (prefix: (level: number) => string): string =>
    Array.from({ length: LEVELS + 1 }, (_, level) => {
      return `fragment F${String(level)} on Customer { ${prefix(level)} ${spreads(level)} }`;
    }).join("\n");

  it("are visited once each, however often they are spread", () => {
    const document = parse(`query ($n: Int) { customers(first: $n) { nodes { ...F0 } } }
      ${fragments(() => "")}`);
    const one = measureOperation(schema, document, getOperationAST(document)!);
    expect(one.costWith({ n: 1 })).toBe(Number.MAX_SAFE_INTEGER);
    expect(one.costWith({ n: 0 })).toBe(1);
  });

  it("are measured once each, also if each has its own list", () => {
    const list = (level: number): string =>
      `l${String(level)}: paymentCharges(first: $n) { nodes { id } }`;
    const document = parse(`query ($n: Int) { customers { nodes { ...F0 } } } ${fragments(list)}`);
    const one = measureOperation(schema, document, getOperationAST(document)!);
    let reads = 0;
    const variables = {
      get n() {
        reads++;
        return 1;
      },
    };
    expect(one.costWith(variables)).toBe(Number.MAX_SAFE_INTEGER);
    expect(reads).toBe(LEVELS + 1);
    expect(one.aliases).toBe(Number.MAX_SAFE_INTEGER);
  });
});

describe("typical requests", () => {
  type Sent = readonly [what: string, query: string];
  const { tabs } = playgroundStart("a token");

  it.each<Sent>([
    ["the introspection query", getIntrospectionQuery()],
    [
      "the same with every selection",
      getIntrospectionQuery({
        specifiedByUrl: true,
        directiveIsRepeatable: true,
        schemaDescription: true,
        inputValueDeprecation: true,
        oneOf: true,
      }),
    ],
    ...tabs.map(
      ({ query }, index) => [`tab ${String(index + 1)} of the playground`, query] as const,
    ),
  ])("stay far below every limit: %s", (_, query) => {
    const document = parse(query, { maxLexicalTokens: DOCUMENT_LIMITS.tokens / 2 });
    const one = measureOperation(schema, document, getOperationAST(document)!);
    const halved = { ...DOCUMENT_LIMITS, nesting: 50, selections: 200 };
    expect(refusalOfSource(query, halved)).toBeUndefined();
    expect(validate(schema, document, [limitDocument(halved)])).toEqual([]);
    expect(one.depth).toBeLessThanOrEqual(DOCUMENT_LIMITS.depth / 2);
    expect(one.aliases).toBeLessThanOrEqual(DOCUMENT_LIMITS.aliases / 2);
    expect(one.directives).toBeLessThanOrEqual(DOCUMENT_LIMITS.directives / 2);
    expect(one.costWith({})).toBeLessThanOrEqual(DOCUMENT_LIMITS.cost * 0.9);
  });
});
