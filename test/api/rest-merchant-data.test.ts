import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findCharge } from "../support/payments.js";
import {
  CHARGES,
  type JsonApiDocument,
  type Resource,
  type RestAnswer,
  RestClient,
  creating,
  refusalsIn,
  updating,
} from "../support/rest.js";
import { type TestMerchant, TestServer } from "../support/server.js";

type Input = Record<string, unknown>;
type Answer = RestAnswer<JsonApiDocument<Resource>>;

let server: TestServer;
let rest: RestClient;
let merchant: TestMerchant;

beforeAll(async () => {
  server = await TestServer.start();
  rest = await RestClient.of(server);
  merchant = await server.createMerchant();
});

afterAll(() => server.stop());

function post(attributes: Input, by = merchant): Promise<Answer> {
  const body = creating({ amount_in_cents: 100, ...attributes });
  return rest.send("POST", CHARGES, { token: by.token, body });
}

async function create(attributes: Input, by = merchant): Promise<Resource> {
  const { status, body, text } = await post(attributes, by);
  expect(status, text).toBe(201);
  return body.data;
}

function patch(id: string, attributes: Input): Promise<Answer> {
  const body = updating(id, attributes);
  return rest.send("PATCH", `${CHARGES}/${id}`, { token: merchant.token, body });
}

describe("a charge over REST", () => {
  it("has its metadata as an object, and GraphQL shows the same", async () => {
    const metadata = { channel: "web", "a/b": "", campaign: "spring, summer" };
    const { id, attributes } = await create({ reference: "Order 7", metadata });
    expect(attributes).toMatchObject({ reference: "Order 7", metadata });
    expect(await findCharge(server, merchant.token, id)).toMatchObject({
      reference: "Order 7",
      metadata: [
        { key: "a/b", value: "" },
        { key: "campaign", value: "spring, summer" },
        { key: "channel", value: "web" },
      ],
    });
    const { body } = await rest.get<JsonApiDocument<Resource>>(
      `${CHARGES}/${id}?fields[payment_charges]=metadata`,
      merchant.token,
    );
    expect(body.data.attributes).toEqual({ metadata });
  });

  it("has its metadata replaced as a whole by an update, kept without it, and removed by null", async () => {
    const { id } = await create({ reference: "R", metadata: { a: "1", b: "2" } });
    const after = async (attributes: Input): Promise<unknown> => {
      const { status, body, text } = await patch(id, attributes);
      expect(status, text).toBe(200);
      const { reference, metadata } = body.data.attributes;
      return { reference, metadata };
    };
    const kept = { reference: "R", metadata: { a: "1", b: "2" } };
    expect(await after({ description: "d" })).toEqual(kept);
    expect(await after({ metadata: { b: "2", a: "1" } })).toEqual(kept);
    expect(await after({ metadata: { c: "3" } })).toEqual({ reference: "R", metadata: { c: "3" } });
    expect(await after({ reference: null, metadata: null })).toEqual({
      reference: null,
      metadata: {},
    });
  });

  it.each<[string, Input, number, [string, string][]]>([
    [
      "every value that a rule refuses, with pointers to it",
      { reference: "x".repeat(201), metadata: { a: "", "b/~": "v".repeat(501), " ": "" } },
      422,
      [
        ["TOO_LONG", "/data/attributes/reference"],
        ["TOO_LONG", "/data/attributes/metadata/b~1~0"],
        ["REQUIRED", "/data/attributes/metadata/ "],
      ],
    ],
    [
      "21 keys",
      {
        metadata: Object.fromEntries(Array.from({ length: 21 }, (_, at) => [`k${String(at)}`, ""])),
      },
      422,
      [["TOO_LONG", "/data/attributes/metadata"]],
    ],
    [
      "a value that is not a text",
      { metadata: { a: 1 } },
      400,
      [["BAD_USER_INPUT", "/data/attributes/metadata/a"]],
    ],
    ["a list", { metadata: ["a"] }, 400, [["BAD_USER_INPUT", "/data/attributes/metadata"]]],
  ])("is refused with %s", async (_, attributes, status, refusals) => {
    const answer = await post(attributes);
    expect([answer.status, refusalsIn(answer)]).toEqual([status, refusals]);
  });
});

describe("filter[metadata] and filter[reference]", () => {
  let ids: string[];

  beforeAll(async () => {
    merchant = await server.createMerchant();
    const other = await server.createMerchant();
    ids = [];
    for (const attributes of [
      { reference: "Order-1", metadata: { channel: "web", "order.ref": "a,b" } },
      { reference: "order-2", metadata: { channel: "app", "order.ref": "null" } },
      { metadata: { channel: "Web" } },
      {},
    ]) {
      ids.push((await create(attributes)).id);
      await create(attributes, other);
    }
  });

  it.each<[string, number[]]>([
    ["filter[metadata][channel]=web", [0]],
    ["filter[metadata][channel]=web, app", [0, 1]],
    ["filter[metadata][channel][]=web&filter[metadata][channel][]=Web", [0, 2]],
    ["filter[metadata][order.ref]={{a,b}}", [0]],
    ["filter[metadata][order.ref]={{null}}", [1]],
    ["filter[metadata][order.ref]=null", [2, 3]],
    ["filter[metadata][order.ref]=null,{{a,b}}", [0, 2, 3]],
    ["filter[metadata][channel]=app&filter[metadata][order.ref]={{null}}", [1]],
    ["filter[metadata][none]=web", []],
    ["filter[reference]=ORDER-1", [0]],
    ["filter[reference][eql]=order-1", []],
    ["filter[reference][prefix]=order&filter[metadata][channel]=app", [1]],
    ["filter[reference]=null", [2, 3]],
  ])("%s finds the described charges", async (query, expected) => {
    const url = `${CHARGES}?sort=created_at&${query.replace(", ", ",%20")}`;
    const { status, body, text } = await rest.get<JsonApiDocument<Resource[]>>(url, merchant.token);
    expect(status, text).toBe(200);
    expect(body.data.map(({ id }) => ids.indexOf(id))).toEqual(expected);
  });

  it.each([
    ["filter[metadata]=web", "filter[metadata]"],
    ["filter[metadata][a][eq]=web", "filter[metadata][a]"],
    [`filter[metadata][a]=${"x,".repeat(300)}`, "filter[metadata]"],
    ["sort=metadata", "sort"],
  ])("%.40s is 400 at its parameter", async (query, parameter) => {
    const answer = await rest.get<JsonApiDocument<Resource[]>>(
      `${CHARGES}?${query}`,
      merchant.token,
    );
    expect([answer.status, refusalsIn(answer)]).toEqual([400, [["BAD_USER_INPUT", parameter]]]);
  });
});
