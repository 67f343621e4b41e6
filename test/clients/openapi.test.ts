import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import createClient from "openapi-fetch";
import openapiTS, { astToString } from "openapi-typescript";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "../../src/shared/uuid.js";
import { charge } from "../support/pockets.js";
import { CHARGES, type Parameter, RestClient } from "../support/rest.js";
import { type TestMerchant, TestServer } from "../support/server.js";

/** A client as a merchant would write it, with openapi-fetch's defaults. Each function is one task. */
const CLIENT = `
import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

type Schemas = components["schemas"];

export function clientOf(baseUrl: string, headers: Record<string, string>) {
  const api = createClient<paths>({ baseUrl, headers });
  return {
    async charge(slug: string, charges: Schemas["PocketChargeInput"][]): Promise<Schemas["PocketChargeResult"][]> {
      const { data, error } = await api.POST("/pockets/{slug}/charge/", {
        params: { path: { slug } },
        body: { charges },
      });
      if (error) throw new Error(error.detail);
      return data.results;
    },
    async trace(slug: string, token: string): Promise<Schemas["PocketCharge"] | null> {
      const { data, response } = await api.GET("/pockets/{slug}/charge/{token}/", {
        params: { path: { slug, token } },
      });
      if (response.status === 404) return null;
      return data ?? null;
    },
    async list(): Promise<{ amounts: (number | undefined)[]; total: number | undefined; names: string[] }> {
      const { data, error } = await api.GET("/api/boomerang/payment_charges", {
        params: {
          query: {
            "filter[status]": { eq: "created,succeeded", not_match: "x" },
            "filter[amount_in_cents]": { gte: 200, lt: "400" },
            "filter[refundable]": { eq: true },
            "filter[created_at]": { gt: "2020-01-01T00:00:00+00:00" },
            sort: "-amount_in_cents",
            include: "order",
            "fields[payment_charges]": "amount_in_cents,currency",
            "page[number]": 1,
            "page[size]": 2,
            "meta[total]": ["count"],
          },
        },
      });
      if (error) throw new Error(error.errors[0]?.detail);
      const charges: Schemas["PaymentCharge"][] = data.data;
      return {
        amounts: charges.map(({ attributes }) => attributes.amount_in_cents),
        total: data.meta.total?.count,
        names: [...new Set(charges.flatMap(({ attributes }) => Object.keys(attributes)))],
      };
    },
    async create(key: string, amount_in_cents: number): Promise<Schemas["PaymentCharge"] | string> {
      const { data, error } = await api.POST("/api/boomerang/payment_charges", {
        params: { header: { "idempotency-key": key } },
        body: { data: { type: "payment_charges", attributes: { amount_in_cents, mode: "request" } } },
      });
      return error ? (error.errors[0]?.code ?? "") : data.data;
    },
    async update(id: string): Promise<string | undefined> {
      const { data } = await api.PUT("/api/boomerang/payment_charges/{id}", {
        params: { path: { id } },
        body: { data: { id, type: "payment_charges", attributes: { status: "started" } } },
      });
      return data?.data.attributes.status;
    },
  };
}

/**
 * Mistakes that the generated types must find. Never called, only compiled: the test fails if one of them compiles,
 * because TypeScript refuses \`@ts-expect-error\` above a line without an error.
 */
export function mistakes(api: ReturnType<typeof createClient<paths>>): unknown[] {
  return [
    // @ts-expect-error the attribute does not exist
    api.GET("/api/boomerang/payment_charges", { params: { query: { "filter[colour]": { eq: "x" } } } }),
    // @ts-expect-error a boolean has no such operator
    api.GET("/api/boomerang/payment_charges", { params: { query: { "filter[refundable]": { gt: "x" } } } }),
    // @ts-expect-error the slug is missing
    api.POST("/pockets/{slug}/charge/", { body: { charges: [] } }),
    // @ts-expect-error the token is missing
    api.POST("/pockets/{slug}/charge/", { params: { path: { slug: "x" } }, body: { charges: [{ phone_number: "", amount: 1 }] } }),
    // @ts-expect-error the status does not exist
    api.POST("/api/boomerang/payment_charges", { body: { data: { type: "payment_charges", attributes: { status: "paid" } } } }),
  ];
}
`;

/** The functions of the client's source. */
interface Client {
  charge(slug: string, charges: object[]): Promise<Record<string, unknown>[]>;
  trace(slug: string, token: string): Promise<object | null>;
  list(): Promise<object>;
  create(key: string, amount: number): Promise<{ id: string; attributes: object } | string>;
  update(id: string): Promise<string | undefined>;
}
type ClientOf = (baseUrl: string, headers: Record<string, string>) => Client;

const STRICT: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  types: ["node"],
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  noUnusedLocals: true,
  skipLibCheck: true,
};

let folder: string;
let server: TestServer;
let rest: RestClient;
let merchant: TestMerchant;
let types: string;
let clientOf: ClientOf;

beforeAll(async () => {
  server = await TestServer.start();
  rest = await RestClient.of(server);
  merchant = await server.createMerchant();
  types = astToString(await openapiTS(new URL("/openapi.json", rest.origin)));
  folder = await mkdtemp(join(tmpdir(), "pocketcharge-openapi-"));
  await mkdir(join(folder, "src"));
  await writeFile(join(folder, "package.json"), '{"type":"module"}');
  await symlink(resolve("node_modules"), join(folder, "node_modules"));
  await writeFile(join(folder, "src/api.ts"), types);
  await writeFile(join(folder, "src/client.ts"), CLIENT);
  clientOf = await compiled();
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await server.stop();
});

/** Compiles the client, and loads it. @throws if it has an error. */
async function compiled(): Promise<ClientOf> {
  const outDir = join(folder, "dist");
  const program = ts.createProgram([join(folder, "src/client.ts")], { ...STRICT, outDir });
  const { diagnostics } = program.emit();
  const messages = [...ts.getPreEmitDiagnostics(program), ...diagnostics].map(({ messageText }) =>
    ts.flattenDiagnosticMessageText(messageText, "\n"),
  );
  expect(messages).toEqual([]);
  const loaded: unknown = await import(pathToFileURL(join(outDir, "client.js")).href);
  return (loaded as { clientOf: ClientOf }).clientOf;
}

describe("a client that is generated from /openapi.json", () => {
  it.each(["Token", "Bearer"])(
    "charges, traces, lists, creates and updates, with %s",
    async (scheme) => {
      const slug = await server.createGroup({}, merchant);
      const client = clientOf(rest.origin, { Authorization: `${scheme} ${merchant.token}` });
      const { token, phoneNumber: phone_number, amount } = charge();
      const sent = { token, phone_number, amount };

      expect(await client.charge(slug, [sent])).toMatchObject([{ ...sent, status: "success" }]);
      expect(await client.charge(slug, [sent])).toMatchObject([{ status: "error" }]);
      await expect(client.charge("no-such-group", [sent])).rejects.toThrow("no-such-group");
      expect(await client.trace(slug, token)).toEqual(sent);
      expect(await client.trace(slug, newId())).toBeNull();

      const other = await server.createMerchant();
      const ofOther = clientOf(rest.origin, { Authorization: `${scheme} ${other.token}` });
      const key = newId();
      const created = [];
      for (const one of [100, 200, 300, 350, 400]) {
        created.push(await ofOther.create(one === 100 ? key : newId(), one));
      }
      expect(await ofOther.create(key, 100)).toEqual(created[0]);
      expect(await ofOther.create(newId(), 0)).toBe("OUT_OF_RANGE");
      expect(await ofOther.list()).toEqual({
        amounts: [350, 300],
        total: 3,
        names: ["amount_in_cents", "currency"],
      });
      const [first] = created as { id: string }[];
      expect(await ofOther.update(first!.id)).toBe("started");
    },
  );

  it("has a named type for everything that the server returns or takes", () => {
    const { schemas = {} } = rest.openapi.document.components ?? {};
    for (const name of Object.keys(schemas)) expect(types).toContain(`        ${name}: `);
    expect(Object.keys(schemas)).toEqual(
      expect.arrayContaining(["PaymentCharge", "PocketCharge", "PocketChargeResult"]),
    );
  });
});

describe("openapi-fetch, with its defaults", () => {
  const VALUES: Record<string, unknown> = {
    UuidFilter: newId(),
    IntegerFilter: 1,
    DateTimeFilter: "2024-12-02T09:22:05.398979+00:00",
    BooleanFilter: true,
    TextFilter: "none",
  };

  interface Listed {
    response: Response;
    data?: { meta: object };
    error?: unknown;
  }

  /** Lists with parameters that no type checks, because the tests read them from the document. */
  async function list(query: object): Promise<Listed> {
    const headers = { authorization: `Token ${merchant.token}` };
    const client = createClient({ baseUrl: rest.origin, headers });
    const get = client.GET as unknown as (path: string, options: object) => Promise<Listed>;
    return get(CHARGES, { params: { query } });
  }

  it("sends every filter so that the server reads it", async () => {
    const { parameters = [] } = rest.openapi.operationsAt(CHARGES)!["get"]!;
    const { schemas = {} } = rest.openapi.document.components ?? {};
    const filters = parameters.filter(({ name }) => name.startsWith("filter["));
    expect(filters.length).toBeGreaterThanOrEqual(30);
    for (const { name, schema } of filters) {
      const kind = (schema as { $ref: string }).$ref.split("/").at(-1)!;
      const { properties } = schemas[kind] as { properties: object };
      // A secret is found whole or not at all.
      const operators = Object.keys(properties).filter(
        (operator) => name !== "filter[provider_secret]" || /eql?$/.test(operator),
      );
      const value = Object.fromEntries(
        operators.map((operator) => [operator, valueFor(name, kind)]),
      );
      const { response, error } = await list({ [name]: value });
      expect(error, name).toBeUndefined();
      const { searchParams } = new URL(response.url);
      expect([...searchParams.keys()]).toEqual(operators.map((one) => `${name}[${one}]`));
    }
  });

  /** A value of the attribute's kind: an enumeration takes only its own names. */
  function valueFor(name: string, kind: string): unknown {
    const ofEnumeration = { "filter[status]": "created", "filter[mode]": "manual" }[name];
    return ofEnumeration ?? VALUES[kind];
  }

  it("sends every other parameter of the list so that the server reads it", async () => {
    const { parameters = [] } = rest.openapi.operationsAt(CHARGES)!["get"]!;
    const values: Record<string, unknown> = {
      sort: "-created_at,status",
      include: "order,customer",
      "page[number]": 2,
      "page[size]": 5,
      "fields[payment_charges]": "status,mode",
      "fields[orders]": "status",
      "fields[customers]": "name",
    };
    const others = parameters.filter(({ name }) => !name.startsWith("filter["));
    const query = Object.fromEntries(
      others.map(({ name, schema }) => [name, values[name] ?? itemsOf(schema)]),
    );
    const { data, error } = await list(query);
    expect(error).toBeUndefined();
    expect(Object.keys(data!.meta)).toContain("total");
    expect(Object.keys(data!.meta)).toHaveLength(4);
  });

  function itemsOf(schema: Parameter["schema"]): unknown {
    return (schema as { items: { enum: unknown[] } }).items.enum;
  }
});
