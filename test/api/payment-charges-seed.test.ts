import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { newId } from "../../src/shared/uuid.js";
import { TestServer, made } from "../support/server.js";

/** Attributes as in the examples of the REST API. */
type Attributes = Record<string, string | number | boolean | null>;

const LISTED: Attributes = {
  created_at: "2024-12-02T09:22:05.398979+00:00",
  updated_at: "2024-12-02T09:22:05.398979+00:00",
  status: "created",
  amount_in_cents: 5000,
  deposit_in_cents: 0,
  total_in_cents: 5000,
  currency: "usd",
  mode: "request",
  description: null,
  provider: "stripe",
  provider_id: null,
  provider_method: null,
  provider_secret: null,
  refundable: true,
  amount_refundable_in_cents: 5000,
  amount_refunded_in_cents: 0,
  deposit_refundable_in_cents: 0,
  deposit_refunded_in_cents: 0,
  total_refundable_in_cents: 5000,
  total_refunded_in_cents: 0,
  succeeded_at: null,
  failed_at: null,
  canceled_at: null,
  expired_at: null,
  employee_id: null,
  order_id: null,
  customer_id: null,
  payment_method_id: null,
  payment_authorization_id: null,
};

const FETCHED: Attributes = {
  created_at: "2024-12-02T09:22:03.992706+00:00",
  updated_at: "2024-12-02T09:22:03.992706+00:00",
  status: "created",
  amount_in_cents: 5000,
  deposit_in_cents: 0,
  total_in_cents: 5000,
  currency: "usd",
  mode: "request",
  description: null,
  provider: "stripe",
  provider_id: null,
  provider_method: null,
  provider_secret: null,
  refundable: true,
  amount_refundable_in_cents: 5000,
  amount_refunded_in_cents: 0,
  deposit_refundable_in_cents: 0,
  deposit_refunded_in_cents: 0,
  total_refundable_in_cents: 5000,
  total_refunded_in_cents: 0,
  succeeded_at: null,
  failed_at: null,
  canceled_at: null,
  expired_at: null,
  employee_id: null,
  order_id: null,
  customer_id: null,
  payment_method_id: null,
  payment_authorization_id: null,
};

const CREATED: Attributes = {
  created_at: "2024-12-02T09:22:04.476405+00:00",
  updated_at: "2024-12-02T09:22:04.476405+00:00",
  status: "succeeded",
  amount_in_cents: 10000,
  deposit_in_cents: 5000,
  total_in_cents: 15000,
  currency: "usd",
  mode: "manual",
  description: null,
  provider: "none",
  provider_id: null,
  provider_method: "bank",
  provider_secret: null,
  refundable: true,
  amount_refundable_in_cents: 10000,
  amount_refunded_in_cents: 0,
  deposit_refundable_in_cents: 5000,
  deposit_refunded_in_cents: 0,
  total_refundable_in_cents: 15000,
  total_refunded_in_cents: 0,
  succeeded_at: "2024-12-02T09:22:04.475339+00:00",
  failed_at: null,
  canceled_at: null,
  expired_at: null,
  employee_id: "9ef4e788-b8f1-44df-b645-cd70e5595d4d",
  order_id: null,
  customer_id: null,
  payment_method_id: null,
  payment_authorization_id: null,
};

const UPDATED: Attributes = {
  created_at: "2024-12-02T09:22:04.945679+00:00",
  updated_at: "2024-12-02T09:22:04.945679+00:00",
  status: "started",
  amount_in_cents: 5000,
  deposit_in_cents: 0,
  total_in_cents: 5000,
  currency: "usd",
  mode: "request",
  description: null,
  provider: "stripe",
  provider_id: null,
  provider_method: null,
  provider_secret: null,
  refundable: true,
  amount_refundable_in_cents: 5000,
  amount_refunded_in_cents: 0,
  deposit_refundable_in_cents: 0,
  deposit_refunded_in_cents: 0,
  total_refundable_in_cents: 5000,
  total_refunded_in_cents: 0,
  succeeded_at: null,
  failed_at: null,
  canceled_at: null,
  expired_at: null,
  employee_id: null,
  order_id: null,
  customer_id: null,
  payment_method_id: null,
  payment_authorization_id: null,
};

const MICROSECONDS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}(Z|\+00:00)$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Attributes in lower case there. In GraphQL, enums and currency codes are in upper case. */
const LOWER_CASE = ["status", "mode", "provider", "currency"];

function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function toGraphql(attributes: Attributes): Attributes {
  const entries = Object.entries(attributes).map(([name, value]) => [
    camelCase(name),
    LOWER_CASE.includes(name) && typeof value === "string" ? value.toUpperCase() : value,
  ]);
  return Object.fromEntries(entries) as Attributes;
}

/** Replaces values that differ between runs with their form. */
function byForm(attributes: Attributes): Attributes {
  const entries = Object.entries(attributes).map(([name, value]) => {
    if (typeof value !== "string") return [name, value];
    if (MICROSECONDS.test(value)) return [name, "a time in UTC with microseconds"];
    return [name, UUID.test(value) ? "a UUID" : value];
  });
  return Object.fromEntries(entries) as Attributes;
}

/** Every field of an example, and the id. */
const FIELDS = ["id", ...Object.keys(LISTED).map(camelCase)].join(" ");

let server: TestServer;
let token: string;
let employeeToken: string;
let employeeId: string;

beforeAll(async () => {
  server = await TestServer.start();
});

/** Each test has its own merchant, so that a list contains only the test's records. */
beforeEach(async () => {
  const merchant = await server.createMerchant();
  ({ token } = merchant);
  const employee = { merchantId: merchant.id, name: "E", email: `${newId()}@example.com` };
  employeeId = made(await server.app.services.employees.create(employee)).id;
  employeeToken = await server.createToken({ merchantId: merchant.id, employeeId });
});

afterAll(() => server.stop());

interface Payload {
  payload: { paymentCharge: Attributes | null; userErrors: unknown[] };
}

function chargeIn({ payload }: Payload): Attributes {
  expect(payload.userErrors).toEqual([]);
  return payload.paymentCharge!;
}

async function create(by: string, attributes: Attributes): Promise<Attributes> {
  const query = `mutation ($input: CreatePaymentChargeInput!) {
    payload: createPaymentCharge(input: $input) {
      paymentCharge { ${FIELDS} } userErrors { code field message }
    }
  }`;
  return chargeIn(await server.ask<Payload>(by, query, { input: toGraphql(attributes) }));
}

async function update(by: string, id: string, attributes: Attributes): Promise<Attributes> {
  const query = `mutation ($id: ID!, $input: UpdatePaymentChargeInput!) {
    payload: updatePaymentCharge(id: $id, input: $input) {
      paymentCharge { ${FIELDS} } userErrors { code field message }
    }
  }`;
  return chargeIn(await server.ask<Payload>(by, query, { id, input: toGraphql(attributes) }));
}

function expectExample({ id, ...answered }: Attributes, example: Attributes): void {
  expect(Object.keys(answered)).toHaveLength(29);
  expect(byForm(answered)).toEqual(byForm(toGraphql(example)));
  expect(id).toMatch(UUID);
}

describe("the examples of the REST API, queried by GraphQL,", () => {
  it("return all 29 fields of a charge in a list", async () => {
    const { id } = await create(token, { amount_in_cents: 5000 });
    interface Data {
      paymentCharges: { nodes: Attributes[] };
    }
    const query = `{ paymentCharges { nodes { ${FIELDS} } } }`;
    const { nodes } = (await server.ask<Data>(token, query)).paymentCharges;
    expect(nodes).toHaveLength(1);
    const [charge] = nodes;
    expectExample(charge!, LISTED);
    expect(charge).toMatchObject({ id, updatedAt: charge!["createdAt"] });
  });

  it("return all 29 fields of a fetched charge", async () => {
    const { id } = await create(token, { amount_in_cents: 5000 });
    interface Data {
      paymentCharge: Attributes;
    }
    const query = `query ($id: ID!) { paymentCharge(id: $id) { ${FIELDS} } }`;
    const { paymentCharge } = await server.ask<Data>(token, query, { id });
    expectExample(paymentCharge, FETCHED);
    expect(paymentCharge).toMatchObject({ id, updatedAt: paymentCharge["createdAt"] });
  });

  it("return all 29 fields of a charge that an employee creates", async () => {
    const charge = await create(employeeToken, {
      mode: "manual",
      provider: "none",
      amount_in_cents: 10000,
      deposit_in_cents: 5000,
    });
    expectExample(charge, CREATED);
    expect(charge).toMatchObject({ employeeId, updatedAt: charge["createdAt"] });
  });

  // In the example the update has the time of the creation; here it is later.
  it("return all 29 fields of an updated charge", async () => {
    const created = await create(token, { amount_in_cents: 5000 });
    const id = String(created["id"]);
    const charge = await update(token, id, { status: "started" });
    expectExample(charge, UPDATED);
    expect(charge).toMatchObject({ id, createdAt: created["createdAt"] });
    expect(String(charge["updatedAt"]) > String(created["updatedAt"])).toBe(true);
  });
});
