import fc from "fast-check";
import { type GraphQLObjectType, getNamedType, isLeafType, isObjectType } from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiScope, MERCHANT_SCOPES } from "../../src/callers/api-scope.js";
import { unconnectedSchema } from "../../src/app/features.js";
import { newId } from "../../src/shared/uuid.js";
import { expectLedgerToBalance } from "../support/ledger.js";
import {
  CUSTOMER_FIELDS,
  ORDER_FIELDS,
  type MerchantData,
  type PaymentCharge,
  accepted,
  createAuthorization,
  createCharge,
  createCustomer,
  createMethod,
  createOrder,
  createRefund,
  findCharge,
} from "../support/payments.js";
import {
  type Attributes,
  CHARGES,
  JSON_API,
  type JsonApiDocument,
  type Resource,
  type RestAnswer,
  RestClient,
  creating,
  refusalsIn,
  updating,
} from "../support/rest.js";
import { type TestMerchant, TestServer, made } from "../support/server.js";
import { runs } from "../support/runs.js";

type Input = Record<string, unknown>;
type Answer = RestAnswer<JsonApiDocument<Resource>>;

const JSON_TYPE = "application/json; charset=utf-8";
const MICROSECONDS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$/;
const MAX_AMOUNT = 2 ** 53 - 1;

/** Every attribute of a charge, in the order of the source API's examples. */
const ATTRIBUTES =
  "created_at updated_at status amount_in_cents deposit_in_cents total_in_cents currency mode " +
  "description provider provider_id provider_method provider_secret refundable " +
  "amount_refundable_in_cents amount_refunded_in_cents deposit_refundable_in_cents " +
  "deposit_refunded_in_cents total_refundable_in_cents total_refunded_in_cents succeeded_at " +
  "failed_at canceled_at expired_at employee_id order_id customer_id payment_method_id " +
  "payment_authorization_id reference metadata";
/** Attributes that the source API calls read-only: always, and after the creation. */
const READ_ONLY =
  "id created_at updated_at total_in_cents refundable amount_refundable_in_cents " +
  "amount_refunded_in_cents deposit_refundable_in_cents deposit_refunded_in_cents " +
  "total_refundable_in_cents total_refunded_in_cents failed_at canceled_at expired_at employee_id";
const READ_ONLY_AFTER_CREATE = "order_id customer_id payment_authorization_id";

let server: TestServer;
let rest: RestClient;
let merchant: TestMerchant;
let token: string;
let other: TestMerchant;

beforeAll(async () => {
  server = await TestServer.start({ poolSize: 20 });
  rest = await RestClient.of(server);
  merchant = await server.createMerchant();
  ({ token } = merchant);
  other = await server.createMerchant();
});

afterAll(async () => {
  await expectLedgerToBalance(server.database);
  await server.stop();
});

function post(attributes: Input, by: string | null = token, headers = {}): Promise<Answer> {
  return rest.send("POST", CHARGES, { token: by, body: creating(attributes), headers });
}

function put(id: string, attributes: Input, by: string | null = token): Promise<Answer> {
  const body = updating(id, attributes);
  return rest.send("PUT", `${CHARGES}/${id}`, { token: by, body });
}

function get(id: string, query = "", by: string | null = token): Promise<Answer> {
  return rest.get(`${CHARGES}/${id}${query}`, by);
}

/** Expects that the request was accepted. @returns the record. */
function charged({ status, body, text }: Answer, expected: 200 | 201): Resource {
  expect(status, text).toBe(expected);
  return body.data;
}

async function create(attributes: Input = {}, by = token): Promise<Resource> {
  return charged(await post({ amount_in_cents: 5_000, ...attributes }, by), 201);
}

/** Expects JSON:API errors. @returns the code and place of each. */
function refused(answer: Answer, expected: number): [string, string][] {
  const { status, body, text } = answer;
  expect(status, text).toBe(expected);
  expect(Object.keys(body)).toEqual(["errors"]);
  for (const error of body.errors ?? []) {
    expect(error.title, text).toMatch(/\S/);
    expect(error.detail, text).toMatch(/\S/);
  }
  const refusals = refusalsIn(answer);
  expect(refusals).not.toEqual([]);
  return refusals;
}

function at(attribute: string): string {
  return `/data/attributes/${attribute}`;
}

async function countCharges(): Promise<number> {
  const { rows } = await server.database.pool.query<{ count: number }>(
    "select count(*)::int as count from payment_charges",
  );
  return rows[0]!.count;
}

/** Expects that the request is refused, and that no record was created. */
async function refusesToCreate(
  attributes: Input,
  status: number,
  headers = {},
): Promise<[string, string][]> {
  const before = await countCharges();
  const refusals = refused(await post(attributes, token, headers), status);
  expect(await countCharges()).toBe(before);
  return refusals;
}

/** Expects that the request is refused, and that no record was changed. */
async function refusesToUpdate(
  id: string,
  attributes: Input,
  status: number,
): Promise<[string, string][]> {
  const before = await findCharge(server, token, id);
  const refusals = refused(await put(id, attributes), status);
  expect(await findCharge(server, token, id)).toEqual(before);
  return refusals;
}

function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

const LOWER_CASE = ["status", "mode", "provider", "currency"];

/** Converts a GraphQL record to its REST form. */
function asAttributes(record: object, names: readonly string[]): Attributes {
  type Value = string | number | boolean | null | MerchantData["metadata"];
  const fields = record as Record<string, Value>;
  const entries = names.map((name) => {
    const value = fields[camelCase(name)];
    if (Array.isArray(value)) {
      return [name, Object.fromEntries(value.map((one) => [one.key, one.value]))];
    }
    if (typeof value !== "string") return [name, value];
    if (name.endsWith("_at")) return [name, value.replace(/Z$/, "+00:00")];
    return [name, LOWER_CASE.includes(name) ? value.toLowerCase() : value];
  });
  return Object.fromEntries(entries) as Attributes;
}

/** An order, a customer, and a charge with every field and relation. */
async function createFull(): Promise<{ orderId: string; customerId: string; charge: Resource }> {
  const metadata = [{ key: "crm", value: "17" }];
  const customer = { name: "Ada", email: "ada@example.com", phoneNumber: "+31 20 1", metadata };
  const customerId = (await accepted(createCustomer(server, token, customer))).id;
  const ordered = { customerId, status: "RESERVED", currency: "EUR", totalInCents: 9_000 };
  const orderId = (await accepted(createOrder(server, token, ordered))).id;
  const method = { provider: "APP", identifier: "pm", methodType: "card", label: "Card" };
  const paymentMethodId = (await accepted(createMethod(server, token, method))).id;
  const held = {
    ...{ mode: "REQUEST", provider: "APP", status: "SUCCEEDED", orderId },
    ...{ amountInCents: 9_000, depositInCents: 1_000 },
  };
  const authorization = await accepted(createAuthorization(server, token, held));
  const charge = await create({
    ...{ mode: "capture", provider: "app", status: "succeeded", description: "Ünïted 👛" },
    ...{ amount_in_cents: 7_000, deposit_in_cents: 500, currency: "eur" },
    ...{ provider_id: "pi_1", provider_method: "credit_card", provider_secret: "sk_1" },
    ...{ succeeded_at: "2024-12-02T10:22:04.475339+01:00", order_id: orderId },
    ...{ customer_id: customerId, payment_method_id: paymentMethodId },
    payment_authorization_id: authorization.id,
    ...{ reference: "Order 7", metadata: { channel: "web", campaign: "spring" } },
  });
  const refund = { paymentChargeId: charge.id, amountInCents: 100, depositInCents: 7 };
  await accepted(createRefund(server, token, { ...refund, status: "SUCCEEDED" }));
  return { orderId, customerId, charge };
}

describe("a payment charge", () => {
  it("has every attribute of the source in its order, and the merchant's own data, with the values that GraphQL answers", async () => {
    const { charge: full } = await createFull();
    for (const id of [full.id, (await create()).id]) {
      const { status, headers, body } = await get(id);
      const { attributes } = body.data;
      expect(Object.keys(attributes)).toEqual(ATTRIBUTES.split(" "));
      const record = (await findCharge(server, token, id))!;
      expect({ status, body }).toEqual({
        status: 200,
        body: {
          data: {
            id,
            type: "payment_charges",
            attributes: asAttributes(record, ATTRIBUTES.split(" ")),
            relationships: {},
          },
          meta: {},
        },
      });
      expect(headers.get("content-type")).toBe(JSON_TYPE);
    }
    const { attributes: all } = (await get(full.id)).body.data;
    expect(Object.keys(all["metadata"] as unknown as object)).toEqual(["campaign", "channel"]);
    expect(all).toMatchObject({
      reference: "Order 7",
      metadata: { campaign: "spring", channel: "web" },
      status: "succeeded",
      currency: "eur",
      mode: "capture",
      provider: "app",
      description: "Ünïted 👛",
      total_in_cents: 7_500,
      amount_refundable_in_cents: 6_900,
      deposit_refunded_in_cents: 7,
      total_refunded_in_cents: 107,
      provider_secret: "sk_1",
      succeeded_at: "2024-12-02T09:22:04.475339+00:00",
    });
  });

  it("has times in UTC with six digits, also where they are zeros", async () => {
    const succeeded_at = "2024-12-02T09:22:05Z";
    const { id } = await create({ status: "succeeded", succeeded_at });
    const { attributes } = (await get(id)).body.data;
    expect(attributes["succeeded_at"]).toBe("2024-12-02T09:22:05.000000+00:00");
    expect(attributes["created_at"]).toMatch(MICROSECONDS);
    expect(attributes["updated_at"]).toMatch(MICROSECONDS);
  });

  it("has the keys of a response in the order of the source API", async () => {
    const { body } = await get((await create()).id);
    expect(Object.keys(body)).toEqual(["data", "meta"]);
    expect(Object.keys(body.data)).toEqual(["id", "type", "attributes", "relationships"]);
  });

  it("has the same answers with a final slash", async () => {
    const created = await rest.send<JsonApiDocument<Resource>>("POST", `${CHARGES}/`, {
      token,
      body: creating({ amount_in_cents: 1 }),
    });
    const { id } = charged(created, 201);
    const body = updating(id, { description: "slash" });
    const path = `${CHARGES}/${id}/`;
    const updated = await rest.send<JsonApiDocument<Resource>>("PUT", path, { token, body });
    expect(charged(updated, 200).attributes["description"]).toBe("slash");
    expect(await rest.get(path, token)).toMatchObject({ status: 200, body: updated.body });
    const list = await rest.get<JsonApiDocument<Resource[]>>(`${CHARGES}/`, token);
    expect(list.body.data[0]).toEqual(updated.body.data);
  });

  it("is found by its id in upper case", async () => {
    const { id } = await create();
    expect((await get(id.toUpperCase())).body.data.id).toBe(id);
  });

  it("is 404 for a missing id, an id that is not a UUID, and another merchant's id", async () => {
    const foreign = (await create({}, other.token)).id;
    for (const id of [newId(), "x", "null", "a".repeat(300), foreign, foreign.toUpperCase()]) {
      expect(refused(await get(id), 404)[0]?.[0]).toBe("NOT_FOUND");
      expect(refused(await put(id, { description: "x" }), 404)[0]?.[0]).toBe("NOT_FOUND");
    }
    expect((await findCharge(server, other.token, foreign))?.description).toBeNull();
  });
});

describe("include", () => {
  const schema = unconnectedSchema();

  /** The REST names of a type's scalar fields, except its id. */
  function plainFieldsOf(type: string): string[] {
    const named = schema.getType(type);
    expect(isObjectType(named)).toBe(true);
    return Object.values((named as GraphQLObjectType).getFields())
      .filter(
        ({ name, type: of }) =>
          name === "metadata" || (name !== "id" && isLeafType(getNamedType(of))),
      )
      .map(({ name }) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
  }

  it("adds the order and the customer with every plain field that GraphQL has of them", async () => {
    const { orderId, customerId, charge } = await createFull();
    const { body } = await get(charge.id, "?include=order,customer");
    expect(body.data.relationships).toEqual({
      order: { data: { type: "orders", id: orderId } },
      customer: { data: { type: "customers", id: customerId } },
    });
    const query = `query ($order: ID!, $customer: ID!) {
      order(id: $order) { ${ORDER_FIELDS} } customer(id: $customer) { ${CUSTOMER_FIELDS} }
    }`;
    const asked = { order: orderId, customer: customerId };
    const records = await server.ask<Record<"order" | "customer", object>>(token, query, asked);
    expect(body.included).toHaveLength(2);
    expect(body.included).toEqual(
      expect.arrayContaining([
        {
          id: orderId,
          type: "orders",
          // The paid amount is a sum over charges, and not an attribute of the order.
          attributes: asAttributes(
            records.order,
            plainFieldsOf("Order").filter((name) => name !== "paid_in_cents"),
          ),
          relationships: {},
        },
        {
          id: customerId,
          type: "customers",
          attributes: asAttributes(records.customer, plainFieldsOf("Customer")),
          relationships: {},
        },
      ]),
    );
    expect(body.included?.find(({ type }) => type === "orders")?.attributes).toMatchObject({
      status: "reserved",
      currency: "eur",
      customer_id: customerId,
    });
  });

  it("adds only the named relations", async () => {
    const { orderId, customerId, charge } = await createFull();
    const order = (await get(charge.id, "?include=order")).body;
    expect(order.data.relationships).toEqual({ order: { data: { type: "orders", id: orderId } } });
    expect(order.included?.map(({ id }) => id)).toEqual([orderId]);
    const customer = (await get(charge.id, "?include=customer")).body;
    expect(Object.keys(customer.data.relationships)).toEqual(["customer"]);
    expect(customer.included?.map(({ id }) => id)).toEqual([customerId]);
  });

  it("is null for a charge without them", async () => {
    const { id } = await create();
    const { body } = await get(id, "?include=customer,order");
    expect(body.data.relationships).toEqual({ order: { data: null }, customer: { data: null } });
    expect(body.included).toEqual([]);
  });

  it("is answered to a creation, an update and a list, each resource once", async () => {
    const { orderId, customerId } = await createFull();
    const query = "?include=order,customer";
    const body = creating({ amount_in_cents: 1, order_id: orderId });
    const created = await rest.send<JsonApiDocument<Resource>>("POST", CHARGES + query, {
      token,
      body,
    });
    const { id } = charged(created, 201);
    const path = `${CHARGES}/${id}${query}`;
    const change = updating(id, { description: "x" });
    const updated = await rest.send<JsonApiDocument<Resource>>("PUT", path, {
      token,
      body: change,
    });
    const listed = await rest.get<JsonApiDocument<Resource[]>>(
      `${CHARGES}${query}&filter[order_id]=${orderId}`,
      token,
    );
    expect(listed.body.data).toHaveLength(2);
    for (const { included = [] } of [created.body, updated.body, listed.body]) {
      expect(included.map((one) => one.id).toSorted()).toEqual([orderId, customerId].toSorted());
    }
  });

  it("of anything else is 400", async () => {
    const { id } = await create();
    for (const name of ["employee", "payment_refunds", "order.customer", "Order", "order,x"]) {
      for (const path of [CHARGES, `${CHARGES}/${id}`]) {
        const answer = await rest.get<JsonApiDocument<Resource>>(`${path}?include=${name}`, token);
        expect(refused(answer, 400), name).toEqual([["BAD_USER_INPUT", "include"]]);
      }
    }
  });
});

describe("fields", () => {
  it("leaves the attributes that are named, of each type on its own", async () => {
    const { charge } = await createFull();
    const query =
      "?include=order,customer&fields[payment_charges]=created_at,status" +
      "&fields[orders]=number&fields[customers]=name,email";
    const { body } = await get(charge.id, query);
    const attributesOf = (type: string): string[] =>
      Object.keys(body.included?.find((one) => one.type === type)?.attributes ?? {}).toSorted();
    expect(body.data.attributes).toEqual({
      created_at: charge.attributes["created_at"],
      status: "succeeded",
    });
    expect(attributesOf("orders")).toEqual(["number"]);
    expect(attributesOf("customers")).toEqual(["email", "name"]);
  });

  it("and include are lists in every form, with spaces after commas", async () => {
    const { charge } = await createFull();
    const expected = (
      await get(charge.id, "?include=order,customer&fields[payment_charges]=created_at,status")
    ).body;
    for (const query of [
      "?include=order,%20customer&fields[payment_charges]=created_at,%20status",
      "?include[]=order&include[]=customer&fields[payment_charges][]=created_at&fields[payment_charges][]=status",
      "?include=order&include=customer&fields[payment_charges]=created_at&fields[payment_charges]=status",
      "?include[]=order,customer&fields[payment_charges][]=created_at,status",
    ]) {
      expect((await get(charge.id, query)).body, query).toEqual(expected);
    }
  });

  it("applies to lists, and to the responses of creations and updates", async () => {
    const query = "?fields[payment_charges]=status";
    const body = creating({ amount_in_cents: 1 });
    const created = await rest.send<JsonApiDocument<Resource>>("POST", CHARGES + query, {
      token,
      body,
    });
    const { id, attributes } = charged(created, 201);
    const path = `${CHARGES}/${id}${query}`;
    const updated = await rest.send<JsonApiDocument<Resource>>("PUT", path, {
      token,
      body: updating(id, { status: "started" }),
    });
    const listed = await rest.get<JsonApiDocument<Resource[]>>(CHARGES + query, token);
    expect([attributes, updated.body.data.attributes, listed.body.data[0]?.attributes]).toEqual([
      { status: "created" },
      { status: "started" },
      { status: "started" },
    ]);
  });

  it("of an unknown name or type is 400", async () => {
    const { id } = await create();
    for (const query of [
      "fields[payment_charges]=secret",
      "fields[payment_charges]=status,amountInCents",
      "fields[orders]=nothing",
      "fields[customers]=status",
      "fields[employees]=name",
      "fields=status",
    ]) {
      for (const path of [CHARGES, `${CHARGES}/${id}`]) {
        const answer = await rest.get<JsonApiDocument<Resource>>(`${path}?${query}`, token);
        const [[code, parameter] = []] = refused(answer, 400);
        expect([code, parameter], query).toEqual(["BAD_USER_INPUT", query.split("=")[0]]);
      }
    }
  });
});

describe("a query parameter that a path does not have", () => {
  it("is 400 and named, for every method", async () => {
    const { id } = await create();
    const before = await countCharges();
    const cases = [
      ["GET", CHARGES, undefined],
      ["GET", `${CHARGES}/${id}`, undefined],
      ["POST", CHARGES, creating({ amount_in_cents: 1 })],
      ["PUT", `${CHARGES}/${id}`, updating(id, { description: "changed" })],
    ] as const;
    for (const [method, path, body] of cases) {
      for (const name of ["foo", "Include", "id", "api_key"]) {
        const query = `?${name}=1`;
        const answer: Answer = await rest.send(method, path + query, { token, body });
        expect(refused(answer, 400), method).toEqual([["BAD_USER_INPUT", name]]);
      }
    }
    for (const name of ["sort", "filter[status]", "page[size]", "meta[total][]"]) {
      const [[code, parameter] = []] = refused(await get(id, `?${name}=1`), 400);
      expect(code).toBe("BAD_USER_INPUT");
      expect([name, name.split("[")[0]]).toContain(parameter);
    }
    expect(await countCharges()).toBe(before);
    expect((await findCharge(server, token, id))?.description).toBeNull();
  });
});

describe("the content type", () => {
  it("of an answer is that of JSON:API when it is accepted by name, of errors too", async () => {
    const { id } = await create();
    const accepts: [string, string][] = [
      [JSON_API, JSON_API],
      [`text/html, ${JSON_API};q=0.9, */*;q=0.1`, JSON_API],
      ["application/json", JSON_TYPE],
      ["*/*", JSON_TYPE],
    ];
    for (const [accept, expected] of accepts) {
      const headers = { accept };
      const body = updating(id, { description: accept });
      const answers = [
        await rest.get(CHARGES, token, headers),
        await rest.get(`${CHARGES}/${id}`, token, headers),
        await post({ amount_in_cents: 1 }, token, headers),
        await rest.send("PUT", `${CHARGES}/${id}`, { token, body, headers }),
        await post({}, token, headers),
        await rest.get(`${CHARGES}/x`, token, headers),
        await rest.get(CHARGES, null, headers),
        await rest.send("POST", CHARGES, { token, body: "{", headers }),
        await rest.send("DELETE", CHARGES, { token, headers }),
      ];
      expect(answers.map(({ status }) => status)).toEqual([
        ...[200, 200, 201, 200, 422, 404, 401, 400, 405],
      ]);
      for (const { headers: answered } of answers) {
        expect(answered.get("content-type")).toBe(expected);
      }
    }
  });

  it("of a request may be that of JSON:API", async () => {
    const headers = { "content-type": JSON_API };
    const { id } = charged(await post({ amount_in_cents: 3 }, token, headers), 201);
    const body = updating(id, { amount_in_cents: 4 });
    const answer: Answer = await rest.send("PUT", `${CHARGES}/${id}`, { token, body, headers });
    expect(charged(answer, 200).attributes["amount_in_cents"]).toBe(4);
  });

  it("of a request that is not JSON is 415", async () => {
    const { id } = await create();
    const before = await countCharges();
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/xml"]) {
      const headers = { "content-type": type };
      const body = JSON.stringify(creating({ amount_in_cents: 1 }));
      for (const [method, path] of [
        ["POST", CHARGES],
        ["PUT", `${CHARGES}/${id}`],
      ] as const) {
        refused(await rest.send(method, path, { token, body, headers }), 415);
      }
    }
    expect(await countCharges()).toBe(before);
  });
});

describe("POST /api/boomerang/payment_charges", () => {
  it("creates a charge with the defaults, and returns its location", async () => {
    const answer = await post({ amount_in_cents: 5_000 });
    const { id, attributes } = charged(answer, 201);
    expect(answer.headers.get("location")).toBe(`${CHARGES}/${id}`);
    expect((await get(id)).body).toEqual(answer.body);
    expect(attributes).toMatchObject({
      status: "created",
      mode: "request",
      provider: "stripe",
      currency: "usd",
      deposit_in_cents: 0,
      total_in_cents: 5_000,
      employee_id: null,
    });
  });

  it("stores every given value, with a currency in any case", async () => {
    const method = { provider: "STRIPE", identifier: "pm", methodType: "card", label: "Card" };
    const payment_method_id = (await accepted(createMethod(server, token, method))).id;
    const given = {
      ...{ status: "action_required", amount_in_cents: 0, deposit_in_cents: MAX_AMOUNT },
      ...{ currency: "jpy", mode: "off_session", provider: "stripe", description: "" },
      ...{ provider_id: "a", provider_method: "b", provider_secret: "c", payment_method_id },
    };
    expect((await create(given)).attributes).toMatchObject(given);
    expect((await create({ ...given, currency: "JPY" })).attributes).toMatchObject(given);
  });

  it("has the employee of the token", async () => {
    const person = { merchantId: merchant.id, name: "E", email: "rest@example.com" };
    const employeeId = made(await server.app.services.employees.create(person)).id;
    const by = await server.createToken({ merchantId: merchant.id, employeeId });
    expect((await create({}, by)).attributes["employee_id"]).toBe(employeeId);
  });

  it("treats null like an omitted attribute", async () => {
    const nulls = Object.fromEntries(
      (
        "status deposit_in_cents currency mode description provider provider_id provider_method " +
        "provider_secret succeeded_at order_id customer_id payment_method_id payment_authorization_id"
      )
        .split(" ")
        .map((name) => [name, null]),
    );
    const { attributes } = await create(nulls);
    expect(attributes).toMatchObject({ status: "created", mode: "request", provider: "stripe" });
  });
});

describe("PUT /api/boomerang/payment_charges/{id}", () => {
  it("changes only the given attributes, and returns the updated charge", async () => {
    const charge = await create({ description: "before", provider_id: "pi" });
    const change = {
      ...{ status: "succeeded", amount_in_cents: 7, deposit_in_cents: 8, currency: "eur" },
      ...{ mode: "terminal", provider: "app", description: null, provider_method: "card" },
      ...{ succeeded_at: "2024-12-02T09:22:04.475339+00:00" },
    };
    const answer = await put(charge.id, change);
    const { attributes } = charged(answer, 200);
    expect(attributes).toMatchObject({ ...change, provider_id: "pi", total_in_cents: 15 });
    expect(attributes["created_at"]).toBe(charge.attributes["created_at"]);
    const [before, after] = [charge.attributes["updated_at"], attributes["updated_at"]];
    expect(String(after) > String(before)).toBe(true);
    expect((await get(charge.id)).body).toEqual(answer.body);
    expect(answer.headers.get("location")).toBeNull();
  });

  it("changes nothing without attributes, or with the charge's current values", async () => {
    const { id, attributes } = await create({ description: "same" });
    for (const same of [{}, { description: "same", status: "created", amount_in_cents: 5_000 }]) {
      expect(charged(await put(id, same), 200).attributes).toEqual(attributes);
    }
  });

  it("requires no id in the body, and accepts the path's in any case", async () => {
    const { id } = await create();
    for (const [index, given] of [{}, { id: id.toUpperCase() }].entries()) {
      const attributes = { description: String(index) };
      const body = { data: { type: "payment_charges", ...given, attributes } };
      const answer: Answer = await rest.send("PUT", `${CHARGES}/${id}`, { token, body });
      expect(charged(answer, 200).attributes).toMatchObject(attributes);
    }
  });

  it("is 409 for another id or another type than the path's", async () => {
    const { id } = await create();
    const { id: second } = await create();
    const attributes = { description: "conflict" };
    const conflicts: [string, Input][] = [
      ["/data/id", { id: second, type: "payment_charges", attributes }],
      ["/data/id", { id: newId(), type: "payment_charges", attributes }],
      ["/data/type", { id, type: "payment_refunds", attributes }],
      ["/data/type", { id, type: "PaymentCharge", attributes }],
    ];
    for (const [pointer, data] of conflicts) {
      const answer: Answer = await rest.send("PUT", `${CHARGES}/${id}`, { token, body: { data } });
      expect(refused(answer, 409).map(([, place]) => place)).toEqual([pointer]);
    }
    expect((await findCharge(server, token, id))?.description).toBeNull();
    expect((await findCharge(server, token, second))?.description).toBeNull();
  });
});

describe("a body", () => {
  const malformed: [string, unknown][] = [
    ["that is empty", ""],
    ["that is no JSON", "{"],
    ["that is null", "null"],
    ["that is a text", `"data"`],
    ["that is a list", [creating({ amount_in_cents: 1 })]],
    ["without data", {}],
    ["whose data is null", { data: null }],
    ["whose data is a list", { data: [creating({ amount_in_cents: 1 }).data] }],
    ["whose attributes are a list", { data: { type: "payment_charges", attributes: [] } }],
    ["whose attributes are a text", { data: { type: "payment_charges", attributes: "x" } }],
    ["with a prototype", `{"data":{"type":"payment_charges","__proto__":{"attributes":{}}}}`],
  ];
  it.each(malformed)("%s is 400", async (_, body) => {
    const { id } = await create();
    const before = await countCharges();
    for (const [method, path] of [
      ["POST", CHARGES],
      ["PUT", `${CHARGES}/${id}`],
    ] as const) {
      const [[code] = []] = refused(await rest.send(method, path, { token, body }), 400);
      expect(code).toMatch(/^BAD_(USER_INPUT|REQUEST)$/);
    }
    expect(await countCharges()).toBe(before);
  });

  it("that is too large is 413", async () => {
    const before = await countCharges();
    refused(await post({ amount_in_cents: 1, description: "x".repeat(1_000_001) }), 413);
    expect(await countCharges()).toBe(before);
  });

  it("with an id of the client's own is 403 on creating, and 409 with another type", async () => {
    const before = await countCharges();
    const attributes = { amount_in_cents: 1 };
    const withId = { data: { id: newId(), type: "payment_charges", attributes } };
    const own: Answer = await rest.send("POST", CHARGES, { token, body: withId });
    expect(refused(own, 403)).toEqual([["FORBIDDEN", "/data/id"]]);
    const body = { data: { type: "payments", attributes } };
    const typed: Answer = await rest.send("POST", CHARGES, { token, body });
    expect(refused(typed, 409).map(([, place]) => place)).toEqual(["/data/type"]);
    expect(await countCharges()).toBe(before);
  });

  it("with a read-only attribute is 400 on creating", async () => {
    for (const name of READ_ONLY.split(" ")) {
      const attributes = { amount_in_cents: 1, [name]: null };
      expect(await refusesToCreate(attributes, 400)).toEqual([["BAD_USER_INPUT", at(name)]]);
    }
  });

  it("with unknown attributes is 400, and each is reported", async () => {
    const unknown = { amountInCents: 1, Status: "created", foo: null, idempotency_key: newId() };
    const expected = Object.keys(unknown).map((name) => ["BAD_USER_INPUT", at(name)]);
    const { id } = await create();
    const created = await refusesToCreate({ amount_in_cents: 1, ...unknown }, 400);
    expect(created.toSorted()).toEqual(expected.toSorted());
    const updated = await refusesToUpdate(id, { description: "x", ...unknown }, 400);
    expect(updated.toSorted()).toEqual(expected.toSorted());
  });

  const wrongTypes: [string, unknown[]][] = [
    ["amount_in_cents", ["5000", true, [], {}, 1.5]],
    ["deposit_in_cents", ["0", false, [1], {}]],
    ["status", [1, true, ["created"], {}]],
    ["mode", [0]],
    ["provider", [false]],
    ["currency", [840, {}]],
    ["description", [5, true, [], {}]],
    ["provider_id", [1]],
    ["provider_method", [1]],
    ["provider_secret", [1, {}]],
    ["succeeded_at", [1_733_131_325, true]],
    ["payment_method_id", [1]],
  ];
  it.each(wrongTypes)("with %s of another JSON type is 400", async (name, values) => {
    const { id } = await create();
    for (const value of values) {
      const expected = [["BAD_USER_INPUT", at(name)]];
      const attributes = { amount_in_cents: 1, [name]: value };
      expect(await refusesToCreate(attributes, 400), JSON.stringify(value)).toEqual(expected);
      expect(await refusesToUpdate(id, { [name]: value }, 400)).toEqual(expected);
    }
  });

  it("with references of another JSON type is 400 on creating", async () => {
    for (const name of READ_ONLY_AFTER_CREATE.split(" ")) {
      const refusals = await refusesToCreate({ amount_in_cents: 1, [name]: 1 }, 400);
      expect(refusals).toEqual([["BAD_USER_INPUT", at(name)]]);
    }
  });

  it("never has its secret repeated in a refusal or in the log", async () => {
    const secret = `sk_live_${newId()}`;
    const refusals = [
      await post({ provider_secret: secret }),
      await post({ amount_in_cents: "1", provider_secret: secret }),
      await post({ amount_in_cents: 1, provider_secret: [secret] }),
      await rest.send("POST", CHARGES, {
        token,
        body: `{"data":{"attributes":{"provider_secret":"${secret}"`,
      }),
    ];
    for (const { text, status } of refusals) {
      expect([400, 422]).toContain(status);
      expect(text).not.toContain(secret);
    }
    await create({ provider_secret: secret });
    expect(server.logged.join("\n")).not.toContain(secret);
  });
});

describe("a document that was read", () => {
  const READ_ONLY_ON_UPDATE = `${READ_ONLY} ${READ_ONLY_AFTER_CREATE}`
    .split(" ")
    .filter((name) => name !== "id");

  function sendBack(document: object, id: string, by = token, method = "PUT"): Promise<Answer> {
    return rest.send(method, `${CHARGES}/${id}`, { token: by, body: document });
  }

  /** Charges in every status, one of which has succeeded before, and one with every field and relation. */
  async function chargesOfAllKinds(): Promise<string[]> {
    const { charge } = await createFull();
    const ofStatuses = await Promise.all(
      ["created", "started", "succeeded", "failed", "canceled", "expired"].map((status) =>
        create({ status }),
      ),
    );
    const before = await create({ status: "succeeded" });
    await put(before.id, { status: "failed" });
    return [charge, ...ofStatuses, before].map(({ id }) => id);
  }

  it("is accepted as it is, and changes nothing", async () => {
    const query = "?include=order,customer";
    for (const id of await chargesOfAllKinds()) {
      for (const method of ["PUT", "PATCH"]) {
        const { body } = await get(id, query);
        const document = { ...body, jsonapi: { version: "1.1" }, links: { self: "/" } };
        const answer = await sendBack(document, id, token, method);
        expect(charged(answer, 200).attributes).toEqual(body.data.attributes);
        expect((await get(id, query)).body).toEqual(body);
      }
    }
  });

  it("is accepted with other values of the attributes that an update can change", async () => {
    for (const id of await chargesOfAllKinds()) {
      const { data } = (await get(id)).body;
      const attributes = { ...data.attributes, description: "sent back" };
      const changed = charged(await sendBack({ data: { ...data, attributes } }, id), 200);
      const { updated_at } = changed.attributes;
      expect(changed.attributes).toEqual({ ...attributes, updated_at });
    }
    const { data } = (await get((await create()).id)).body;
    const attributes = { ...data.attributes, status: "succeeded" };
    const succeeded = charged(await sendBack({ data: { ...data, attributes } }, data.id), 200);
    expect(succeeded.attributes["succeeded_at"]).toMatch(MICROSECONDS);
  });

  it("takes times and ids in any form of the same value", async () => {
    const { charge } = await createFull();
    const { attributes } = (await get(charge.id)).body.data;
    const forms = {
      ...{ created_at: String(attributes["created_at"]).replace("+00:00", "Z") },
      ...{ order_id: String(attributes["order_id"]).toUpperCase() },
      // As a client that reads times as Dates sends them.
      updated_at: new Date(String(attributes["updated_at"])).toISOString(),
    };
    charged(await put(charge.id, { description: "x", ...forms }), 200);
  });

  it("is 422 READ_ONLY at each attribute that an update cannot change and that differs", async () => {
    const { charge } = await createFull();
    const { attributes } = (await get(charge.id)).body.data;
    const other = (value: unknown): unknown => {
      if (typeof value === "number") return value + 1;
      if (typeof value === "boolean") return !value;
      return value === null ? "2024-12-02T09:22:04Z" : null;
    };
    const changed = READ_ONLY_ON_UPDATE.map((name) => [name, other(attributes[name])]);
    const refusals = await refusesToUpdate(charge.id, Object.fromEntries(changed) as Input, 422);
    const expected = READ_ONLY_ON_UPDATE.map((name) => ["READ_ONLY", at(name)]);
    expect(refusals.toSorted()).toEqual(expected.toSorted());
    for (const name of READ_ONLY_AFTER_CREATE.split(" ")) {
      for (const value of [newId(), "x", ""]) {
        const change = { description: "x", [name]: value };
        expect(await refusesToUpdate(charge.id, change, 422)).toEqual([["READ_ONLY", at(name)]]);
      }
    }
    const { body } = await put(charge.id, { order_id: null });
    expect(body.errors![0]!.detail).toBe("order_id cannot be changed by an update. Omit it.");
  });

  it("does not overwrite a change that another client made since", async () => {
    const { data } = (await get((await create()).id)).body;
    await put(data.id, { description: "by another client" });
    expect(refused(await sendBack({ data }, data.id), 422)).toEqual([
      ["READ_ONLY", at("updated_at")],
    ]);
  });

  it("keeps the secret that its reader could not see", async () => {
    const scopes = MERCHANT_SCOPES.filter((scope) => scope !== "PROVIDER_SECRETS_READ");
    const blind = await server.createToken({ merchantId: merchant.id, scopes });
    const { id } = await create({ provider_secret: "sk_2" });
    const { body } = await get(id, "", blind);
    expect(body.data.attributes["provider_secret"]).toBeNull();
    charged(await sendBack(body, id, blind), 200);
    expect((await get(id)).body.data.attributes["provider_secret"]).toBe("sk_2");
  });
});

describe("relationships", () => {
  const TYPES = {
    order: "orders",
    customer: "customers",
    payment_method: "payment_methods",
    payment_authorization: "payment_authorizations",
  };
  type Name = keyof typeof TYPES;
  const NAMES = Object.keys(TYPES) as Name[];

  function link(name: Name, id: unknown): object {
    return { [name]: { data: id === null ? null : { type: TYPES[name], id } } };
  }

  function send(method: string, path: string, data: object): Promise<Answer> {
    return rest.send(method, path, { token, body: { data: { type: "payment_charges", ...data } } });
  }

  it("set the same ids as the attributes on creating", async () => {
    const { charge } = await createFull();
    for (const name of NAMES) {
      const id = charge.attributes[`${name}_id`]!;
      const attributes = { amount_in_cents: 1, currency: "eur", provider: "app" };
      const relationships = link(name, id);
      const made = charged(await send("POST", CHARGES, { attributes, relationships }), 201);
      expect(made.attributes[`${name}_id`]).toBe(id);
      const both = { ...attributes, [`${name}_id`]: String(id).toUpperCase() };
      charged(await send("POST", CHARGES, { attributes: both, relationships }), 201);
    }
  });

  it("set the payment method on an update, and may repeat the others", async () => {
    const { charge } = await createFull();
    const path = `${CHARGES}/${charge.id}`;
    for (const name of NAMES) {
      const relationships = link(name, charge.attributes[`${name}_id`]);
      charged(await send("PUT", path, { relationships }), 200);
      charged(await send("PATCH", path, { relationships: { [name]: { meta: {} } } }), 200);
    }
    const cleared = charged(
      await send("PUT", path, { relationships: link("payment_method", null) }),
      200,
    );
    expect(cleared.attributes["payment_method_id"]).toBeNull();
    for (const name of READ_ONLY_AFTER_CREATE.split(" ")) {
      const relation = name.replace(/_id$/, "") as Name;
      for (const id of [newId(), null]) {
        const answer = await send("PUT", path, { relationships: link(relation, id) });
        expect(refused(answer, 422)).toEqual([["READ_ONLY", `/data/relationships/${relation}`]]);
      }
    }
  });

  it("are refused at their own place", async () => {
    const place = (name: string): string => `/data/relationships/${name}`;
    const attributes = { amount_in_cents: 1 };
    for (const name of NAMES) {
      const unknown = await send("POST", CHARGES, {
        attributes,
        relationships: link(name, newId()),
      });
      expect(refused(unknown, 422)).toEqual([["NOT_FOUND", place(name)]]);
      const ids = { ...attributes, [`${name}_id`]: newId() };
      const differs = await send("POST", CHARGES, {
        attributes: ids,
        relationships: link(name, newId()),
      });
      expect(refused(differs, 422)).toEqual([["INVALID", place(name)]]);
    }
    const malformed: [string, object, number, string][] = [
      ["a relationship that is not known", { refund: { data: null } }, 400, place("refund")],
      ["an id alone", { order: newId() }, 400, place("order")],
      ["several records", { order: { data: [] } }, 400, `${place("order")}/data`],
      ["no id", { order: { data: { type: "orders" } } }, 400, `${place("order")}/data/id`],
      [
        "another type",
        { order: { data: { type: "customers", id: newId() } } },
        422,
        `${place("order")}/data/type`,
      ],
    ];
    for (const [what, relationships, status, pointer] of malformed) {
      const answer = await send("POST", CHARGES, { attributes, relationships });
      expect(
        refused(answer, status).map(([, where]) => where),
        what,
      ).toEqual([pointer]);
    }
  });
});

describe("names", () => {
  /** Sends a body that the OpenAPI document does not describe. */
  async function sendRaw(method: string, path: string, body: object): Promise<Answer> {
    return rest.send(method, path, { token, body: JSON.stringify(body) });
  }

  it("of types and attributes are read in the cases that JSON:API's clients write by default", async () => {
    const { charge } = await createFull();
    const id = charge.attributes["payment_method_id"];
    for (const [type, methods] of [
      ["paymentCharges", "paymentMethods"],
      ["payment-charges", "payment-methods"],
    ]) {
      const relationships = { "payment-method": { data: { type: methods, id } } };
      const attributes = { "amount-in-cents": 7, currency: "eur" };
      const body = { data: { type, attributes, relationships } };
      const made = charged(await sendRaw("POST", CHARGES, body), 201);
      expect(made.attributes).toMatchObject({ amount_in_cents: 7, payment_method_id: id });
    }
  });

  it("that are written twice are refused", async () => {
    const attributes = { "amount-in-cents": 7, amount_in_cents: 8 };
    const answer = await sendRaw("POST", CHARGES, creating(attributes));
    expect(refused(answer, 400)).toEqual([["BAD_USER_INPUT", at("amount-in-cents")]]);
  });
});

describe("a message", () => {
  it("has statuses, modes, providers, currencies and attributes as REST takes them", async () => {
    const { id } = await create({ status: "succeeded" });
    const { charge } = await createFull();
    const refusals = [
      await put(id, { status: "processing" }),
      await put(charge.id, { status: "created", succeeded_at: "2024-12-02T09:22:04Z" }),
      await put(id, { amount_in_cents: 1, mode: "manual", provider: "none", currency: "eur" }),
      await post({ amount_in_cents: 1, mode: "capture" }),
      await post({ amount_in_cents: 1, mode: "off_session" }),
      await post({ amount_in_cents: 1, mode: "checkout" }),
      await post({ amount_in_cents: 1, currency: "hrk" }),
      await post({ amount_in_cents: 1, currency: "usd", order_id: charge.attributes["order_id"] }),
      await post({
        ...{ amount_in_cents: 1, provider: "stripe", currency: "eur", mode: "capture" },
        ...{ payment_authorization_id: charge.attributes["payment_authorization_id"] },
        status: "succeeded",
      }),
    ];
    const details = refusals.flatMap((answer) => {
      refused(answer, 422);
      return answer.body.errors!.map(({ detail }) => detail);
    });
    expect(details.length).toBeGreaterThan(10);
    expect(details.join("\n")).not.toMatch(/\b[A-Z_]{3,}\b(?<!ISO)|[a-z][A-Z]/);
    expect(details[0]).toBe(
      "status cannot go from succeeded to processing. After succeeded may come failed.",
    );
  });

  it("keeps the text of the client", async () => {
    const { body } = await post({ amount_in_cents: 1, order_id: "SUCCEEDED orderId USD" });
    expect(body.errors![0]!.detail).toBe('There is no order with the id "SUCCEEDED orderId USD".');
  });
});

describe("a random body", () => {
  it("is accepted or refused without an internal error", async () => {
    const words = ["created", "manual", "none", "usd", "2024-12-02T09:22:04Z", newId(), "\0", ""];
    const odd = fc.oneof(
      fc.constantFrom<unknown>(...words, 0, 1, -1, 5_000, MAX_AMOUNT, 2 ** 53, null),
      fc.jsonValue({ maxDepth: 1 }),
    );
    const names = `${ATTRIBUTES} id extra __proto__`.split(" ");
    const given = fc.dictionary(fc.constantFrom(...names), odd, { maxKeys: 6 });
    const attributes = given.map((some) => ({ amount_in_cents: 1, ...some }));
    const bodies = fc.oneof(
      { weight: 6, arbitrary: attributes.map((some) => creating(some)) },
      fc.record({ data: fc.record({ type: odd, id: odd, attributes: odd }, { requiredKeys: [] }) }),
      odd,
    );
    const { id } = await create();
    const property = fc.asyncProperty(bodies, fc.boolean(), async (body, isUpdate) => {
      const [method, path] = isUpdate ? ["PUT", `${CHARGES}/${id}`] : ["POST", CHARGES];
      const before = await countCharges();
      const answer: Answer = await rest.send(method, path, { token, body: JSON.stringify(body) });
      const isMade = answer.status === 201;
      expect((await countCharges()) - before).toBe(isMade ? 1 : 0);
      if (isMade || (isUpdate && answer.status === 200)) return;
      expect([400, 403, 409, 422], answer.text).toContain(answer.status);
      refused(answer, answer.status);
    });
    await fc.assert(property, { numRuns: runs(20) });
  });
});

describe("a value that a rule refuses is 422 at its attribute", () => {
  /** Refused creations, each with all userErrors that GraphQL returns for it. */
  const REFUSED: [string, Input, [string, string][]][] = [
    ["no amount", {}, [["REQUIRED", "amount_in_cents"]]],
    ["the amount null", { amount_in_cents: null }, [["REQUIRED", "amount_in_cents"]]],
    ["an amount below 0", { amount_in_cents: -1 }, [["OUT_OF_RANGE", "amount_in_cents"]]],
    ["nothing to pay", { amount_in_cents: 0 }, [["OUT_OF_RANGE", "amount_in_cents"]]],
    [
      "an amount above the maximum",
      { amount_in_cents: MAX_AMOUNT, deposit_in_cents: 1 },
      [["OUT_OF_RANGE", "amount_in_cents"]],
    ],
    ["the mode checkout", { amount_in_cents: 1, mode: "checkout" }, [["INVALID", "mode"]]],
    [
      "off session without a method",
      { amount_in_cents: 1, mode: "off_session" },
      [["REQUIRED", "payment_method_id"]],
    ],
    [
      "a capture of nothing",
      { amount_in_cents: 1, mode: "capture" },
      [["REQUIRED", "payment_authorization_id"]],
    ],
    [
      "a time of success without success",
      { amount_in_cents: 1, succeeded_at: "2024-12-02T09:22:04Z" },
      [["INVALID", "succeeded_at"]],
    ],
    [
      "a string that is too long",
      { amount_in_cents: 1, provider_id: "x".repeat(256) },
      [["TOO_LONG", "provider_id"]],
    ],
    ["an unknown status", { amount_in_cents: 1, status: "paid" }, [["INVALID", "status"]]],
    ["an unknown mode", { amount_in_cents: 1, mode: "" }, [["INVALID", "mode"]]],
    ["an unknown provider", { amount_in_cents: 1, provider: "paypal" }, [["INVALID", "provider"]]],
    ["no currency", { amount_in_cents: 1, currency: "dollar" }, [["INVALID", "currency"]]],
    [
      "no time",
      { amount_in_cents: 1, status: "succeeded", succeeded_at: "yesterday" },
      [["INVALID", "succeeded_at"]],
    ],
    [
      "a day that does not exist",
      { amount_in_cents: 1, status: "succeeded", succeeded_at: "2023-02-29T00:00:00Z" },
      [["INVALID", "succeeded_at"]],
    ],
  ];
  it.each(REFUSED)("on creating with %s", async (_, attributes, expected) => {
    const refusals = await refusesToCreate(attributes, 422);
    expect(refusals).toEqual(expected.map(([code, name]) => [code, at(name)]));
  });

  it.each(["order", "customer", "payment_method", "payment_authorization"])(
    "on creating with another merchant's %s, a missing one, or one that is not a UUID",
    async (kind) => {
      const held = { mode: "REQUEST", amountInCents: 9 };
      const method = { provider: "STRIPE", identifier: "pm", methodType: "card", label: "Card" };
      const foreign = {
        order: () => createOrder(server, other.token, {}),
        customer: () => createCustomer(server, other.token, { name: "C" }),
        payment_method: () => createMethod(server, other.token, method),
        payment_authorization: () => createAuthorization(server, other.token, held),
      }[kind]!;
      const { record } = await foreign();
      for (const id of [record!.id, newId()]) {
        const refusals = await refusesToCreate({ amount_in_cents: 1, [`${kind}_id`]: id }, 422);
        expect(refusals).toEqual([["NOT_FOUND", at(`${kind}_id`)]]);
      }
      const malformed = await refusesToCreate({ amount_in_cents: 1, [`${kind}_id`]: "x" }, 422);
      expect(malformed.map(([, place]) => place)).toEqual([at(`${kind}_id`)]);
    },
  );

  it("on creating with all problems at once", async () => {
    const attributes = {
      ...{ amount_in_cents: -1, deposit_in_cents: -2, mode: "checkout", customer_id: newId() },
      ...{ description: "x".repeat(5_001) },
    };
    const refusals = await refusesToCreate(attributes, 422);
    expect(refusals.toSorted()).toEqual(
      [
        ["OUT_OF_RANGE", at("amount_in_cents")],
        ["OUT_OF_RANGE", at("deposit_in_cents")],
        ["INVALID", at("mode")],
        ["NOT_FOUND", at("customer_id")],
        ["TOO_LONG", at("description")],
      ].toSorted(),
    );
  });

  it("on creating with several unknown names, each reported", async () => {
    const words = { status: "x", mode: "y", provider: "z", currency: "v", succeeded_at: "w" };
    const refusals = await refusesToCreate({ amount_in_cents: 1, ...words }, 422);
    expect(refusals.map(([, place]) => place).toSorted()).toEqual(
      Object.keys(words).map(at).toSorted(),
    );
  });

  it("on an update with a status that cannot follow", async () => {
    const { id } = await create({ status: "succeeded" });
    const refusals = await refusesToUpdate(id, { status: "created" }, 422);
    expect(refusals).toEqual([["INVALID_TRANSITION", at("status")]]);
    const { body } = await put(id, { status: "created" });
    expect(Object.keys(body.errors![0]!)).toEqual(["status", "code", "title", "detail", "source"]);
  });

  it("on an update with an amount, a currency, a mode or a provider that is frozen", async () => {
    const { id } = await create({ status: "started" });
    const change = {
      ...{ amount_in_cents: 1, deposit_in_cents: 1, currency: "eur" },
      ...{ mode: "manual", provider: "none" },
    };
    const refusals = await refusesToUpdate(id, change, 422);
    const expected = Object.keys(change).map((name) => ["READ_ONLY", at(name)]);
    expect(refusals.toSorted()).toEqual(expected.toSorted());
  });

  it("on an update with null for a required attribute, or an unknown name", async () => {
    const { id } = await create();
    for (const name of ["status", "amount_in_cents", "currency", "mode", "provider"]) {
      const refusals = await refusesToUpdate(id, { [name]: null }, 422);
      expect(refusals).toEqual([["REQUIRED", at(name)]]);
    }
    for (const name of ["status", "currency", "mode", "provider"]) {
      const refusals = await refusesToUpdate(id, { [name]: "unknown" }, 422);
      expect(refusals).toEqual([["INVALID", at(name)]]);
    }
  });

  it("for an integer that is not a valid amount", async () => {
    const { id } = await create();
    for (const amount of [2 ** 53, -(2 ** 53), 1e300]) {
      const place = [at("amount_in_cents")];
      const created = await refusesToCreate({ amount_in_cents: amount }, 422);
      expect(created.map(([, where]) => where)).toEqual(place);
      const updated = await refusesToUpdate(id, { amount_in_cents: amount }, 422);
      expect(updated.map(([, where]) => where)).toEqual(place);
    }
  });
});

describe("an Idempotency-Key", () => {
  const keyed = (key: string): Record<string, string> => ({ "idempotency-key": key });

  it("returns the same charge in its current state for the same input, and creates no other", async () => {
    const headers = keyed(newId());
    const attributes = { amount_in_cents: 100, description: "once" };
    const first = await post(attributes, token, headers);
    const { id } = charged(first, 201);
    const before = await countCharges();
    const again = await post(attributes, token, headers);
    expect(again).toMatchObject({ status: 201, body: first.body });
    expect(again.headers.get("location")).toBe(`${CHARGES}/${id}`);
    const changed = await put(id, { status: "started" });
    expect((await post(attributes, token, headers)).body).toEqual(changed.body);
    expect(await countCharges()).toBe(before);
  });

  it("is the idempotencyKey of GraphQL", async () => {
    const key = newId();
    const input = { idempotencyKey: key, amountInCents: 100, description: "either way" };
    const { id } = await accepted(createCharge(server, token, input));
    const attributes = { amount_in_cents: 100, description: "either way" };
    expect(charged(await post(attributes, token, keyed(key.toUpperCase())), 201).id).toBe(id);
  });

  it("with another input is refused as reused", async () => {
    const headers = keyed(newId());
    await post({ amount_in_cents: 100 }, token, headers);
    const refusals = await refusesToCreate({ amount_in_cents: 101 }, 422, headers);
    expect(refusals.map(([code]) => code)).toEqual(["IDEMPOTENCY_KEY_REUSED"]);
  });

  it("belongs to one merchant, and is not consumed by a refused request", async () => {
    const headers = keyed(newId());
    await refusesToCreate({}, 422, headers);
    const own = charged(await post({ amount_in_cents: 1 }, token, headers), 201);
    const foreign = charged(await post({ amount_in_cents: 2 }, other.token, headers), 201);
    expect(own.id).not.toBe(foreign.id);
  });

  it("creates one charge for concurrent requests over REST and GraphQL", async () => {
    for (let round = 0; round < 5; round++) {
      const key = newId();
      const ids = await Promise.all(
        Array.from({ length: 10 }, async (_, index) => {
          if (index % 2 === 0) {
            return charged(await post({ amount_in_cents: 9 }, token, keyed(key)), 201).id;
          }
          const input = { idempotencyKey: key, amountInCents: 9 };
          return (await accepted(createCharge(server, token, input))).id;
        }),
      );
      expect(new Set(ids).size).toBe(1);
    }
  });

  it("that is not a UUID is refused and creates nothing", async () => {
    const before = await countCharges();
    for (const key of ["x", "1", `${newId()}0`, `${newId()}, ${newId()}`]) {
      const answer = await post({ amount_in_cents: 1 }, token, keyed(key));
      expect([400, 422]).toContain(answer.status);
      refused(answer, answer.status);
    }
    expect(await countCharges()).toBe(before);
  });
});

describe("a caller of the payment charges' paths", () => {
  const scoped = (...scopes: ApiScope[]): Promise<string> =>
    server.createToken({ merchantId: merchant.id, scopes });
  const without = (...scopes: ApiScope[]): Promise<string> =>
    scoped(...MERCHANT_SCOPES.filter((scope) => !scopes.includes(scope)));

  async function reading(by: string | null, id: string): Promise<Answer[]> {
    return [await get(id, "", by), await rest.get(CHARGES, by)];
  }

  async function writing(by: string | null, id: string): Promise<Answer[]> {
    return [await post({ amount_in_cents: 1 }, by), await put(id, { description: newId() }, by)];
  }

  function expectRefusals(answers: Answer[], status: number, code: string): void {
    for (const answer of answers) {
      expect(refused(answer, status)).toEqual([[code, ""]]);
      const challenge = status === 401 ? "Token" : null;
      expect(answer.headers.get("www-authenticate")).toBe(challenge);
    }
  }

  it("without a valid token gets 401 and writes nothing", async () => {
    const { id } = await create();
    const revoked = await server.createToken({ merchantId: merchant.id, name: "revoked rest" });
    await server.database.pool.query(
      "update api_tokens set revoked_at = now() where name = 'revoked rest'",
    );
    const before = await countCharges();
    for (const by of [null, "x", `${token}x`, revoked]) {
      const answers = [...(await reading(by, id)), ...(await writing(by, id))];
      expectRefusals(answers, 401, "UNAUTHENTICATED");
    }
    expect(await countCharges()).toBe(before);
    expect((await findCharge(server, token, id))?.description).toBeNull();
  });

  it("can read with only PAYMENTS_READ, and write with only PAYMENTS_WRITE", async () => {
    const { id } = await create();
    for (const answer of await reading(await scoped("PAYMENTS_READ"), id)) {
      expect(answer.status).toBe(200);
    }
    const [created, updated] = await writing(await scoped("PAYMENTS_WRITE"), id);
    expect(Object.keys(charged(created!, 201).attributes)).toEqual(ATTRIBUTES.split(" "));
    expect(Object.keys(charged(updated!, 200).attributes)).toEqual(ATTRIBUTES.split(" "));
  });

  it("gets 403 without the scope, and as an operator", async () => {
    const { id } = await create();
    const before = await countCharges();
    const blind = await without("PAYMENTS_READ");
    expectRefusals(await reading(blind, id), 403, "FORBIDDEN");
    const readOnly = await without("PAYMENTS_WRITE");
    expectRefusals(await writing(readOnly, id), 403, "FORBIDDEN");
    for (const answers of [
      await reading(server.operatorToken, id),
      await writing(server.operatorToken, id),
    ]) {
      expectRefusals(answers, 403, "FORBIDDEN");
    }
    expect(await countCharges()).toBe(before);
  });

  it("gets 403 if the merchant is inactive", async () => {
    const stopped = await server.createMerchant();
    const { id } = await create({}, stopped.token);
    await server.app.services.merchants.update(stopped.id, { isActive: false });
    const answers = [...(await reading(stopped.token, id)), ...(await writing(stopped.token, id))];
    expectRefusals(answers, 403, "FORBIDDEN");
  });

  it("sees a provider's secret, even its own, only with PROVIDER_SECRETS_READ", async () => {
    const blind = await without("PROVIDER_SECRETS_READ");
    const created = charged(await post({ amount_in_cents: 1, provider_secret: "s1" }, blind), 201);
    expect(created.attributes["provider_secret"]).toBeNull();
    const updated = charged(await put(created.id, { provider_secret: "s2" }, blind), 200);
    expect(updated.attributes["provider_secret"]).toBeNull();
    const listed = `${CHARGES}?filter[id]=${created.id}`;
    for (const [by, secret] of [
      [blind, null],
      [token, "s2"],
    ] as const) {
      const list = await rest.get<JsonApiDocument<Resource[]>>(listed, by);
      expect(list.body.data.map(({ attributes }) => attributes["provider_secret"])).toEqual([
        secret,
      ]);
      expect((await get(created.id, "", by)).body.data.attributes["provider_secret"]).toBe(secret);
    }
    // A token that cannot read the secret is shown null, and sends it back.
    charged(await put(created.id, { provider_secret: null }, blind), 200);
    expect((await get(created.id)).body.data.attributes["provider_secret"]).toBe("s2");
    const cleared = charged(await put(created.id, { provider_secret: null }), 200);
    expect(cleared.attributes["provider_secret"]).toBeNull();
  });

  it("gets 405 for an unsupported method, with the supported ones", async () => {
    const { id } = await create();
    const cases = [
      ...["PUT", "PATCH", "DELETE"].map((method) => [method, CHARGES, "GET POST"] as const),
      ...["POST", "DELETE"].map((method) => [method, `${CHARGES}/${id}`, "GET PUT PATCH"]),
    ] as const;
    for (const [method = "", path = "", allowed = ""] of cases) {
      const answer: Answer = await rest.send(method, path, { token });
      refused(answer, 405);
      const allow = (answer.headers.get("allow") ?? "").split(",").map((one) => one.trim());
      expect(allow, `${method} ${path}`).toEqual(expect.arrayContaining(allowed.split(" ")));
      expect(allow).not.toContain(method);
    }
  });
});

describe("the payment charge paths during failures", () => {
  async function allOf(client: RestClient, by: string, id: string): Promise<Answer[]> {
    const body = creating({ amount_in_cents: 1 });
    const sent: Promise<Answer>[] = [
      client.get(CHARGES, by),
      client.get(`${CHARGES}/${id}`, by),
      client.send("POST", CHARGES, { token: by, body }),
      client.send("PUT", `${CHARGES}/${id}`, {
        token: by,
        body: updating(id, { description: "x" }),
      }),
    ];
    return Promise.all(sent);
  }

  it("respond with 500 without details, which the log has under the error's id", async () => {
    const broken = await TestServer.start();
    try {
      const client = await RestClient.of(broken);
      const owner = await broken.createMerchant();
      const { id } = await accepted(createCharge(broken, owner.token, { amountInCents: 1 }));
      await broken.database.pool.query("alter table payment_charges rename to lost_charges");
      for (const answer of await allOf(client, owner.token, id)) {
        expect(refused(answer, 500)).toEqual([["INTERNAL_SERVER_ERROR", ""]]);
        expect(answer.text).not.toMatch(/relation|select|insert|lost_charges|\.ts/);
        const requestId = answer.headers.get("x-request-id")!;
        expect(answer.body.errors?.map((error) => error.id)).toEqual([requestId]);
        const logged = broken.logged.filter((line) => line.includes(requestId)).join("\n");
        expect(logged).toContain("payment_charges");
      }
    } finally {
      await broken.stop();
    }
  });

  it("respond with 503 without a database", async () => {
    const broken = await TestServer.start();
    const client = await RestClient.of(broken);
    const owner = await broken.createMerchant();
    await broken.database.pool.end();
    try {
      for (const answer of await allOf(client, owner.token, newId())) {
        expect(refused(answer, 503)).toEqual([["SERVICE_UNAVAILABLE", ""]]);
      }
    } finally {
      await broken.app.close();
    }
  });
});

describe("REST and GraphQL", () => {
  it("show the same charge, regardless of which of them wrote it", async () => {
    const input = { amountInCents: 12, description: "by GraphQL" };
    const written: PaymentCharge = await accepted(createCharge(server, token, input));
    const { attributes } = (await get(written.id)).body.data;
    expect(attributes).toEqual(asAttributes(written, ATTRIBUTES.split(" ")));
    await put(written.id, { status: "canceled", description: "by REST" });
    expect(await findCharge(server, token, written.id)).toMatchObject({
      status: "CANCELED",
      description: "by REST",
      statusHistory: { nodes: [{ to: "CREATED" }, { from: "CREATED", to: "CANCELED" }] },
    });
  });
});
