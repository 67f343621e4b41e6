import JsonApi from "devour-client";
import { Deserializer, Serializer } from "jsonapi-serializer";
import Kitsu from "kitsu";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { newId } from "../../src/shared/uuid.js";
import { accepted, createCustomer, createMethod, createOrder } from "../support/payments.js";
import { type JsonApiDocument, type JsonApiError, type Resource } from "../support/rest.js";
import { TestServer } from "../support/server.js";

type Model = Record<string, unknown> & { id: string };

/** What a client package can do, each in its own way. The scenarios below are the same for all of them. */
interface Client {
  list(page: number, parameters?: object): Promise<Model[]>;
  find(id: string): Promise<Model>;
  create(attributes: object, key?: string): Promise<Model>;
  /** Sends a model that was read, with changes. */
  update(model: Model): Promise<Model>;
  /** The errors of a request that must be refused, each with its code and the end of its pointer. */
  refusalsOf(request: Promise<unknown>): Promise<[string, string][]>;
  /** The name of an attribute in its models. */
  nameOf(attribute: string): string;
}

const SIZE = 2;
const COUNT = 5;

let server: TestServer;
let base: string;
let token: string;
const ids = { order: "", customer: "", method: "" };

beforeAll(async () => {
  server = await TestServer.start();
  base = `${new URL(server.url).origin}/api/boomerang`;
});
afterAll(() => server.stop());

beforeEach(async () => {
  ({ token } = await server.createMerchant());
  ids.customer = (await accepted(createCustomer(server, token, { name: "Ada" }))).id;
  const order = { customerId: ids.customer, currency: "EUR" };
  ids.order = (await accepted(createOrder(server, token, order))).id;
  const method = { provider: "STRIPE", identifier: "pm", methodType: "card", label: "Card" };
  ids.method = (await accepted(createMethod(server, token, method))).id;
});

function placeOf({ code, source }: JsonApiError): [string, string] {
  return [code, source?.pointer?.split("/").at(-1) ?? ""];
}

function kitsuClient(): Client {
  const api = new Kitsu({ baseURL: base, headers: { Authorization: `Bearer ${token}` } });
  const dataOf = (answer: unknown): unknown => (answer as { data: unknown }).data;
  return {
    list: async (number, parameters) => {
      const params = { page: { number, size: SIZE }, sort: "amount_in_cents", ...parameters };
      return dataOf(await api.get("payment_charge", { params })) as Model[];
    },
    find: async (id) => {
      const params = { include: "order,customer" };
      return dataOf(await api.get(`payment_charge/${id}`, { params })) as Model;
    },
    create: async (attributes, key = newId()) => {
      const body = {
        ...attributes,
        order: { data: { id: ids.order, type: "orders" } },
        payment_method: { data: { id: ids.method } },
      };
      const headers = { "Idempotency-Key": key };
      return dataOf(await api.create("payment_charge", body, { headers })) as Model;
    },
    update: async (model) => dataOf(await api.update("payment_charge", model)) as Model,
    refusalsOf: async (request) => {
      const error: unknown = await request.catch((reason: unknown) => reason);
      return (error as { errors: JsonApiError[] }).errors.map(placeOf);
    },
    nameOf: (attribute) => attribute,
  };
}

const ATTRIBUTES =
  "status amount_in_cents deposit_in_cents total_in_cents currency mode description provider " +
  "provider_id provider_method provider_secret refundable created_at updated_at succeeded_at " +
  "order_id customer_id payment_method_id payment_authorization_id employee_id";

function devourClient(): Client {
  const api = new JsonApi({ apiUrl: base, logger: false, errorBuilder: ({ code }) => code });
  api.headers["Authorization"] = `Bearer ${token}`;
  api.define("payment_charge", {
    ...Object.fromEntries(ATTRIBUTES.split(" ").map((name) => [name, ""])),
    order: { jsonApi: "hasOne", type: "orders" },
    customer: { jsonApi: "hasOne", type: "customers" },
    payment_method: { jsonApi: "hasOne", type: "payment_methods" },
  });
  api.define("order", { number: "", status: "" });
  api.define("customer", { name: "" });
  return {
    list: async (number, parameters) => {
      const query = { page: { number, size: SIZE }, sort: ["amount_in_cents"], ...parameters };
      return (await api.findAll("payment_charge", query)).data;
    },
    find: async (id) =>
      (await api.find("payment_charge", id, { include: ["order", "customer"] })).data,
    create: async (attributes, key = newId()) => {
      api.headers["Idempotency-Key"] = key;
      const relations = { order: { id: ids.order }, payment_method: { id: ids.method } };
      return (await api.create("payment_charge", { ...attributes, ...relations })).data;
    },
    update: async (model) => (await api.update("payment_charge", model)).data,
    refusalsOf: async (request) => {
      const errors: unknown = await request.catch((reason: unknown) => reason);
      return Object.entries(errors as object).map(([name, code]) => [String(code), name]);
    },
    nameOf: (attribute) => attribute,
  };
}

/** jsonapi-serializer sends no requests; `fetch` does. */
function serializerClient(): Client {
  const send = async <Data>(method: string, path: string, body?: object, key: string = newId()) => {
    const response = await fetch(`${base}/payment_charges${path}`, {
      method,
      headers: {
        ...{ authorization: `Bearer ${token}`, accept: "application/vnd.api+json" },
        ...{ "content-type": "application/vnd.api+json", "idempotency-key": key },
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const document = (await response.json()) as JsonApiDocument<Data>;
    if (document.errors) throw Object.assign(new Error("refused"), { errors: document.errors });
    return document;
  };
  const read = async <T>(document: JsonApiDocument<unknown>): Promise<T> =>
    (await new Deserializer({}).deserialize(document)) as T;
  const write = (model: object): object => {
    const related = { ref: "id" };
    const options = { order: related, customer: related, payment_method: related };
    const attributes = Object.keys(model).filter((name) => name !== "id");
    return new Serializer("payment_charges", { attributes, ...options }).serialize(model) as object;
  };
  return {
    list: async (number, parameters) => {
      const { filter = {} } = (parameters ?? {}) as { filter?: Record<string, unknown> };
      const query = new URLSearchParams({
        ...{ "page[number]": String(number), "page[size]": String(SIZE), sort: "amount_in_cents" },
      });
      for (const [name, values] of Object.entries(filter)) {
        for (const value of [values].flat()) query.append(`filter[${name}][]`, String(value));
      }
      return read(await send<Resource[]>("GET", `?${query.toString()}`));
    },
    find: async (id) => read(await send<Resource>("GET", `/${id}?include=order,customer`)),
    create: async (attributes, key) => {
      const relations = { order: { id: ids.order }, payment_method: { id: ids.method } };
      const body = write({ ...attributes, ...relations });
      return read(await send<Resource>("POST", "", body, key));
    },
    update: async (model) => read(await send<Resource>("PATCH", `/${model.id}`, write(model))),
    refusalsOf: async (request) => {
      const error: unknown = await request.catch((reason: unknown) => reason);
      return (error as { errors: JsonApiError[] }).errors.map(placeOf);
    },
    nameOf: (attribute) => attribute.replaceAll("_", "-"),
  };
}

describe.each([
  ["kitsu", kitsuClient],
  ["devour-client", devourClient],
  ["jsonapi-serializer", serializerClient],
])("%s with its defaults", (_, connect) => {
  const amount = (value: number): object => ({ amount_in_cents: value });

  it("reads a list page by page to its end, and filters by several values", async () => {
    const client = connect();
    for (let value = 1; value <= COUNT; value++) await client.create(amount(value));
    const seen: Model[] = [];
    for (let page = 1; ; page++) {
      const models = await client.list(page);
      seen.push(...models);
      if (models.length < SIZE) break;
    }
    expect(seen.map((model) => model[client.nameOf("amount_in_cents")])).toEqual([1, 2, 3, 4, 5]);
    const filtered = await client.list(1, { filter: { amount_in_cents: [2, 4] } });
    expect(filtered.map(({ id }) => id)).toEqual([seen[1]!.id, seen[3]!.id]);
  });

  it("creates a charge with relations, reads it and sends it back whole", async () => {
    const client = connect();
    const { id } = await client.create(amount(7));
    const model = await client.find(id);
    expect(model).toMatchObject({
      [client.nameOf("order_id")]: ids.order,
      [client.nameOf("customer_id")]: ids.customer,
      [client.nameOf("payment_method_id")]: ids.method,
    });
    const before = model[client.nameOf("updated_at")];
    expect((await client.update(model))[client.nameOf("updated_at")]).toBe(before);

    const changed = { ...(await client.find(id)), description: "Sent back", status: "started" };
    expect(await client.update(changed)).toMatchObject({
      ...{ id, description: "Sent back", status: "started" },
    });
  });

  it("receives an error's code and pointer", async () => {
    const client = connect();
    const refusals = await client.refusalsOf(client.create(amount(-1)));
    expect(refusals).toEqual([["OUT_OF_RANGE", client.nameOf("amount_in_cents")]]);
    const model = await client.find((await client.create(amount(1))).id);
    const other = { ...model, [client.nameOf("total_in_cents")]: 9 };
    expect(await client.refusalsOf(client.update(other))).toEqual([
      ["READ_ONLY", client.nameOf("total_in_cents")],
    ]);
    // A model that was read before another client's change.
    await client.update({ ...model, description: "Another client's" });
    expect(await client.refusalsOf(client.update(model))).toEqual([
      ["READ_ONLY", client.nameOf("updated_at")],
    ]);
  });

  it("retries a creation with its key, and finds the charge that the lost answer was about", async () => {
    const client = connect();
    const key = newId();
    const { id } = await client.create(amount(3), key);
    expect((await client.create(amount(3), key)).id).toBe(id);
    expect(await client.list(1)).toHaveLength(1);
    const refusals = await client.refusalsOf(client.create(amount(4), key));
    expect(refusals.map(([code]) => code)).toEqual(["IDEMPOTENCY_KEY_REUSED"]);
  });
});

it("a retried pocket charge has a code that distinguishes a repeated charge from a conflict", async () => {
  const merchant = await server.createMerchant();
  const slug = await server.createGroup({}, merchant);
  const charge = { token: newId(), phone_number: "989120000000", amount: 100 };
  const send = async (sent: object): Promise<unknown> => {
    const response = await fetch(`${new URL(server.url).origin}/pockets/${slug}/charge/`, {
      method: "POST",
      headers: { authorization: `Token ${merchant.token}`, "content-type": "application/json" },
      body: JSON.stringify({ charges: [sent] }),
    });
    const { results } = (await response.json()) as {
      results: { message: string; code: unknown }[];
    };
    return results.map(({ message, code }) => [message, code]);
  };
  expect(await send(charge)).toEqual([["Charge was successful.", null]]);
  expect(await send(charge)).toEqual([["Duplicate token.", "DUPLICATE_TOKEN"]]);
  expect(await send({ ...charge, amount: 200 })).toEqual([["Duplicate token.", "TOKEN_CONFLICT"]]);
});
