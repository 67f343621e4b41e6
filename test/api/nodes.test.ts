import { getNamedType, isInterfaceType, isLeafType, isObjectType } from "graphql";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { unconnectedSchema } from "../../src/app/features.js";
import { type ApiScope, MERCHANT_SCOPES } from "../../src/callers/api-scope.js";
import { newId } from "../../src/shared/uuid.js";
import { isRequired, operationsOf } from "../support/operations.js";
import { paymentIdOf } from "../support/payments.js";
import { newPhoneNumber } from "../support/pockets.js";
import { TestServer } from "../support/server.js";
import { type Tenant, createTenant } from "../support/tenant.js";

const schema = unconnectedSchema();
const OBJECT_TYPES = Object.values(schema.getTypeMap()).filter(isObjectType);
const NODE = schema.getType("Node");
const NODE_TYPES = isInterfaceType(NODE) ? schema.getPossibleTypes(NODE) : [];

type Row = Record<string, unknown> & { readonly __typename: string; readonly id: string };

let server: TestServer;
let tenant: Tenant;
let other: Tenant;
/** What the tenant's token, the other tenant's and an operator's can list, by type. */
let rows: Record<"tenant" | "other" | "operator", Map<string, Row[]>>;

beforeAll(async () => {
  server = await TestServer.start();
  const shared = { slug: await server.createGroup({}), phoneNumber: newPhoneNumber() };
  tenant = await createTenant(server, "Tenant", shared);
  other = await createTenant(server, "Other", shared);
  rows = {
    tenant: await listAll(tenant.token),
    other: await listAll(other.token),
    operator: await listAll(server.operatorToken, true),
  };
});

afterAll(() => server.stop());

/** The fields of a type that are plain values of its record. */
function leavesOf(typeName: string): string {
  const type = OBJECT_TYPES.find(({ name }) => name === typeName)!;
  const fields = Object.values(type.getFields()).filter(
    ({ type: of, args }) => isLeafType(getNamedType(of)) && !args.some(isRequired),
  );
  return `__typename ${fields.map(({ name }) => name).join(" ")}`;
}

/** The lists of Query, by the type of their records. */
const LISTS = operationsOf(schema).flatMap(({ kind, name, field, allowedScopes = [] }) => {
  const [, type] = /^(\w+)Connection$/.exec(getNamedType(field.type).name) ?? [];
  return kind === "query" && type !== undefined ? [{ name, type, allowedScopes }] : [];
});

/** Every record that a token can list, and the merchant's own record with its tokens. */
async function listAll(token: string, isOperator = false): Promise<Map<string, Row[]>> {
  const lists = LISTS.filter(
    ({ allowedScopes: [first] }) =>
      first === undefined || (first === "OPERATOR") === isOperator || first === "POCKETS_READ",
  ).map(({ name, type }) => `${name}(first: 100) { nodes { ${leavesOf(type)} } }`);
  const own = `viewer { merchant {
    ${leavesOf("Merchant")} apiTokens { ${leavesOf("ApiToken")} }
  } }`;
  const { viewer, ...found } = await server.ask<
    Record<string, { nodes: Row[] }> & { viewer: { merchant: Merchant | null } }
  >(token, `{ ${own} ${lists.join(" ")} }`);
  const nodes = Object.values(found).flatMap((list) => list.nodes);
  if (viewer.merchant) {
    const { apiTokens, ...merchant } = viewer.merchant;
    nodes.push(merchant, ...apiTokens);
  }
  const types = new Set(nodes.map(({ __typename }) => __typename));
  return new Map([...types].map((type) => [type, nodes.filter((row) => row.__typename === type)]));
}

type Merchant = Row & { readonly apiTokens: readonly Row[] };

async function nodesOf(
  token: string,
  ids: readonly string[],
  selection = "__typename id",
): Promise<(Row | null)[]> {
  const found: (Row | null)[] = [];
  for (let at = 0; at < ids.length; at += 100) {
    const query = `query ($ids: [ID!]!) { nodes(ids: $ids) { ${selection} } }`;
    const part = ids.slice(at, at + 100);
    found.push(...(await server.ask<{ nodes: Row[] }>(token, query, { ids: part })).nodes);
  }
  return found;
}

describe("every type with an id", () => {
  it("implements Node", () => {
    const identified = OBJECT_TYPES.filter(
      // The subject of an event refers to a record by its id.
      (type) => String(type.getFields()["id"]?.type) === "ID!" && type.name !== "EventSubject",
    );
    expect(identified.length).toBeGreaterThan(13);
    expect(NODE_TYPES.map(({ name }) => name).toSorted()).toEqual(
      identified.map(({ name }) => name).toSorted(),
    );
  });

  it("has ids that no other type has", () => {
    const idsOf = new Map<string, Set<string>>();
    for (const [type, found] of Object.values(rows).flatMap((one) => [...one])) {
      const ids = idsOf.get(type) ?? new Set();
      idsOf.set(type, ids);
      for (const { id } of found) ids.add(id);
    }
    expect([...idsOf.keys()].toSorted()).toEqual(NODE_TYPES.map(({ name }) => name).toSorted());
    const all = [...idsOf.values()].flatMap((ids) => [...ids]);
    expect(all.length).toBeGreaterThan(50);
    expect(new Set(all).size).toBe(all.length);
  });

  it.each(NODE_TYPES.map(({ name }) => name))("is found by its id: %s", async (type) => {
    const isOperators = type === "AuditEntry";
    const token = isOperators ? server.operatorToken : tenant.token;
    const expected = rows[isOperators ? "operator" : "tenant"].get(type) ?? [];
    expect(expected.length).toBeGreaterThan(0);
    const selection = `... on ${type} { ${leavesOf(type)} }`;
    const ids = expected.map(({ id }) => id);
    expect(await nodesOf(token, ids, selection)).toEqual(expected);
    const query = `query ($id: ID!) { node(id: $id) { id ${selection} } }`;
    const id = ids[0]!.toUpperCase();
    expect(await server.ask(token, query, { id })).toEqual({ node: expected[0] });
  });
});

describe("a token", () => {
  /** The scopes of which a token needs one to read a type by its id. */
  function scopesOf({ __typename: type, ...row }: Row): readonly ApiScope[] {
    // An event needs the scope of its subject.
    if (type === "Event")
      return [String(row["type"]).startsWith("POCKET_") ? "POCKETS_READ" : "PAYMENTS_READ"];
    // Each merchant reads its own record and its tokens as the viewer.
    if (type === "Merchant" || type === "ApiToken") return [];
    return LISTS.find((list) => list.type === type)!.allowedScopes;
  }

  it.each(MERCHANT_SCOPES)("with only %s finds only what it may read", async (scope) => {
    const token = await server.createToken({ merchantId: tenant.id, scopes: [scope] });
    const all = [...rows.tenant.values(), rows.operator.get("AuditEntry")!.slice(0, 1)].flat();
    const mayRead = (row: Row): boolean => {
      const scopes = scopesOf(row);
      return scopes.length === 0 || scopes.includes(scope);
    };
    const found = await nodesOf(
      token,
      all.map(({ id }) => id),
    );
    expect(found.map((row) => row?.id ?? null)).toEqual(
      all.map((row) => (mayRead(row) ? row.id : null)),
    );
  });

  it("finds nothing of another merchant", async () => {
    const own = new Set([...rows.other.values()].flat().map(({ id }) => id));
    const all = [...rows.tenant.values(), ...rows.operator.values()].flat();
    const ids = all.map(({ id }) => id);
    expect((await nodesOf(other.token, ids)).map((row) => row?.id ?? null)).toEqual(
      ids.map((id) => (own.has(id) ? id : null)),
    );
    expect(ids.filter((id) => own.has(id)).length).toBeGreaterThan(3);
  });

  it("of an operator finds what operators can list", async () => {
    const token = server.operatorToken;
    const all = [...rows.operator.values()].flat();
    const ids = all.map(({ id }) => id);
    expect((await nodesOf(token, ids)).map((row) => row?.id ?? null)).toEqual(ids);
    const { paymentChargeId, customerId, spareTokenId } = tenant;
    expect(await nodesOf(token, [paymentChargeId, customerId, spareTokenId])).toEqual([
      null,
      null,
      { __typename: "ApiToken", id: spareTokenId },
    ]);
  });

  it("is required", async () => {
    const query = `{ node(id: "${tenant.id}") { id } nodes(ids: []) { id } }`;
    const { errors } = await server.send(null, query);
    expect(errors?.map(({ extensions }) => extensions.code)).toContain("UNAUTHENTICATED");
  });
});

describe("a look-up of several ids", () => {
  it("returns null for ids that no record has, in the order of the ids", async () => {
    const { customerId: id, paymentChargeId } = tenant;
    const unknown = [newId(), paymentIdOf(newId()), "", "x", crypto.randomUUID()];
    const ids = [unknown[0]!, id, ...unknown, paymentChargeId, id, paymentIdOf(paymentChargeId)];
    expect(await nodesOf(tenant.token, ids)).toEqual([
      null,
      { __typename: "Customer", id },
      ...unknown.map(() => null),
      { __typename: "PaymentCharge", id: paymentChargeId },
      { __typename: "Customer", id },
      { __typename: "Payment", id: paymentIdOf(paymentChargeId) },
    ]);
    expect(await nodesOf(tenant.token, [])).toEqual([]);
  });

  it("is refused with more than 100 ids", async () => {
    const query = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    const ids = Array.from({ length: 101 }, () => tenant.customerId);
    const { errors } = await server.send(tenant.token, query, { ids });
    expect(errors).toMatchObject([
      {
        message: "ids has 101 ids; at most 100 are allowed.",
        extensions: { code: "BAD_USER_INPUT" },
      },
    ]);
    const { nodes } = await server.ask<{ nodes: Row[] }>(tenant.token, query, {
      ids: ids.slice(1),
    });
    expect(nodes).toHaveLength(100);
  });

  it.each<[what: string, ids: (of: Tenant) => string[], statements: number]>([
    ["records of one type", (of) => [of.paymentMethodId, of.spareMethodId], 2],
    ["records of three types", (of) => [of.customerId, of.orderId, of.employeeId, of.orderId], 4],
    ["payments, whose ids are derived", (of) => [paymentIdOf(of.paymentRefundId)], 2],
    ["ids that no record has", () => [newId(), newId()], 1],
    ["strings that are no UUIDs", () => ["x"], 0],
  ])("takes one statement for each type, and one to find the types: %s", async (_, ids, count) => {
    const [first = "", ...others] = ids(tenant);
    const query = `query ($id: ID!, $ids: [ID!]!) {
      node(id: $id) { id } again: node(id: $id) { __typename } nodes(ids: $ids) { id }
    }`;
    expect(await statementsOf(query, { id: first, ids: others })).toBe(count);
  });
});

/** The number of statements that a query sends, except the token's look-up and those that look for events. */
async function statementsOf(query: string, variables: Record<string, unknown>): Promise<number> {
  const sent = vi.spyOn(pg.Client.prototype, "query");
  try {
    await server.ask(tenant.token, query, variables);
    const texts = sent.mock.calls.map(([statement]) => (statement as { text?: string }).text ?? "");
    return texts.filter((text) => !/secret_hash|pg_backend_pid|event_horizon|notify/.test(text))
      .length;
  } finally {
    sent.mockRestore();
  }
}
