import type { AnySchemaObject } from "ajv/dist/2020.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { charge } from "../support/pockets.js";
import {
  CHARGES,
  JSON_API,
  type JsonApiDocument,
  type OpenapiDocument,
  type Operation,
  type Resource,
  RestClient,
  creating,
  updating,
} from "../support/rest.js";
import { type TestMerchant, TestServer } from "../support/server.js";

const POCKET_STATUSES = "401 403 404 429 500 503";
const WRITE_STATUSES = "400 401 403 406 409 413 415 422 429 500 503";

const EXPORT_STATUSES = "200 400 401 403 404 429 500 503";
const IMPORT_STATUSES = "200 400 401 403 404 408 413 415 422 429 500 503";
/** Every operation of the two source APIs, and those for money out in their style, with its possible statuses. */
const OPERATIONS: [method: string, path: string, statuses: string][] = [
  ["post", "/pockets/{slug}/charge", `200 400 413 415 ${POCKET_STATUSES}`],
  ["get", "/pockets/{slug}/charge/{token}", `200 400 ${POCKET_STATUSES}`],
  ["post", "/pockets/{slug}/debit", `200 400 413 415 ${POCKET_STATUSES}`],
  ["post", "/pockets/{slug}/reverse", `200 400 413 415 ${POCKET_STATUSES}`],
  ["get", "/pockets/{slug}/entries/{token}", `200 400 ${POCKET_STATUSES}`],
  ["get", CHARGES, "200 400 401 403 406 429 500 503"],
  ["post", CHARGES, `201 ${WRITE_STATUSES}`],
  ["get", `${CHARGES}/{id}`, "200 400 401 403 404 406 429 500 503"],
  ["put", `${CHARGES}/{id}`, `200 404 ${WRITE_STATUSES}`],
  ["patch", `${CHARGES}/{id}`, `200 404 ${WRITE_STATUSES}`],
  ["get", "/export/{list}.csv", EXPORT_STATUSES],
  ["get", "/export/{list}.ndjson", EXPORT_STATUSES],
  ["post", "/import/pocket-charges", IMPORT_STATUSES],
  ["post", "/import/pocket-debits", IMPORT_STATUSES],
];
const ANSWER_TYPES = ["application/x-ndjson", "text/csv", "text/event-stream"];
/** The media types of the responses that are files or streams. */
const FILE_TYPES: Record<string, string[]> = {
  "/export/{list}.csv": ["text/csv"],
  "/export/{list}.ndjson": ["application/x-ndjson"],
  "/import/pocket-charges": ANSWER_TYPES,
  "/import/pocket-debits": ANSWER_TYPES,
};
const UPLOAD_TYPES = [
  "application/csv",
  "application/octet-stream",
  "application/vnd.ms-excel",
  "text/csv",
  "text/tab-separated-values",
];
const EXPORT_QUERY = ["after", "count", "cursorEvery", "filter", "sort"];
const IMPORT_QUERY = ["again", "bom", "dryRun", "group", "results"];
const FILE_QUERIES: Record<string, string[]> = {
  "/export/{list}.csv": ["after", "bom", ...EXPORT_QUERY.slice(1)],
  "/export/{list}.ndjson": EXPORT_QUERY,
  "/import/pocket-charges": IMPORT_QUERY,
  "/import/pocket-debits": IMPORT_QUERY,
};
/** The source API serves its pockets under this prefix. */
const PREFIX = "/badje/v1";

let server: TestServer;
let rest: RestClient;
let document: OpenapiDocument;
let merchant: TestMerchant;

beforeAll(async () => {
  server = await TestServer.start();
  rest = await RestClient.of(server);
  ({ document } = rest.openapi);
  merchant = await server.createMerchant();
});

afterAll(() => server.stop());

/** A path that matches the template. */
function sample(template: string): string {
  return template.replace(/\{[^}]+\}/g, "x");
}

function operation(method: string, template: string): Operation {
  const found = rest.openapi.operationsAt(sample(template))?.[method];
  if (found === undefined) throw new Error(`${method} ${template} is not documented`);
  return found;
}

/** The schema that a reference names. */
function schemaOf(schema: AnySchemaObject): unknown {
  const { $ref } = schema as { $ref?: string };
  return $ref === undefined ? schema : document.components?.schemas?.[$ref.split("/").at(-1)!];
}

function mediaTypesOf(template: string): string[] {
  return template.startsWith(CHARGES)
    ? ["application/json", JSON_API].toSorted()
    : ["application/json"];
}

/** Every value in the document, with its location. */
function* partsOf(value: unknown, place = "#"): Generator<[place: string, part: object]> {
  if (typeof value !== "object" || value === null) return;
  yield [place, value];
  for (const [name, part] of Object.entries(value)) yield* partsOf(part, `${place}/${name}`);
}

describe("/openapi.json", () => {
  it("is a public OpenAPI 3.1 document", async () => {
    const response = await fetch(`${rest.origin}/openapi.json`);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual(document);
    expect(response.headers.get("content-type")).toMatch(/^application\/(openapi\+)?json\b/);
    expect(document.openapi).toMatch(/^3\.1\.\d+$/);
    expect(document.info.title).toMatch(/\S/);
    expect(document.info.version).toMatch(/\S/);
  });

  it("describes every path and no other", () => {
    const described = rest.openapi.paths.flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => {
        const template = path
          .replace(PREFIX, "")
          .replace(/\/$/, "")
          .replace(/\{[^}]+\}/g, "{}");
        return `${method} ${template}`;
      }),
    );
    const expected = OPERATIONS.map(([method, path]) => `${method} ${path}`);
    expect([...new Set(described)].toSorted()).toEqual(
      expected.map((one) => one.replace(/\{[^}]+\}/g, "{}")).toSorted(),
    );
    for (const [method, path] of OPERATIONS.filter(([, one]) => one.startsWith("/pockets/"))) {
      expect(operation(method, PREFIX + path).responses).toBeDefined();
    }
  });

  it.each(OPERATIONS)("describes every response of %s %s with its content", (method, path, all) => {
    const { responses } = operation(method, path);
    expect(Object.keys(responses).toSorted()).toEqual(all.split(" ").toSorted());
    for (const [status, { content = {} }] of Object.entries(responses)) {
      const isFile = status === "200" && path in FILE_TYPES;
      const types = isFile ? FILE_TYPES[path] : mediaTypesOf(path);
      expect(Object.keys(content).toSorted(), status).toEqual(types);
      for (const { schema } of Object.values(content)) {
        expect(() => rest.openapi.problemsWith(schema!, null), status).not.toThrow();
      }
    }
  });

  it.each(OPERATIONS)("describes each parameter of %s %s, and its body", (method, path) => {
    const { parameters = [], requestBody } = operation(method, path);
    const inPath = parameters.filter((parameter) => parameter.in === "path");
    expect(inPath.map(({ required }) => required)).toEqual(inPath.map(() => true));
    expect(inPath).toHaveLength(path.split("{").length - 1);

    const names = parameters
      .filter((parameter) => parameter.in === "query")
      .map(({ name }) => name.split("[")[0]);
    const ofAll = ["fields", "include"];
    const ofList = [...ofAll, "filter", "meta", "page", "sort"].toSorted();
    const isList = method === "get" && path === CHARGES;
    const expected = isList
      ? ofList
      : path.startsWith(CHARGES)
        ? ofAll
        : (FILE_QUERIES[path] ?? []);
    expect([...new Set(names)].toSorted()).toEqual(expected);

    const headers = parameters.filter((parameter) => parameter.in === "header");
    expect(headers.map(({ name }) => name.toLowerCase())).toEqual(
      method === "post" && path === CHARGES ? ["idempotency-key"] : [],
    );
    for (const { schema, name } of parameters) expect(schema, name).toBeDefined();
    const bodyTypes = Object.keys(requestBody?.content ?? {}).toSorted();
    const types = path.startsWith("/import/") ? UPLOAD_TYPES : mediaTypesOf(path);
    expect(bodyTypes).toEqual(method === "get" ? [] : types);
    if (method !== "get") expect(requestBody?.required).toBe(true);
  });

  it("requires the token in the Authorization header for every operation", () => {
    const schemes = document.components?.securitySchemes ?? {};
    for (const [method, path] of OPERATIONS) {
      const security = operation(method, path).security ?? document.security ?? [];
      const names = security.flatMap((one) => Object.keys(one));
      expect(names.length, `${method} ${path}`).toBeGreaterThan(0);
      for (const name of names) {
        expect(schemes[name]).toMatchObject(
          JSON.stringify(schemes[name]).includes('"apiKey"')
            ? { type: "apiKey", in: "header", name: "Authorization" }
            : { type: "http", scheme: "bearer" },
        );
      }
    }
  });

  it("has only internal references, and none to a missing definition", () => {
    const places = new Set(Array.from(partsOf(document), ([place]) => place));
    for (const [place, part] of partsOf(document)) {
      if (!("$ref" in part)) continue;
      expect(places, place).toContain(part.$ref);
    }
  });

  it("names, groups and describes every operation", () => {
    const operations = Object.values(document.paths).flatMap(({ servers: _, ...byMethod }) =>
      Object.values(byMethod),
    );
    expect(operations).toHaveLength(OPERATIONS.length);
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { operationId, tags, summary, description } of operations) {
      expect(operationId).toMatch(/^[a-z]+[A-Z][A-Za-z]+$/);
      expect(document.tags?.map(({ name }) => name)).toEqual(expect.arrayContaining(tags ?? []));
      expect([tags?.length, summary, description]).toEqual([
        1,
        expect.any(String),
        expect.any(String),
      ]);
    }
  });

  it("names the servers: this one, and for pocket paths also the source's prefix", () => {
    expect(document.servers).toMatchObject([{ url: "/" }]);
    const ofPockets = Object.entries(document.paths).filter(([path]) =>
      path.startsWith("/pockets/"),
    );
    expect(ofPockets).toHaveLength(5);
    for (const [path, { servers }] of ofPockets) {
      expect(
        servers?.map(({ url }) => url),
        path,
      ).toEqual(["/", PREFIX]);
    }
  });

  it("has a name for every object in requests and responses", () => {
    for (const [place, part] of partsOf(document.paths)) {
      if (place.endsWith("/schema") && "type" in part) expect(part.type, place).not.toBe("object");
    }
    for (const [name, schema] of Object.entries(document.components?.schemas ?? {})) {
      expect(name).toMatch(/^[A-Z][A-Za-z]+$/);
      expect(schema).toMatchObject({ title: name });
    }
  });

  it("describes each filter as a parameter with one level of operators", () => {
    const { parameters = [] } = operation("get", CHARGES);
    const filters = parameters.filter(({ name }) => name.startsWith("filter["));
    expect(filters.length).toBeGreaterThanOrEqual(30);
    for (const filter of filters) {
      expect(filter).toMatchObject({ in: "query", style: "deepObject", explode: true });
      expect(filter.description).toMatch(/\S/);
      const schema = schemaOf(filter.schema!) as { properties?: object };
      if (filter.name === "filter[metadata]") {
        expect(schema).toMatchObject({ additionalProperties: { type: ["string", "array"] } });
        continue;
      }
      const { properties = {} } = schema;
      expect(Object.keys(properties)).toContain("eq");
      for (const operand of Object.values(properties) as { type: unknown }[]) {
        expect([operand.type].flat(), filter.name).not.toContain("object");
      }
    }
    for (const { name, schema } of parameters) {
      if (!name.startsWith("filter[")) expect(schema!["type"], name).not.toBe("object");
    }
  });

  it("has the sources' examples, which its schemas allow", () => {
    let count = 0;
    for (const [place, part] of partsOf(document.paths)) {
      if (!("schema" in part)) continue;
      const { example, examples = {} } = part as MediaType;
      const values = Object.values(examples).map(({ value }) => value);
      for (const one of example === undefined ? values : [example]) {
        expect(rest.openapi.problemsWith(part.schema as object, one), place).toEqual([]);
        count++;
      }
    }
    expect(count).toBeGreaterThan(20);
    for (const [method, path] of OPERATIONS) {
      const { parameters = [], requestBody, responses } = operation(method, path);
      const success = Object.entries(responses).find(([status]) => status < "300")![1];
      const inPath = parameters.filter((parameter) => parameter.in === "path");
      const media = [requestBody, success].flatMap((one) => Object.values(one?.content ?? {}));
      for (const one of [...inPath, ...media]) {
        expect("example" in one || "examples" in one, `${method} ${path}`).toBe(true);
      }
      // A filter in an example would hide records of the person who tries the list.
      const ofQuery = parameters.filter((parameter) => parameter.in === "query");
      expect(ofQuery.filter((one) => "example" in one || "examples" in one)).toEqual([]);
    }
  });
});

interface MediaType {
  readonly schema?: object;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}

describe("the response schemas of /openapi.json", () => {
  async function answerOf(path: string): Promise<JsonApiDocument<Resource>> {
    return (await rest.get<JsonApiDocument<Resource>>(path, merchant.token)).body;
  }

  function problems(path: string, status: number, body: unknown, method = "GET"): string[] {
    const contentType = "application/json; charset=utf-8";
    return rest.openapi.problemsOf({ method, path, status, contentType, body });
  }

  /** Copies of the value, each with one key removed, for every key at any depth. */
  function* withoutEachKey(value: unknown): Generator<[key: string, rest: unknown]> {
    if (typeof value !== "object" || value === null) return;
    for (const [key, part] of Object.entries(value)) {
      if (!Array.isArray(value)) {
        yield [key, Object.fromEntries(Object.entries(value).filter(([name]) => name !== key))];
      }
      for (const [inner, changed] of withoutEachKey(part)) {
        const whole = Array.isArray(value)
          ? (value as unknown[]).map((one, index) => (String(index) === key ? changed : one))
          : { ...value, [key]: changed };
        yield [`${key}.${inner}`, whole];
      }
    }
  }

  it("allow no missing, additional or differently typed key in pocket responses", async () => {
    const slug = await server.createGroup({}, merchant);
    const { token, phoneNumber, amount } = charge();
    const charges = [{ token, phone_number: phoneNumber, amount }];
    const path = `/pockets/${slug}/charge/`;
    const { body } = await rest.charge(slug, merchant.token, { charges });
    expect(problems(path, 200, body, "POST")).toEqual([]);
    for (const [key, less] of withoutEachKey(body)) {
      expect(problems(path, 200, less, "POST"), key).not.toEqual([]);
    }
    const [result] = body.results;
    for (const wrong of [{ extra: 1 }, { status: "SUCCESS" }, { amount: "1" }, { amount: 1.5 }]) {
      const changed = { results: [{ ...result, ...wrong }] };
      expect(problems(path, 200, changed, "POST"), JSON.stringify(wrong)).not.toEqual([]);
    }
    const traced = (await rest.get<object>(`${path}${token}/`, merchant.token)).body;
    for (const [key, less] of withoutEachKey(traced)) {
      expect(problems(path + token, 200, less), key).not.toEqual([]);
    }
    expect(problems(path + token, 200, { ...traced, balance: 1 })).not.toEqual([]);
    expect(problems(path + token, 404, { detail: "x", code: "y" })).not.toEqual([]);
    expect(problems(path + token, 404, {})).not.toEqual([]);
  });

  it("allow fewer attributes of a charge, but no unknown or differently typed ones", async () => {
    const body = creating({ amount_in_cents: 1 });
    const created = await rest.send<JsonApiDocument<Resource>>("POST", CHARGES, {
      token: merchant.token,
      body,
    });
    const path = `${CHARGES}/${created.body.data.id}`;
    const { data, meta } = await answerOf(path);
    const withAttribute = (name: string, value: unknown): unknown => ({
      data: { ...data, attributes: { ...data.attributes, [name]: value } },
      meta,
    });
    expect(problems(path, 200, { data, meta })).toEqual([]);
    for (const [name, value] of Object.entries(data.attributes)) {
      const wrongObject = name === "metadata" ? { key: 1 } : {};
      for (const wrong of [wrongObject, typeof value === "string" ? 1 : "text"]) {
        if (value === null && wrong === "text") continue;
        expect(problems(path, 200, withAttribute(name, wrong)), name).not.toEqual([]);
      }
    }
    const wrongs: [string, unknown][] = [
      ["status", "CREATED"],
      ["mode", "x"],
      ["provider", null],
      ["amount_in_cents", null],
      ["created_at", "yesterday"],
      ["employee_id", "x"],
      ["amountInCents", 1],
      ["extra", null],
    ];
    for (const [name, wrong] of wrongs) {
      const answer = withAttribute(name, wrong);
      expect(problems(path, 200, answer), `${name} ${JSON.stringify(wrong)}`).not.toEqual([]);
    }
    for (const wrong of [{ data }, { meta }, { data: [data], meta }, { data, meta, links: {} }]) {
      expect(problems(path, 200, wrong)).not.toEqual([]);
    }
    expect(problems(CHARGES, 200, { data: [data], meta })).toEqual([]);
    expect(problems(CHARGES, 200, { data, meta })).not.toEqual([]);
    for (const wrong of [{}, { errors: [{}] }, { errors: "x" }, { data, errors: [] }]) {
      expect(problems(path, 404, wrong)).not.toEqual([]);
    }
  });

  it("refuse the same requests as the server", () => {
    const send = (method: string, path: string, body: unknown): string[] =>
      rest.openapi.problemsOfRequest({ method, path, contentType: "application/json", body });
    const id = "05bf5291-ce72-4d8e-989a-eff578e64dc2";
    const one = { token: "t", phone_number: "p", amount: 1 };
    expect(send("POST", "/pockets/x/charge/", { charges: [one] })).toEqual([]);
    for (const body of [
      ...[{}, { charges: [] }, { charges: [{ ...one, amount: "1" }] }, { charges: one }],
      ...[{ charges: [{ ...one, extra: 1 }] }, { charges: [one], extra: 1 }],
      { charges: Array.from({ length: 1_001 }, () => one) },
    ]) {
      expect(send("POST", "/pockets/x/charge/", body)).not.toEqual([]);
    }
    const back = { token: "t", of_token: "o" };
    expect(send("POST", "/pockets/x/debit/", { debits: [one] })).toEqual([]);
    expect(send("POST", "/pockets/x/reverse/", { reversals: [back] })).toEqual([]);
    for (const wrong of [{ extra: 1 }, { amount: "1" }, { token: null }]) {
      const [debits, reversals] = [[{ ...one, ...wrong }], [{ ...back, ...wrong }]];
      expect(send("POST", "/pockets/x/debit/", { debits })).not.toEqual([]);
      expect(send("POST", "/pockets/x/reverse/", { reversals })).not.toEqual([]);
    }
    expect(send("POST", CHARGES, creating({ amount_in_cents: 1 }))).toEqual([]);
    expect(send("PUT", `${CHARGES}/${id}`, updating(id, { status: "started" }))).toEqual([]);
    for (const attributes of [{ extra: 1 }, { amount_in_cents: "1" }, { failed_at: 1 }]) {
      expect(send("POST", CHARGES, creating(attributes))).not.toEqual([]);
      expect(send("PUT", `${CHARGES}/${id}`, updating(id, attributes))).not.toEqual([]);
    }
    const read = { failed_at: null, order_id: id };
    expect(send("POST", CHARGES, creating({ failed_at: null }))).not.toEqual([]);
    expect(send("PUT", `${CHARGES}/${id}`, updating(id, read))).toEqual([]);
  });
});

describe("/docs", () => {
  /** Every URL that a page or a style sheet makes the browser load. */
  function addressesIn(text: string): string[] {
    const attributes = text.matchAll(
      /<(?:script|link|img|iframe)\b[^>]*?\b(?:src|href)="([^"]+)"/g,
    );
    const styles = text.matchAll(/(?:url\(|@import\s+)["']?([^"')]+)/g);
    return [...attributes, ...styles].map(([, address = ""]) => address);
  }

  /** Reads the whole response, because a stopping server waits for unfinished responses. */
  async function load(url: string) {
    const response = await fetch(url);
    const { status, headers } = response;
    return { url: response.url, status, headers, text: await response.text() };
  }

  it.each(["/docs", "/docs/"])(
    "is a page at %s with all assets served by this server",
    async (path) => {
      const page = await load(rest.origin + path);
      expect(page.status).toBe(200);
      expect(page.headers.get("content-type")).toMatch(/^text\/html\b/);
      const addresses = addressesIn(page.text);
      expect(addresses.length).toBeGreaterThan(2);
      for (const address of addresses) {
        const url = new URL(address, page.url);
        expect(url.origin, address).toBe(rest.origin);
        const asset = await load(url.href);
        expect(asset.status, address).toBe(200);
        expect(asset.headers.get("content-type"), address).not.toMatch(
          /^(text\/html|application\/json)/,
        );
        if (!address.endsWith(".css")) continue;
        for (const inner of addressesIn(asset.text)) {
          const isHere = inner.startsWith("data:") || new URL(inner, url).origin === rest.origin;
          expect(isHere, inner).toBe(true);
        }
      }
    },
  );

  it("may load only from this server, with a policy that allows no inline script", async () => {
    for (const path of ["/docs", "/docs/"]) {
      const { headers } = await load(rest.origin + path);
      const policy = headers.get("content-security-policy") ?? "";
      const directives = new Map(
        policy.split(";").map((directive): [string, string[]] => {
          const [name = "", ...sources] = directive.trim().split(/\s+/);
          return [name, sources];
        }),
      );
      expect(["'none'", "'self'"]).toContain(directives.get("default-src")?.join(" "));
      const scripts = directives.get("script-src") ?? directives.get("default-src") ?? [];
      expect(scripts).not.toContain("'unsafe-inline'");
      expect(scripts).not.toContain("'unsafe-eval'");
      for (const [name, sources] of directives) {
        for (const source of sources) {
          expect(source, name).toMatch(/^('.+'|data:|blob:)$/);
        }
      }
    }
  });
});
