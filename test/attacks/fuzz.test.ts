import fc from "fast-check";
import { Pool } from "undici";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { OPERATORS, SORTABLE, SUMMABLE } from "../../src/rest/payment-charge-attributes.js";
import { unconnectedSchema } from "../../src/app/features.js";
import { expectLedgerToBalance } from "../support/ledger.js";
import {
  HOSTILE_TEXTS,
  type RightValues,
  hostileCalls,
  hostileJson,
  hostileText,
  mangled,
  percentEncoded,
} from "../support/hostile.js";
import { operationsOf } from "../support/operations.js";
import { randomRequests } from "../support/random-documents.js";
import { INTERNAL } from "../support/internal.js";
import { WAIT_TIMEOUT_MS } from "../support/wait-timeout.js";
import { CHARGES } from "../support/rest.js";
import { TestServer } from "../support/server.js";
import { type Tenant, createTenant } from "../support/tenant.js";
import { runs } from "../support/runs.js";

/** To run more: `PROPERTY_RUNS=100 FUZZ_SEED=7 npx vitest run test/attacks/fuzz.test.ts`. */
const RUNS = runs(15);
const SEED = Number(process.env["FUZZ_SEED"] ?? 1);
const PARAMETERS = { numRuns: RUNS, seed: SEED };
const TIMEOUT = { timeout: WAIT_TIMEOUT_MS + RUNS * 500 };

const schema = unconnectedSchema();
const OPERATIONS = operationsOf(schema);
const isOperators = ({ allowedScopes }: (typeof OPERATIONS)[number]): boolean =>
  allowedScopes?.join() === "OPERATOR";

let server: TestServer;
let client: Pool;
let tenant: Tenant;
/** The tenant that operator requests may change. */
let victim: Tenant;

beforeAll(async () => {
  server = await TestServer.start();
  client = new Pool(new URL(server.url).origin);
  tenant = await createTenant(server, "Tenant");
  victim = await createTenant(server, "Victim");
});

afterAll(async () => {
  await client.close();
  await server.stop();
});

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
}

interface Got {
  readonly status: number;
  readonly text: string;
}

async function send({ method, path, headers, body }: Sent): Promise<Got> {
  const { statusCode, body: answer } = await client.request({
    path,
    method: method,
    headers,
    ...(body === undefined ? {} : { body }),
    // If the server responds before it has read the whole request, the connection cannot be used again.
    reset: true,
    headersTimeout: WAIT_TIMEOUT_MS,
    bodyTimeout: WAIT_TIMEOUT_MS,
  });
  return { status: statusCode, text: await answer.text() };
}

function post(token: string | null, body: unknown): Promise<Got> {
  return send({
    method: "POST",
    path: "/graphql",
    headers: {
      "content-type": "application/json",
      ...(token === null ? {} : { authorization: `Token ${token}` }),
    },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

interface Message {
  message?: string;
  detail?: string;
  extensions?: { code?: string };
  code?: string;
}

/** The messages of all errors in a response, including userErrors. */
function messagesIn(body: unknown): Message[] {
  if (typeof body !== "object" || body === null) return [];
  const { errors, detail, data } = body as { errors?: Message[]; detail?: string; data?: unknown };
  const userErrors = Object.values(
    (data ?? {}) as Record<string, { userErrors?: Message[] } | null>,
  ).flatMap((answer) => answer?.userErrors ?? []);
  return [...(errors ?? []), ...userErrors, ...(detail === undefined ? [] : [{ detail }])];
}

/** Expects a well-formed response that explains what is wrong with the request, however malformed it is. */
function expectDecent({ status, text }: Got): void {
  const what = `${String(status)} ${text.slice(0, 2_000)}`;
  expect(status, what).toBeLessThan(500);
  // Node answers invalid HTTP and too large headers itself, before there is a request.
  if (text === "" && [400, 431].includes(status)) return;
  const body: unknown = JSON.parse(text);
  for (const { message, detail, extensions, code } of messagesIn(body)) {
    expect(extensions?.code ?? code ?? "", what).not.toMatch(/^(INTERNAL_|SERVICE_)/);
    expect(message ?? detail ?? "", what).not.toMatch(INTERNAL);
  }
}

async function expectToBeWell(): Promise<void> {
  const { viewer } = await server.ask<{ viewer: { merchant: { id: string } } }>(
    tenant.token,
    "{ viewer { merchant { id } } }",
  );
  expect(viewer.merchant.id).toBe(tenant.id);
  await expectLedgerToBalance(server.database);
}

/** The records of a tenant. */
function rightValues(of: Tenant): RightValues {
  const { customerId, orderId, employeeId, paymentMethodId, paymentRefundId } = of;
  const { paymentAuthorizationId, paymentChargeId, slug, phoneNumber, pocketToken } = of;
  return {
    ID: [
      ...[customerId, orderId, employeeId, paymentMethodId, paymentRefundId, of.id],
      ...[paymentAuthorizationId, paymentChargeId, of.spareTokenId, pocketToken],
    ],
    customerId: [customerId],
    orderId: [orderId],
    employeeId: [employeeId],
    paymentMethodId: [paymentMethodId],
    paymentChargeId: [paymentChargeId],
    paymentAuthorizationId: [paymentAuthorizationId],
    merchantId: [of.id],
    UUID: [pocketToken, "01988f7a-d22b-7c3d-977f-27af99c2a5a5"],
    String: ["a", "Tenant", "card"],
    token: [pocketToken, "01988f7a-d22b-7c3d-977f-27af99c2a5a6"],
    slug: [slug],
    pocketGroupSlug: [slug],
    phoneNumber: [phoneNumber, "09121111111", "+989121111111"],
    email: ["a@example.com"],
    Int: [1, 2, 20],
    Amount: [0, 1, 1_000, "1000"],
    Currency: ["IRR", "usd"],
    DateTime: ["2024-12-02T09:22:05.398979Z", "2099-01-01T00:00:00+03:30"],
    timeZone: ["UTC", "Asia/Tehran"],
  };
}

describe("no GraphQL request crashes the server or reveals internals:", () => {
  it("hostile variables for every query and mutation", TIMEOUT, async () => {
    const ofMerchant = OPERATIONS.filter((operation) => !isOperators(operation));
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.tuple(fc.constant("merchant"), hostileCalls(ofMerchant, rightValues(tenant))),
          fc.tuple(fc.constant("merchant"), hostileCalls(ofMerchant, rightValues(tenant))),
          fc.tuple(fc.constant("operator"), hostileCalls(OPERATIONS, rightValues(victim))),
        ),
        async ([sender, body]) => {
          const token = sender === "operator" ? server.operatorToken : tenant.token;
          expectDecent(await post(token, body));
        },
      ),
      { ...PARAMETERS, numRuns: RUNS * 3 },
    );
    await expectToBeWell();
  });

  it("random documents with hostile values in them", TIMEOUT, async () => {
    const right = rightValues(tenant);
    const texts = HOSTILE_TEXTS.filter((text) => text.length < 1_000);
    // A literal of the wrong type fails validation, so nothing would be executed.
    const isText = (name: string): boolean =>
      !/^(UUID|Int|Amount|DateTime|Currency|token)$/.test(name);
    const examples = Object.fromEntries(
      Object.entries(right).map(([name, values]) => [
        name,
        isText(name) ? [...values, ...texts] : values,
      ]),
    );
    const more = { Int: [1, 2, 100, 0, -1, 101, 2 ** 31 - 1], after: texts, before: texts };
    await fc.assert(
      fc.asyncProperty(
        randomRequests({ schema, examples: { ...examples, ...more } }),
        fc.boolean(),
        async (body, isOperator) => {
          expectDecent(await post(isOperator ? server.operatorToken : tenant.token, body));
        },
      ),
      PARAMETERS,
    );
    await expectToBeWell();
  });

  it("mangled documents, and bodies that are not requests", TIMEOUT, async () => {
    const documents = hostileCalls(OPERATIONS, rightValues(victim)).map(({ query }) => query);
    const body = fc.oneof(
      mangled(documents).map((query): unknown => ({ query })),
      mangled(documents).map((query): unknown => JSON.stringify({ query })),
      mangled(documents.map((query) => JSON.stringify({ query, variables: { a: [1] } }))),
      hostileJson,
      fc.record(
        {
          query: fc.oneof(hostileJson, fc.constant("{ __typename }")),
          variables: hostileJson,
          operationName: hostileJson,
          extensions: fc.oneof(
            hostileJson,
            fc.record({ persistedQuery: hostileJson }),
            fc.record({
              persistedQuery: fc.record({ version: hostileJson, sha256Hash: hostileJson }),
            }),
          ),
        },
        { requiredKeys: [] },
      ),
    );
    await fc.assert(
      fc.asyncProperty(body, fc.boolean(), async (sent, hasToken) => {
        expectDecent(await post(hasToken ? tenant.token : null, sent));
      }),
      PARAMETERS,
    );
    await expectToBeWell();
  });

  /** Expects a refusal for the depth, and not an error from a stack overflow. */
  async function expectTooDeep(body: unknown): Promise<void> {
    const answer = await post(tenant.token, body);
    expectDecent(answer);
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text)).toMatchObject({
      errors: [{ extensions: { code: "BAD_REQUEST", exceeded: { limit: "nesting" } } }],
    });
    await expectToBeWell();
  }

  /** Expects a refusal before parsing, which would take long. */
  async function expectUnread(body: string): Promise<void> {
    const answer = await post(tenant.token, body);
    expectDecent(answer);
    expect(answer.status).toBe(400);
    const message = "The body contains more than 200 levels of nested brackets.";
    expect(JSON.parse(answer.text)).toMatchObject({
      errors: [{ message, extensions: { code: "BAD_USER_INPUT" } }],
    });
    await expectToBeWell();
  }

  it.each([
    ["a document of opened braces", { query: "{a".repeat(200_000) }],
    ["a list within lists within a document", { query: `{ a(b: ${"[".repeat(200_000)}) }` }],
    ["an object within objects within a document", { query: `{ a(b: ${"{c:".repeat(150_000)}) }` }],
    ["a type within types of a variable", { query: `query ($a: ${"[".repeat(200_000)}Int) { a }` }],
    ["fields within fields", { query: `{${"a{".repeat(5_000)}b${"}".repeat(5_000)}}` }],
  ])("%s", async (_, body) => {
    await expectTooDeep(body);
  });

  it.each([
    ["a comment of the largest size", { query: `{ __typename } #${"-".repeat(990_000)}` }],
    ["text that never ends", { query: `{ a(b: """${"a".repeat(500_000)}` }],
    ["a name of a hundred thousand letters", { query: `{ ${"a".repeat(100_000)} }` }],
    ["a token of a document that is no text", { query: "{ \0 }" }],
    ["a lone surrogate in a document", { query: '{ customer(id: "\\ud800") { id } }' }],
  ])("%s", async (_, body) => {
    expectDecent(await post(tenant.token, body));
    await expectToBeWell();
  });

  it.each([
    ["lists within lists", "[".repeat(150_000) + "]".repeat(150_000)],
    ["objects within objects", '{"a":'.repeat(100_000) + "1" + "}".repeat(100_000)],
    ["filters within filters", '{"not":'.repeat(20_000) + "{}" + "}".repeat(20_000)],
  ])("variables of %s", async (_, value) => {
    for (const type of ["ID!", "PaymentChargeFilter"]) {
      const query =
        type === "ID!"
          ? "query ($a: ID!) { customer(id: $a) { id } }"
          : "query ($a: PaymentChargeFilter) { paymentCharges(filter: $a) { totalCount } }";
      const body = `{"query":${JSON.stringify(query)},"variables":{"a":${value}}}`;
      await expectUnread(body);
    }
  });

  it("an amount of nested lists", async () => {
    const query = "mutation ($a: CreateOrderInput!) { createOrder(input: $a) { order { id } } }";
    const value = "[".repeat(150_000) + "]".repeat(150_000);
    const body = `{"query":${JSON.stringify(query)},"variables":{"a":{"totalInCents":${value}}}}`;
    await expectUnread(body);
  });
});

describe("no REST request crashes the server or reveals internals:", () => {
  const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"];
  const RAW_SEGMENTS = [
    "%",
    "%zz",
    "%c0%af",
    "%ff",
    "%00",
    "..",
    ".",
    "",
    "%2e%2e%2f",
    "%F0%9F",
    "*",
    "~",
  ];
  /** Node answers 431 if the URL and headers exceed 16 kB. */
  const shortText = hostileText.filter((one) => one.length <= 1_000);
  const segment = fc.oneof(shortText.map(percentEncoded), fc.constantFrom(...RAW_SEGMENTS));
  const headerText = fc.string({
    unit: fc
      .nat({ max: 255 - 32 })
      .map((code) => String.fromCharCode(code === 95 ? 32 : code + 32)),
    maxLength: 30,
  });

  const ALL_OPERATORS = Object.values(OPERATORS).flat();
  const someName = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.constantFrom("status", "amount_in_cents", "created_at", "id", ...SORTABLE),
    },
    { weight: 1, arbitrary: shortText },
  );
  const operatorName = fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...ALL_OPERATORS) },
    { weight: 1, arbitrary: shortText },
  );
  const value = fc.oneof(
    shortText,
    fc.constantFrom("1", "created", "true", "usd", "2024-12-02T09:22:05Z"),
  );
  const parameter = fc.oneof(
    fc.tuple(someName, operatorName, value).map(([a, b, c]) => [`filter[${a}][${b}]`, c]),
    fc.tuple(someName, value).map(([a, b]) => [`filter[${a}]`, b]),
    fc.tuple(fc.constantFrom("number", "size", "x"), value).map(([a, b]) => [`page[${a}]`, b]),
    fc
      .tuple(someName, fc.constantFrom("sum", "count", "average", "x"))
      .map(([a, b]) => [`meta[${a}]`, b]),
    fc.tuple(fc.constantFrom(...SUMMABLE), value).map(([a, b]) => [`meta[${a}][]`, b]),
    someName.map((name) => ["sort", `-${name},${name}`]),
    value.map((name) => ["include", name]),
    fc.tuple(value, value).map(([a, b]) => [`fields[${a}]`, b]),
    fc.tuple(shortText, shortText),
  );
  const query = fc
    .array(parameter, { maxLength: 4 })
    .map((all) =>
      all
        .map(([name = "", text = ""]) => `${percentEncoded(name)}=${percentEncoded(text)}`)
        .join("&"),
    );

  const attributes = fc.dictionary(
    fc.oneof(
      fc.constantFrom("amount_in_cents", "currency", "description", "status", "mode", "provider"),
      fc.constantFrom(
        "order_id",
        "customer_id",
        "provider_secret",
        "succeeded_at",
        "deposit_in_cents",
      ),
      hostileText,
    ),
    fc.oneof(hostileJson, fc.constantFrom<unknown>(5, "usd", "created", "none", "a")),
    { maxKeys: 4 },
  );
  const chargeBody = fc
    .tuple(attributes, fc.oneof(fc.constant("payment_charges"), hostileJson), hostileJson)
    .map(([given, type, id]): unknown => ({ data: { type, id, attributes: given } }));
  const creationBody = attributes.map((given): unknown => ({
    data: { type: "payment_charges", attributes: given },
  }));
  const item = fc.record(
    {
      token: fc.oneof(fc.constant("01988f7a-d22b-7c3d-977f-27af99c2a5a7"), hostileJson),
      phone_number: fc.oneof(fc.constantFrom("09121111111", "9121111111"), hostileJson),
      amount: fc.oneof(fc.constantFrom(1, 2 ** 53 - 1, 2 ** 53), hostileJson),
    },
    { requiredKeys: ["token", "phone_number", "amount"] },
  );
  const pocketBody = fc
    .record({
      name: fc.constantFrom("charges", "debits", "reversals"),
      items: fc.array(item, { maxLength: 3 }),
    })
    .map(({ name, items }): unknown => ({ [name]: items }));
  const body = fc.oneof(
    { weight: 3, arbitrary: pocketBody },
    { weight: 3, arbitrary: creationBody },
    { weight: 2, arbitrary: chargeBody },
    { weight: 1, arbitrary: hostileJson },
  );
  const text = fc.oneof(
    { weight: 6, arbitrary: body.map((json) => JSON.stringify(json)) },
    { weight: 1, arbitrary: mangled(body.map((json) => JSON.stringify(json))) },
    { weight: 1, arbitrary: hostileText },
  );

  function paths(of: Tenant): fc.Arbitrary<string> {
    const slug = fc.oneof(
      { weight: 3, arbitrary: fc.constant(of.slug) },
      { weight: 1, arbitrary: segment },
    );
    const id = fc.oneof(
      { weight: 3, arbitrary: fc.constant(of.paymentChargeId) },
      { weight: 1, arbitrary: segment },
    );
    const token = fc.oneof(fc.constant(of.pocketToken), segment);
    return fc.oneof(
      fc.constant(CHARGES),
      id.map((one) => `${CHARGES}/${one}`),
      slug.map((one) => `/pockets/${one}/charge/`),
      slug.map((one) => `/badje/v1/pockets/${one}/charge`),
      slug.map((one) => `/pockets/${one}/debit/`),
      slug.map((one) => `/pockets/${one}/reverse/`),
      fc.tuple(slug, token).map(([one, two]) => `/pockets/${one}/entries/${two}/`),
      fc.tuple(slug, token).map(([one, two]) => `/pockets/${one}/charge/${two}/`),
      segment.map((one) => `/${one}`),
      fc.constantFrom("/openapi.json", "/metrics", "/docs/%2e%2e/package.json", "//", "/graphql"),
    );
  }

  const headers = fc.record(
    {
      "content-type": fc.oneof(
        { weight: 8, arbitrary: fc.constantFrom("application/json", "application/vnd.api+json") },
        {
          weight: 1,
          arbitrary: fc.constantFrom("text/plain", "application/json; charset=x", "a/b", "/"),
        },
        { weight: 1, arbitrary: headerText },
      ),
      accept: fc.oneof(fc.constant("application/vnd.api+json"), headerText),
      "idempotency-key": fc.oneof(fc.constant("01988f7a-d22b-7c3d-977f-27af99c2a5a8"), headerText),
      "accept-encoding": headerText,
      "x-request-id": headerText,
      authorization: fc.oneof(
        headerText,
        headerText.map((one) => `Token ${one}`),
      ),
    },
    { requiredKeys: ["content-type"] },
  );

  it("hostile paths, queries, headers and bodies", TIMEOUT, async () => {
    const requests = fc.record({
      method: fc.oneof(
        { weight: 6, arbitrary: fc.constantFrom("GET", "POST", "PUT") },
        { weight: 1, arbitrary: fc.constantFrom(...METHODS) },
      ),
      path: paths(tenant),
      query,
      headers,
      keepsOwnToken: fc.boolean(),
      text,
    });
    await fc.assert(
      fc.asyncProperty(requests, async ({ method, path, query: search, text: sent, ...more }) => {
        const token = { authorization: `Token ${tenant.token}` };
        const answer = await send({
          method,
          path: `${path}${search === "" ? "" : `?${search}`}`,
          headers: { ...more.headers, ...(more.keepsOwnToken ? {} : token) },
          ...(["GET", "HEAD", "OPTIONS"].includes(method) ? {} : { body: sent }),
        });
        if (method === "HEAD") return;
        if (answer.status < 400 && /^\/(metrics|docs|$)/.test(path)) return;
        expectDecent(answer);
      }),
      { ...PARAMETERS, numRuns: RUNS * 2 },
    );
    await expectToBeWell();
  });

  it.each([
    ["lists within lists", "[".repeat(400_000)],
    ["objects within objects", '{"a":'.repeat(150_000) + "1" + "}".repeat(150_000)],
    ["an own prototype", '{"charges":[{"__proto__":{"amount":1}}]}'],
    ["an own constructor", '{"charges":[{"constructor":{"prototype":{"amount":1}}}]}'],
    ["a body above 1 MB", JSON.stringify({ charges: "x".repeat(1_100_000) })],
  ])("a body of %s", async (_, sent) => {
    for (const path of [`/pockets/${tenant.slug}/charge/`, CHARGES]) {
      const answer = await send({
        method: "POST",
        path,
        headers: { "content-type": "application/json", authorization: `Token ${tenant.token}` },
        body: sent,
      });
      expectDecent(answer);
      expect(answer.status).toBeGreaterThanOrEqual(400);
    }
    await expectToBeWell();
  });
});
