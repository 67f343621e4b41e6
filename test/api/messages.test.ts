import { afterAll, beforeAll, expect, it } from "vitest";
import { inOurWords } from "../../src/graphql/library-messages.js";
import { DESCRIBED_KEYWORDS } from "../../src/rest/violation.js";
import { compileLazily } from "../../src/rest/validator.js";
import { sendRaw } from "../support/raw-http.js";
import { TestServer } from "../support/server.js";

/** Words of Ajv, Fastify, graphql-js, Apollo Server, qs and Node.js. */
const OF_LIBRARIES =
  /must NOT|must have required|must match|must be equal|fewer than|cannot represent|got invalid value|was not provided|not to be null|Expected (?:type|value|non)|does not exist in|is not defined by|non-null|Apollo Server|POST body|search parameter|recursively|potential Cross|provided sha|Unsupported|is not valid JSON but|set to 'application|valid url component|too large|did not match|Unexpected (?:token|end)|Parameter limit|Must provide|graphql-js|(?:Int|Float|Enum|List|Object|Boolean|String|Null)Value|Preflight Request|not allowed by|undefined|\[object/;

const POCKETS = "/pockets/my-pocket-group/charge/";
const CHARGES = "/api/boomerang/payment_charges";
const CHARGE = {
  token: "01988f7a-d22b-7c3d-977f-27af99c2a5a5",
  phone_number: "989120000000",
  amount: 1,
};
const created = (attributes: object, more: object = {}) => ({
  data: { type: "payment_charges", attributes, ...more },
});

/** Wrong bodies, by path. */
const BODIES: Record<string, unknown[]> = {
  [POCKETS]: [
    ...[null, 5, [], {}, { charges: null }, { charges: {} }, { charges: [] }, { charges: [5] }],
    ...[{ charges: [{}] }, { charges: [CHARGE], more: 1 }, { charges: [{ ...CHARGE, more: 1 }] }],
    ...["x", 1.5, null, 2 ** 53, -(2 ** 53)].map((amount) => ({
      charges: [{ ...CHARGE, amount }],
    })),
    ...[1, null, {}].map((token) => ({ charges: [{ ...CHARGE, token }] })),
    { charges: Array.from({ length: 1_001 }, () => CHARGE) },
  ],
  [CHARGES]: [
    ...[null, 5, [], {}, { data: null }, { data: {} }, { data: { type: 5 } }, { data: [] }],
    ...[{ data: { type: "orders" } }, created({}, { id: CHARGE.token }), created({ more: 1 })],
    ...["x", 1.5, [], 2 ** 53].map((value) => created({ amount_in_cents: value })),
    ...["x", 5, {}].flatMap((value) => [
      ...[created({ status: value }), created({ mode: value }), created({ currency: value })],
      created({ succeeded_at: value }),
    ]),
    ...[created({ description: 5 }), created({ provider_secret: 5 }), created({ order_id: 5 })],
  ],
};

const QUERIES = [
  ...["page=1", "page[number]=0", "page[size]=101", "page[size]=x", "page[x]=1", "filter=x"],
  ...["filter[x]=1", "filter[status]=x", "filter[status][x]=1", "filter[created_at]=x"],
  ...[
    "filter[amount_in_cents]=x",
    "filter[id]=x",
    "filter[status][eq][x]=1",
    "sort=x",
    "sort[x]=1",
  ],
  ...["meta=x", "meta[total]=x", "meta[x]=sum", "include=x", "include[x]=1", "fields=x"],
  ...["fields[x]=1", "fields[orders]=x", "x=1", "__proto__[x]=1"],
  Array.from({ length: 201 }, (_, index) => `x${String(index)}=1`).join("&"),
];

const CREATE = `mutation ($input: CreatePaymentChargeInput!) {
  createPaymentCharge(input: $input) { userErrors { message } }
}`;
const LIST = `query ($first: Int, $filter: PaymentChargeFilter, $sort: [PaymentChargeSort!]) {
  paymentCharges(first: $first, filter: $filter, sort: $sort) { totalCount }
}`;
const ONE = "query ($id: ID!) { paymentCharge(id: $id) { id } }";

/** Bodies of GraphQL requests with wrong values. */
const OPERATIONS: unknown[] = [
  ...[null, 5, "x", [], {}, { query: 5 }, { query: "" }, { query: { kind: "Document" } }],
  ...["x", 5, []].flatMap((value) => [
    { query: "{ __typename }", variables: value },
    { query: "{ __typename }", extensions: value },
  ]),
  ...[
    { query: "{ __typename }", operationName: 5 },
    { query: "{ __typename }", operationName: "x" },
  ],
  ...[
    { query: "query a { __typename } query b { __typename }" },
    { query: "fragment a on Query { __typename }" },
  ],
  { query: "subscription { x }" },
  { query: "{ __typename }", extensions: { persistedQuery: { version: 2, sha256Hash: "x" } } },
  { query: "{ __typename }", extensions: { persistedQuery: { version: 1, sha256Hash: "x" } } },
  { query: "{ __typename }", extensions: { persistedQuery: { version: 1, sha256Hash: 5 } } },
  ...[undefined, null, 5, "x", [], {}].map((input) => ({ query: CREATE, variables: { input } })),
  ...[
    "amountInCents",
    "status",
    "mode",
    "currency",
    "succeededAt",
    "orderId",
    "description",
  ].flatMap((name) =>
    [true, 1.5, {}, [5], "\u{1f4a5}"].map((value) => ({
      query: CREATE,
      variables: { input: { amountInCents: 1, [name]: value } },
    })),
  ),
  { query: CREATE, variables: { input: { amountInCents: 1, amountInCent: 1 } } },
  ...["x", 1.5, 2 ** 40, null, []].map((first) => ({ query: LIST, variables: { first } })),
  ...["x", { status: 5 }, { status: { eq: "x" } }, { not: [5] }].map((filter) => ({
    query: LIST,
    variables: { filter },
  })),
  ...["x", [null], [{}], [{ field: "x", direction: 5 }]].map((sort) => ({
    query: LIST,
    variables: { sort },
  })),
  ...[undefined, null, 1.5, {}, true].map((id) => ({ query: ONE, variables: { id } })),
  ...['"x"', "1.5", "99999999999", "null", "[]", "{}", "x", "$x"].flatMap((value) => [
    { query: `{ paymentCharges(first: ${value}) { totalCount } }` },
    { query: `{ paymentCharge(id: ${value}) { id } }` },
    { query: `{ paymentCharges(filter: ${value}) { totalCount } }` },
    { query: `{ paymentCharges(filter: { status: { eq: ${value} } }) { totalCount } }` },
    { query: `{ paymentCharges(filter: { createdAt: { gt: ${value} } }) { totalCount } }` },
    { query: `{ paymentCharges(filter: { refundable: { eq: ${value} } }) { totalCount } }` },
    {
      query: `mutation { createPaymentCharge(input: { amountInCents: ${value} }) { userErrors { code } } }`,
    },
  ]),
];

const JSON_TYPE = "application/json";

let server: TestServer;
let origin: string;
let authorization: string;

beforeAll(async () => {
  server = await TestServer.start();
  origin = new URL(server.url).origin;
  authorization = `Token ${(await server.createMerchant()).token}`;
});

afterAll(() => server.stop());

/** The messages of an answer, in any of the formats; empty for a success. */
async function messagesOf(path: string, init: RequestInit = {}): Promise<string[]> {
  const headers = { authorization, ...(init.headers as Record<string, string>) };
  return messagesIn(await (await fetch(`${origin}${path}`, { ...init, headers })).text());
}

function messagesIn(text: string): string[] {
  const { errors = [], detail } = JSON.parse(text) as {
    errors?: { message?: string; detail?: string; extensions?: { code: string } }[];
    detail?: string;
  };
  const own = errors
    // These two are kept: tools know the messages about a document's syntax and shape.
    .filter(({ extensions }) => extensions?.code !== "GRAPHQL_PARSE_FAILED")
    .flatMap(({ message, detail: text }) => message ?? text ?? []);
  return detail === undefined ? own : [detail, ...own];
}

function expectOurWords(sent: unknown, messages: readonly string[]): void {
  expect(messages, JSON.stringify(sent)).not.toEqual([]);
  for (const message of messages) {
    expect(message, JSON.stringify(sent)).not.toMatch(OF_LIBRARIES);
    expect(message, JSON.stringify(sent)).toMatch(/^\S[^]*[.?]$/);
  }
}

async function send(path: string, body: unknown): Promise<string[]> {
  const headers = { "content-type": JSON_TYPE };
  return messagesOf(path, { method: "POST", headers, body: JSON.stringify(body) });
}

it.each(Object.entries(BODIES))(
  "describes wrong bodies of %s in our words",
  async (path, bodies) => {
    for (const body of bodies) expectOurWords(body, await send(path, body));
  },
);

it("describes wrong parameters of a list in our words", async () => {
  for (const query of QUERIES) expectOurWords(query, await messagesOf(`${CHARGES}?${query}`));
});

it("describes wrong GraphQL requests, variables and literals in our words", async () => {
  for (const body of OPERATIONS) {
    const messages = await send("/graphql", body);
    const isValid = messages.length === 0;
    // Some of these values are valid in one of the places.
    if (!isValid)
      expectOurWords(body, messages.filter((message) => !isOfDocument(message)).concat("Checked."));
  }
});

/** Messages about a document that does not match the schema, which tools know. */
function isOfDocument(message: string): boolean {
  return /^(Cannot query|Unknown (type|argument|field)|Variable "\$\w+" (is not defined|of type)|Field "\w+" (of type|argument)|The \w+ operation|Fragment)/.test(
    message,
  );
}

it("describes wrong HTTP requests in our words", async () => {
  for (const path of ["/graphql", POCKETS, CHARGES]) {
    for (const [type, body] of [
      ...["", "{", "{'a'}", "\u0000", `"${"x".repeat(1_000_001)}"`].map((text) => [
        JSON_TYPE,
        text,
      ]),
      ...["text/plain", "application/x-www-form-urlencoded", "image/png", "x"].map((one) => [
        one,
        "a=b",
      ]),
      ["application/json; charset=latin1", "{}"],
    ] as const) {
      const headers = { "content-type": type };
      const sent = [path, type, body.slice(0, 20)];
      expectOurWords(sent, await messagesOf(path, { method: "POST", headers, body }));
    }
  }
  for (const path of ["/%", "/nothing", "/graphql?query=%7Ba%7D", "/graphql?variables=x"])
    expectOurWords(path, await messagesOf(path));
  const preflighted = { headers: { "apollo-require-preflight": "true" } };
  for (const search of [
    ...["", "query=", "query=a&query=b", "query=%7B__typename%7D&variables=x"],
    ...["query=%7B__typename%7D&extensions=5", "query=mutation%7B__typename%7D"],
  ])
    expectOurWords(search, await messagesOf(`/graphql?${search}`, preflighted));
  const accept = { accept: "image/png", "content-type": JSON_TYPE };
  const init = { method: "POST", headers: accept, body: '{"query":"{ __typename }"}' };
  expectOurWords(accept, await messagesOf("/graphql", init));
  const short = "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
  const { body } = await sendRaw(server.url, `${short}Connection: close\r\n\r\n`);
  expectOurWords(short, messagesIn(body));
});

it("answers OPTIONS without a preflight's headers like any other method", async () => {
  for (const path of ["/", "/graphql", POCKETS, CHARGES]) {
    const { status, body } = await sendRaw(
      server.url,
      `OPTIONS ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
    );
    expect([204, 404, 405], path).toContain(status);
    if (body !== "") expectOurWords(path, messagesIn(body));
  }
});

it("compiles no schema whose violations have no description", () => {
  const compile = (schema: object) =>
    compileLazily({ schema, method: "GET", url: "/" }) as (value: unknown) => boolean;
  expect(DESCRIBED_KEYWORDS.size).toBeGreaterThan(10);
  expect(() => compile({ type: "string", minLength: 1 })("x")).toThrow(
    'unknown keyword: "minLength"',
  );
  expect(compile({ type: "array", minItems: 1 })([])).toBe(false);
});

it("rewrites messages in time that grows linearly with their length", () => {
  const started = process.cpuUsage();
  for (const part of [
    '"',
    " does not exist in ",
    '" does not exist in "',
    "found ",
    ". Did you mean ",
  ]) {
    for (const start of [
      'Value "',
      'Enum "A" cannot represent non-string value: ',
      'Expected value of type "A", found ',
    ]) {
      inOurWords(start + part.repeat(50_000));
    }
  }
  expect(process.cpuUsage(started).user).toBeLessThan(2_000_000);
});
