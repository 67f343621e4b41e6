import pg from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { newId } from "../../src/shared/uuid.js";
import * as payments from "../support/payments.js";
import { accepted, paymentIdOf } from "../support/payments.js";
import { type TestMerchant, TestServer, made } from "../support/server.js";

const COUNT = 100;
const EMPLOYEES = 5;

let server: TestServer;
let merchant: TestMerchant;

/** Creates 100 charges, each with its own customer, order, method, authorization and refund. */
beforeAll(async () => {
  server = await TestServer.start();
  merchant = await server.createMerchant();
  const tokens: string[] = [];
  for (let n = 0; n < EMPLOYEES; n++) tokens.push(await createEmployeeToken());
  await Promise.all(
    tokens.map(async (token) => {
      for (let n = 0; n < COUNT / EMPLOYEES; n++) await createPayments(token);
    }),
  );
});

afterAll(() => server.stop());

async function createEmployeeToken(): Promise<string> {
  const person = { merchantId: merchant.id, name: "E", email: `e-${newId()}@example.com` };
  const employeeId = made(await server.app.services.employees.create(person)).id;
  return server.createToken({ merchantId: merchant.id, employeeId });
}

async function createPayments(token: string): Promise<void> {
  const customerId = (await accepted(payments.createCustomer(server, token, { name: "C" }))).id;
  const method = { provider: "STRIPE", identifier: "pm", methodType: "card", label: "Card" };
  const methods = payments.createMethod(server, token, { ...method, customerId });
  const orders = payments.createOrder(server, token, { customerId, totalInCents: 700 });
  const paymentMethodId = (await accepted(methods)).id;
  const orderId = (await accepted(orders)).id;
  const all = { status: "SUCCEEDED", amountInCents: 500, orderId, customerId, paymentMethodId };
  const authorized = payments.createAuthorization(server, token, { ...all, mode: "REQUEST" });
  const paymentAuthorizationId = (await accepted(authorized)).id;
  const capture = { ...all, mode: "CAPTURE", paymentAuthorizationId, providerSecret: "secret" };
  const charge = await accepted(payments.createCharge(server, token, capture));
  await accepted(payments.updateCharge(server, token, charge.id, { status: "FAILED" }));
  await accepted(payments.updateCharge(server, token, charge.id, { status: "SUCCEEDED" }));
  const refund = { paymentChargeId: charge.id, provider: "NONE", amountInCents: 200 };
  await accepted(payments.createRefund(server, token, refund));
}

interface Asked<Data> {
  data: Data;
  /** The statements sent to the database, except the token look-up, those of new connections and those that look for events. */
  statements: string[];
}

/** Sends a query. @returns the response and the statements sent during it on any connection. */
async function ask<Data>(query: string): Promise<Asked<Data>> {
  const sent = vi.spyOn(pg.Client.prototype, "query");
  try {
    const data = await server.ask<Data>(merchant.token, query);
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
  return typeof statement === "string" ? statement : (statement as pg.QueryConfig).text;
}

type Node = Record<string, unknown> & { id: string };

/** Queries 100 records of a list with relations. @returns them and the number of statements. */
async function list(field: string, selection: string): Promise<[nodes: Node[], taken: number]> {
  const query = `{ list: ${field}(first: 100) { nodes { id ${selection} } } }`;
  const { data, statements } = await ask<{ list: { nodes: Node[] } }>(query);
  expect(data.list.nodes).toHaveLength(COUNT);
  expect(new Set(data.list.nodes.map(({ id }) => id)).size).toBe(COUNT);
  return [data.list.nodes, statements.length];
}

/** Many-to-one relations, each with the id field that names its record. */
const TO_ONE: Record<string, string[]> = {
  paymentCharges: ["customer", "employee", "order", "paymentAuthorization", "paymentMethod"],
  paymentRefunds: ["customer", "employee", "order", "paymentCharge"],
  paymentAuthorizations: ["customer", "employee", "order", "paymentMethod"],
  orders: ["customer"],
  paymentMethods: ["customer"],
};
/** A field of each record that requires reading the record, not only its id. */
const MORE: Record<string, string> = {
  customer: "name",
  employee: "email",
  order: "number",
  paymentAuthorization: "capturedAt",
  paymentMethod: "label",
  paymentCharge: "status",
};
const selectionOf = (relations: readonly string[]): string =>
  relations.map((name) => `${name}Id ${name} { id ${MORE[name]!} }`).join(" ");

function expectRelated(nodes: Node[], relations: readonly string[]): void {
  for (const node of nodes) {
    for (const name of relations) {
      expect(node[`${name}Id`]).toBeTypeOf("string");
      expect(node[name]).toMatchObject({ id: node[`${name}Id`] });
      expect((node[name] as Node)[MORE[name]!]).toEqual(expect.anything());
    }
  }
}

describe("a relation to one record", () => {
  const ROWS = Object.entries(TO_ONE).flatMap(([field, relations]) =>
    relations.map((relation) => [field, relation] as const),
  );

  it.each(ROWS)("of 100 %s is read in the statement of the list: %s", async (field, relation) => {
    const [nodes, taken] = await list(field, selectionOf([relation]));
    expectRelated(nodes, [relation]);
    expect(taken).toBe(1);
  });

  it("takes one more statement for a relation of 100 related records", async () => {
    const nested = "customer { id name } order { number customer { id name } }";
    const [nodes, taken] = await list("paymentCharges", nested);
    for (const { customer, order } of nodes) expect(order).toMatchObject({ customer });
    expect(taken).toBe(2);
  });
});

describe("all relations together", () => {
  const PAYMENT = "payment { id status owner { __typename } }";

  it("of 100 charges take at most one statement each, in addition to the list's", async () => {
    const relations = TO_ONE["paymentCharges"]!;
    const refunds = "paymentRefunds(first: 3) { nodes { id amountInCents paymentChargeId } }";
    const selection = `providerSecret ${selectionOf(relations)} payment { id status } ${refunds}`;
    const [nodes, taken] = await list("paymentCharges", selection);
    expectRelated(nodes, relations);
    for (const { id, ...charge } of nodes) {
      expect(charge).toMatchObject({
        providerSecret: "secret",
        payment: { id: paymentIdOf(id), status: "SUCCEEDED" },
        paymentRefunds: { nodes: [{ amountInCents: 200, paymentChargeId: id }] },
      });
    }
    expect(taken).toBeLessThanOrEqual(1 + 7);
  });

  it("of 100 refunds take at most one statement each, in addition to the list's", async () => {
    const relations = TO_ONE["paymentRefunds"]!;
    const [nodes, taken] = await list("paymentRefunds", selectionOf(relations) + PAYMENT);
    expectRelated(nodes, relations);
    for (const { id, payment } of nodes) {
      const owner = { __typename: "PaymentRefund" };
      expect(payment).toEqual({ id: paymentIdOf(id), status: "SUCCEEDED", owner });
    }
    expect(taken).toBeLessThanOrEqual(1 + 5);
  });

  it("of 100 authorizations take at most one statement each, in addition to the list's", async () => {
    const relations = TO_ONE["paymentAuthorizations"]!;
    const charges = "paymentCharges { nodes { id paymentAuthorizationId } }";
    const selection = `${selectionOf(relations)} payment { id status } ${charges}`;
    const [nodes, taken] = await list("paymentAuthorizations", selection);
    expectRelated(nodes, relations);
    for (const { id, payment, paymentCharges } of nodes) {
      expect(payment).toEqual({ id: paymentIdOf(id), status: "CAPTURED" });
      expect(paymentCharges).toMatchObject({ nodes: [{ paymentAuthorizationId: id }] });
    }
    expect(taken).toBeLessThanOrEqual(1 + 6);
  });

  it("of 100 orders take at most one statement each, in addition to the list's", async () => {
    const charges = "paymentCharges(first: 3) { nodes { orderId } totalCount }";
    const [nodes, taken] = await list(
      "orders",
      `paidInCents ${selectionOf(["customer"])} ${charges}`,
    );
    expectRelated(nodes, ["customer"]);
    for (const { id, paidInCents, paymentCharges } of nodes) {
      expect(paidInCents).toBe(300);
      expect(paymentCharges).toEqual({ nodes: [{ orderId: id }], totalCount: 1 });
    }
    // The orders, their customers, their paid amounts, their charges and the number of charges.
    expect(taken).toBeLessThanOrEqual(1 + 4);
  });

  it("of 100 customers with three charges each at most take two statements", async () => {
    const charges = "paymentCharges(first: 3) { nodes { customerId amountInCents } }";
    const [nodes, taken] = await list("customers", charges);
    for (const { id, paymentCharges } of nodes) {
      expect(paymentCharges).toEqual({ nodes: [{ customerId: id, amountInCents: 500 }] });
    }
    expect(taken).toBeLessThanOrEqual(2);
  });

  it("of 100 payments take one statement for the orders and one for the owners of each kind", async () => {
    const owner = `owner {
      __typename
      ... on PaymentCharge { id chargeStatus: status refundable providerSecret }
      ... on PaymentRefund { id refundStatus: status reason }
      ... on PaymentAuthorization { id authorizationStatus: status capturedAt }
    }`;
    const [nodes, taken] = await list("payments", `orderId order { id number } ${owner}`);
    const kinds = new Set<unknown>();
    for (const node of nodes) {
      expect(node["order"]).toMatchObject({ id: node["orderId"] });
      expect(node.id).toBe(paymentIdOf((node["owner"] as Node).id));
      kinds.add((node["owner"] as Node)["__typename"]);
    }
    expect([...kinds].toSorted()).toEqual([
      "PaymentAuthorization",
      "PaymentCharge",
      "PaymentRefund",
    ]);
    expect(taken).toBeLessThanOrEqual(1 + 1 + 3);
  });
});

describe("the history of statuses", () => {
  it.each([
    ["paymentCharges", ["SUCCEEDED", "FAILED", "SUCCEEDED"]],
    ["paymentRefunds", ["SUCCEEDED"]],
    ["paymentAuthorizations", ["SUCCEEDED", "CAPTURED"]],
  ])("of 100 %s is one statement, and one more for the employees", async (field, statuses) => {
    const [nodes, taken] = await list(field, "statusHistory { nodes { from to } }");
    const changes = statuses.map((to, n) => ({ from: statuses[n - 1] ?? null, to }));
    for (const { statusHistory } of nodes) expect(statusHistory).toEqual({ nodes: changes });
    expect(taken).toBe(2);
    const [, withEmployees] = await list(
      field,
      "statusHistory { nodes { to employee { id email } } }",
    );
    expect(withEmployees).toBe(3);
  });
});

describe("a list of payments", () => {
  it.each(["paymentCharges", "paymentRefunds", "paymentAuthorizations", "payments"])(
    "of %s without relations is one statement, and counts nothing unless asked to",
    async (field) => {
      const page = `nodes { id status totalInCents } pageInfo { hasNextPage }`;
      const { statements } = await ask(`{ ${field}(first: 10) { ${page} } }`);
      expect(statements).toHaveLength(1);
      expect(statements[0]).not.toMatch(/\b(count|sum|avg|min|max)\s*\(/i);
      expect((await ask(`{ ${field}(first: 10) { ${page} totalCount } }`)).statements).toHaveLength(
        2,
      );
    },
  );
});
