import {
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  getOperationAST,
  isObjectType,
  parse,
  print,
} from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { unconnectedSchema } from "../../src/app/features.js";
import { isColumnValue, readableWithout } from "../../src/graphql/json-records.js";
import { isRelated } from "../../src/graphql/related.js";
import { recordsAsJson } from "../../src/graphql/execution/records-as-json.js";
import { allowedScopesOf } from "../support/operations.js";
import { type DemoExecutors, startDemoExecutors } from "../support/two-executors.js";

const schema = unconnectedSchema();

let demo: DemoExecutors;

beforeAll(async () => {
  demo = await startDemoExecutors();
});
afterAll(() => demo.stop());

/** A document as it is executed: `nodesAsJson` in place of `nodes` that are read as JSON. */
function executed(query: string): string {
  const document = parse(query);
  return print(recordsAsJson(schema, document, getOperationAST(document)!));
}

/** All columns of a type, and those of its relations. */
function columnsIn(type: GraphQLObjectType, hasRelations = true): string {
  const fields = Object.values(type.getFields()).flatMap((field) => {
    if (isColumnValue(field)) return [field.name];
    const other = getNamedType(field.type);
    if (!hasRelations || !isRelated(field) || !isObjectType(other)) return [];
    return [`${field.name} { ${columnsIn(other, false)} }`];
  });
  return ["__typename", ...fields].join(" ");
}

/** The relations of the records in a list; none for another field. */
function relationsOf(list: GraphQLField<unknown, unknown>): GraphQLField<unknown, unknown>[] {
  const connection = getNamedType(list.type);
  const nodes = isObjectType(connection) ? connection.getFields()["nodes"] : undefined;
  const record = nodes && getNamedType(nodes.type);
  return isObjectType(record) ? Object.values(record.getFields()).filter(isRelated) : [];
}

/** The lists at the top level, with the type of their records. */
function listsIn(of: GraphQLSchema): [name: string, type: GraphQLObjectType][] {
  return Object.values(of.getQueryType()!.getFields()).flatMap((field) => {
    const type = getNamedType(field.type);
    const nodes = isObjectType(type) ? type.getFields()["nodes"] : undefined;
    const record = nodes && getNamedType(nodes.type);
    const isList = nodes !== undefined && readableWithout(nodes) !== undefined;
    return isList && isObjectType(record) ? [[field.name, record]] : [];
  });
}

describe("records of which only columns are selected", () => {
  it("have no relation that needs other scopes than their lists", () => {
    const lists = Object.values(schema.getTypeMap()).flatMap((type) =>
      isObjectType(type) ? Object.values(type.getFields()) : [],
    );
    const checked = lists.flatMap((list) => {
      const own = allowedScopesOf(list) ?? [];
      return relationsOf(list).map((relation) => {
        const needed = allowedScopesOf(relation) ?? [];
        const isCovered = own.length > 0 && own.every((scope) => needed.includes(scope));
        expect(needed.length === 0 || isCovered, `${list.name} ${relation.name}`).toBe(true);
      });
    });
    expect(checked.length).toBeGreaterThan(20);
  });

  it("have no column that a resolver shows differently", () => {
    const field = schema.getType("Order") as GraphQLObjectType;
    const { number } = field.getFields();
    expect(isColumnValue(number!)).toBe(true);
    expect(isColumnValue({ ...number!, resolve: () => "***" })).toBe(false);
  });

  it("keep their cursors when the next request sorts by another field", async () => {
    const query = `query ($field: PaymentChargeSortField!) {
      paymentCharges(first: 3, sort: [{ field: $field, direction: ASC }]) {
        nodes { id } pageInfo { startCursor endCursor } } }`;
    for (const field of ["TOTAL_IN_CENTS", "CREATED_AT", "STATUS", "TOTAL_IN_CENTS"]) {
      const { errors } = await demo.executors.expectSameAnswers(demo.token, {
        query,
        variables: { field },
      });
      expect(errors).toEqual([]);
    }
  });

  it.each(listsIn(schema))("are read as JSON with the same bytes: %s", async (name, type) => {
    const query = `{ ${name}(first: 20) { nodes { ${columnsIn(type)} } pageInfo { hasNextPage startCursor endCursor } } }`;
    expect(executed(query)).toContain("nodes: nodesAsJson");
    for (const caller of [demo.token, demo.server.operatorToken])
      await demo.executors.expectSameAnswers(caller, { query, variables: {} });
  });

  it.each([
    ["in another order, backwards", `{ customers(last: 2) { nodes { name id __typename } } }`],
    [
      "sorted by a field that is not selected",
      `{ paymentCharges(first: 3, sort: [{ field: TOTAL_IN_CENTS, direction: ASC }]) {
        nodes { status } pageInfo { endCursor } } }`,
    ],
    ["without any column", `{ pockets(first: 2) { nodes { __typename } pageInfo { endCursor } } }`],
    ["of an empty page", `{ orders(page: { number: 999, size: 5 }) { nodes { id } } }`],
    ["under an alias", `{ a: orders(first: 2) { b: nodes { id } } }`],
    [
      "in fragments",
      `{ orders(first: 3) { ...Page } }
      fragment Page on OrderConnection { nodes { ...Order ... on Node { id } ... { status } } pageInfo { endCursor } }
      fragment Order on Order { number id customer { ...Named } }
      fragment Named on Customer { name }`,
    ],
    [
      "of each record of another list",
      `{ customers(first: 5) { nodes { id metadata { key } paymentCharges(first: 2) { nodes { id status } pageInfo { endCursor hasNextPage } } } } }`,
    ],
    [
      "of a list with different arguments",
      `{ a: orders(first: 2) { nodes { id } } b: orders(first: 3) { nodes { number } totalCount } }`,
    ],
    [
      "of a numbered page with relations",
      `{ paymentCharges(page: { number: 2, size: 3 }) { nodes { id order { number } } pageInfo { endCursor } } }`,
    ],
    [
      "of the last page with relations",
      `{ paymentCharges(last: 3) { nodes { id order { number } customer { name } } pageInfo { startCursor } } }`,
    ],
    [
      "in a fragment on an interface",
      `{ orders(first: 2) { nodes { number ... on Node { id ... on Order { createdAt } } } } }`,
    ],
    ["with the fields before them", `{ orders(first: 2) { pageInfo { endCursor } nodes { id } } }`],
  ])("are read as JSON with the same bytes: %s", async (_, query) => {
    expect(executed(query)).toContain("nodesAsJson");
    await demo.executors.expectSameAnswers(demo.token, { query, variables: {} });
  });

  it.each([
    ["a column has an alias", `{ orders(first: 2) { nodes { id a: number } } }`],
    ["a field is computed", `{ paymentCharges(first: 2) { nodes { id currencyMinorUnits } } }`],
    [
      "a list is selected",
      `{ customers(first: 2) { nodes { id paymentCharges { totalCount } } } }`,
    ],
    ["metadata are selected", `{ customers(first: 2) { nodes { id metadata { key value } } } }`],
    [
      "a relation of a relation is selected",
      `{ paymentCharges(first: 2) { nodes { id order { id customer { id } } } } }`,
    ],
    [
      "a fragment within one on an interface is on another type",
      `{ orders(first: 2) { nodes { number ... on Node { ... on Customer { createdAt } } } } }`,
    ],
    [
      "such a fragment is in a relation",
      `{ paymentCharges(first: 9) { nodes { id customer { name ...F } } } }
      fragment F on Node { ... on Order { createdAt } }`,
    ],
    [
      "their list is selected under another alias",
      `{ a: orders(first: 2) { nodes { id } } b: orders(first: 2) { nodes { number } } }`,
    ],
    [
      "they are selected under another alias",
      `{ orders(first: 2) { nodes { id } more: nodes { number } } }`,
    ],
    ["edges are selected too", `{ orders(first: 2) { nodes { id } edges { cursor } } }`],
    ["they are selected twice", `{ orders(first: 2) { nodes { id } nodes { number } } }`],
    [
      "their list is selected twice",
      `{ orders(first: 2) { nodes { id } } orders(first: 2) { nodes { id metadata { key } } } }`,
    ],
    [
      "they are selected again in a fragment",
      `{ orders(first: 2) { nodes { id } ...F } } fragment F on OrderConnection { nodes { customer { id } } }`,
    ],
  ])("are resolved if %s", async (_, query) => {
    expect(executed(query)).not.toContain("nodesAsJson");
    const { errors } = await demo.executors.expectSameAnswers(demo.token, { query, variables: {} });
    expect(errors).toEqual([]);
  });
});
