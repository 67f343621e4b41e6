import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "../../src/shared/uuid.js";
import { decimal, wholeValueOf } from "../support/decimals.js";
import { CHARGES, JSON_API, RestClient } from "../support/rest.js";
import { type TestMerchant, TestServer } from "../support/server.js";
import { WAIT_TIMEOUT_MS } from "../support/wait-timeout.js";
import { runs } from "../support/runs.js";

const RUNS = runs(10);
const MAX_AMOUNT = 2n ** 53n - 1n;

let server: TestServer;
let rest: RestClient;
let merchant: TestMerchant;
let slug: string;
let chargeId: string;

beforeAll(async () => {
  server = await TestServer.start();
  rest = await RestClient.of(server);
  merchant = await server.createMerchant();
  slug = await server.createGroup({}, merchant);
  chargeId = await newCharge();
});
afterAll(() => server.stop());

async function newCharge(): Promise<string> {
  const { createPaymentCharge } = await server.ask<{
    createPaymentCharge: { paymentCharge: { id: string } };
  }>(
    merchant.token,
    `mutation { createPaymentCharge(input: { provider: NONE, mode: MANUAL, amountInCents: 5 }) {
      paymentCharge { id } } }`,
  );
  return createPaymentCharge.paymentCharge.id;
}

interface Got {
  readonly status: number;
  readonly text: string;
}

async function send(
  method: string,
  path: string,
  body?: string | Buffer,
  contentType = "application/json",
): Promise<Got> {
  const { statusCode, body: text } = await server.app.http.inject({
    method: method as "GET",
    url: path,
    headers: {
      authorization: `Token ${merchant.token}`,
      "apollo-require-preflight": "yes",
      ...(body === undefined ? {} : { "content-type": contentType }),
    },
    ...(body === undefined ? {} : { payload: body }),
  });
  return { status: statusCode, text };
}

/** Expects a client error in the format of the path. @returns its message. */
function refusalIn({ status, text }: Got): string {
  expect(status, text).toBe(400);
  const { errors, detail } = JSON.parse(text) as {
    errors?: { message?: string; detail?: string; code?: string; extensions?: { code: string } }[];
    detail?: string;
  };
  if (errors === undefined) return String(detail);
  const [{ message, detail: errorDetail, code, extensions } = {}] = errors;
  expect(extensions?.code ?? code, text).toBe("BAD_USER_INPUT");
  return message ?? errorDetail ?? "";
}

/** Every route that accepts a body, with a string in the body. */
const BODIES: readonly (readonly [
  what: string,
  method: string,
  path: () => string,
  contentType: string,
  body: (text: string) => string,
])[] = [
  ["a variable", "POST", () => "/graphql", "application/json", graphql("variables", "name")],
  ["an unused variable", "POST", () => "/graphql", "application/json", graphql("variables", "x")],
  ["an extension", "POST", () => "/graphql", "application/json", graphql("extensions", "x")],
  [
    "the operation's name",
    "POST",
    () => "/graphql",
    "application/json; charset=utf-8",
    (text) => `{"query":"query A { __typename }","operationName":"A${text}"}`,
  ],
  [
    "the document",
    "POST",
    () => "/graphql",
    "application/json",
    (text) => `{"query":"{ __typename } # ${text}"}`,
  ],
  [
    "a key",
    "POST",
    () => "/graphql",
    "application/json",
    (text) => `{"query":"{ __typename }","${text}":1}`,
  ],
  ["a pocket charge", "POST", () => `/pockets/${slug}/charge/`, "application/json", pocketBody],
  [
    "a prefixed path",
    "POST",
    () => `/badje/v1/pockets/${slug}/charge/`,
    "application/json",
    pocketBody,
  ],
  ["a new charge", "POST", () => CHARGES, "application/json", chargeBody],
  ["a new charge as JSON:API", "POST", () => CHARGES, JSON_API, chargeBody],
  ["a changed charge", "PUT", () => `${CHARGES}/${chargeId}`, JSON_API, chargeBody],
];

function graphql(part: string, name: string): (text: string) => string {
  const query =
    "mutation ($name: String!) { createCustomer(input: { name: $name }) { customer { name } } }";
  return (text) =>
    `{"query":${JSON.stringify(query)},"variables":{"name":"A"},"${part}":{"name":"A","${name}":"A${text}"}}`;
}

function pocketBody(text: string): string {
  return `{"charges":[{"token":"${newId()}","phone_number":"09121111111${text}","amount":10000}]}`;
}

function chargeBody(text: string): string {
  const attributes = `{"amount_in_cents":5,"mode":"manual","provider":"none","description":"A${text}"}`;
  return `{"data":{"type":"payment_charges","attributes":${attributes}}}`;
}

async function countOfRecords(): Promise<unknown> {
  return server.ask(
    merchant.token,
    `{ customers { totalCount } paymentCharges { totalCount } pocketCharges { totalCount } }`,
  );
}

const BROKEN_BYTES = ["ff", "c0af", "eda080", "edbfbf", "f4908080", "e282", "80", "f8888080", "fe"];

describe.each(BODIES)("a body with %s", (_, method, path, contentType, body) => {
  it.each(BROKEN_BYTES)("is refused when it is not UTF-8: %s", async (hex) => {
    const before = await countOfRecords();
    const [start = "", end = ""] = body("@").split("@");
    const bytes = Buffer.concat([Buffer.from(start), Buffer.from(hex, "hex"), Buffer.from(end)]);
    expect(refusalIn(await send(method, path(), bytes, contentType))).toContain("UTF-8");
    expect(await countOfRecords()).toEqual(before);
  });

  it.each(["\\ud800", "\\uDFFF", "\\udc00\\ud800", "\\ud83d\\ude00\\ud83d", "\\ud83d \\ude00"])(
    "is refused with half of a surrogate pair: %s",
    async (escapes) => {
      const before = await countOfRecords();
      const answer = await send(method, path(), body(escapes), contentType);
      expect(refusalIn(answer)).toContain("surrogate");
      expect(await countOfRecords()).toEqual(before);
    },
  );

  it("is accepted with a byte order mark, and with any character", async () => {
    const bytes = Buffer.from(`\ufeff${body("")}`);
    expect((await send(method, path(), bytes, contentType)).status).toBeLessThan(300);
    for (const text of ["\ufffd", "😀", "\\ud83d\\ude00", "\\\\ud800", "\uffff"]) {
      const { text: answer } = await send(method, path(), body(text), contentType);
      expect(answer).not.toMatch(/UTF-8|surrogate pair/);
    }
  });
});

describe("an address", () => {
  const document = encodeURIComponent("query ($a: ID) { __typename customer(id: $a) { id } }");
  it.each([
    ["a document", (text: string) => `/graphql?query=%7B__typename%7D%23${text}`],
    [
      "a variable",
      (text: string) => `/graphql?query=${document}&variables=%7B%22a%22:%22${text}%22%7D`,
    ],
    [
      "an operation's name",
      (text: string) => `/graphql?query=%7B__typename%7D&operationName=${text}`,
    ],
    ["a filter", (text: string) => `${CHARGES}?filter[description]=${text}`],
    ["a parameter's name", (text: string) => `${CHARGES}?${text}=1`],
    ["a parameter of one charge", (text: string) => `${CHARGES}/${chargeId}?include=${text}`],
    ["a parameter of a trace", (text: string) => `/pockets/a/charge/${newId()}/?a=${text}`],
    ["a parameter of nothing", (text: string) => `/nothing?a=${text}`],
  ])("is refused when %s is not UTF-8", async (_, address) => {
    for (const text of ["%ff", "%C0%AF", "%ed%a0%80", "%e2%82", "a%80", "%F0%9F%98x"]) {
      expect(refusalIn(await send("GET", address(text)))).toContain("UTF-8");
    }
    const right = await send("GET", address("%F0%9F%98%80"));
    expect(right.text).not.toContain("UTF-8");
  });

  it.each([`${CHARGES}/%ff`, "/pockets/%ed%a0%80/charge/x/"])("is refused: %s", async (path) => {
    expect((await send("GET", path)).status).toBe(400);
  });

  it.each(["%", "%zz", "%2", "a%g0b%20"])(
    "is refused for %s, which decoders read differently",
    async (text) => {
      const hidden = `%7B%22a%22:%22${text}%22,%22b%22:1e400%7D`;
      for (const path of [
        `/graphql?query=${document}&variables=${hidden}`,
        `/graphql/stream?query=${document}&variables=${hidden}`,
        `${CHARGES}?filter[description]=${text}`,
      ])
        expect(refusalIn(await send("GET", path))).toContain("hexadecimal");
    },
  );

  it.each(["variables", "extensions"])("is refused for half a pair in its %s", async (name) => {
    const json = encodeURIComponent('{"a":"\\ud800"}');
    const answer = await send("GET", `/graphql?query=${document}&${name}=${json}`);
    expect(refusalIn(answer)).toContain("surrogate");
  });
});

it.each(['"\\uD800"', '"\\u{D800}"', '"\\uDC00\\uD800"', '"""\ud800"""'])(
  "refuses half of a surrogate pair in a document: %j",
  async (literal) => {
    const query = `mutation { createCustomer(input: { name: ${literal} }) { customer { id } } }`;
    const { status, text } = await send("POST", "/graphql", JSON.stringify({ query }));
    expect(status, text).toBe(400);
    expect(text).toMatch(/GRAPHQL_PARSE_FAILED|BAD_USER_INPUT/);
  },
);

describe("an amount is accepted exactly when it is a whole number in range:", () => {
  const isTaken = (text: string): boolean => {
    const value = wholeValueOf(text);
    return value !== null && value >= -MAX_AMOUNT && value <= MAX_AMOUNT;
  };
  /** The amount in the format of every correct response. */
  const written = (text: string): string => String(wholeValueOf(text));
  const TIMEOUT = { timeout: WAIT_TIMEOUT_MS + RUNS * 200 };

  /** Runs a property over JSON numbers, including some that a double rounds. */
  async function forDecimals(property: (text: string) => Promise<void>): Promise<void> {
    const examples = ["0.99999999999999999", "9007199254740991.4", "9007199254740993", "1e400"];
    const more = ["1.0", "1e3", "-0.0", "1e-400", "-9007199254740991", "9007199254740991.0"];
    await fc.assert(fc.asyncProperty(decimal, property), {
      numRuns: RUNS,
      examples: [...examples, ...more].map((text): [string] => [text]),
    });
  }

  const charges = (amount: string): string =>
    `chargePockets(input: { pocketGroupSlug: "${slug}", charges: [
      { token: "${newId()}", phoneNumber: "09121111111", amount: ${amount} }] }) { results { amount } }`;
  const expectCharged = ({ status, text }: Got, amount: string): void => {
    if (isTaken(amount)) expect(text).toContain(`"amount":${written(amount)}}`);
    else expect(status, `${amount}: ${text}`).toBe(400);
  };

  it("as a variable", TIMEOUT, async () => {
    await forDecimals(async (text) => {
      const query = `mutation ($amount: Amount!) { ${charges("$amount")} }`;
      const body = `{"query":${JSON.stringify(query)},"variables":{"amount":${text}}}`;
      expectCharged(await send("POST", "/graphql", body), text);
    });
  });

  it("in a document", TIMEOUT, async () => {
    await forDecimals(async (text) => {
      const body = JSON.stringify({ query: `mutation { ${charges(text)} }` });
      expectCharged(await send("POST", "/graphql", body), text);
    });
  });

  it("as a variable in an address", TIMEOUT, async () => {
    const query = encodeURIComponent(
      "query ($a: Amount!) { paymentCharges(filter: { amountInCents: { eq: [$a] } }) { totalCount } }",
    );
    await forDecimals(async (text) => {
      const variables = encodeURIComponent(`{"a":${text}}`);
      const got = await send("GET", `/graphql?query=${query}&variables=${variables}`);
      expect(got.status, `${text}: ${got.text}`).toBe(isTaken(text) ? 200 : 400);
    });
  });

  it("in a pocket charge over REST", TIMEOUT, async () => {
    await forDecimals(async (text) => {
      const item = `{"token":"${newId()}","phone_number":"09121111111","amount":${text}}`;
      const got = await send("POST", `/pockets/${slug}/charge/`, `{"charges":[${item}]}`);
      expect(got.status, `${text}: ${got.text}`).toBe(isTaken(text) ? 200 : 400);
      if (isTaken(text)) expect(got.text).toContain(`"amount":${written(text)},`);
    });
  });

  it("in a body of JSON:API", TIMEOUT, async () => {
    await forDecimals(async (text) => {
      const attributes = `{"amount_in_cents":${text},"mode":"manual","provider":"none"}`;
      const body = `{"data":{"type":"payment_charges","attributes":${attributes}}}`;
      const { status, text: answer } = await send("POST", CHARGES, body, JSON_API);
      const isRecorded = isTaken(text) && wholeValueOf(text)! > 0n;
      if (status === 201) expect(answer).toContain(`"amount_in_cents":${written(text)},`);
      expect(status === 201, `${text}: ${answer}`).toBe(isRecorded);
      if (!isRecorded) expect([400, 422], answer).toContain(status);
    });
  });

  it("reports the digits of a fraction that rounds to an integer", async () => {
    const query =
      "query ($a: Amount!) { paymentCharges(filter: { amountInCents: { eq: [$a] } }) { totalCount } }";
    for (const digits of ["0.99999999999999999", "9007199254740991.4", "1e400"]) {
      const body = `{"query":${JSON.stringify(query)},"variables":{"a":${digits}}}`;
      expect(refusalIn(await send("POST", "/graphql", body))).toContain(digits);
    }
  });
});

it("answers any query of a REST list with valid JSON that repeats the query exactly", async () => {
  const unit = fc.constantFrom("\0", "0", "7", "-", "u0000", '"', "\\", "a", "{", "}", ",", "%");
  const name = fc.string({ unit, minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(name, name, async (key, value) => {
      const path = `${CHARGES}?${encodeURIComponent(key)}=${encodeURIComponent(value)}`;
      const { status, text } = await send("GET", path);
      expect(status).toBe(400);
      const { errors } = JSON.parse(text) as { errors: { source: { parameter: string } }[] };
      expect(errors[0]?.source.parameter).toBe(key);
      const filter = `${CHARGES}?filter[amount_in_cents]=${encodeURIComponent(`x${value}`)}`;
      const refused = await send("GET", filter);
      const answer = JSON.parse(refused.text) as { errors: { detail: string }[] };
      const [shown = ""] = `x${value}`.split(",");
      expect(answer.errors[0]?.detail).toContain(JSON.stringify(shown));
    }),
    {
      numRuns: RUNS * 3,
      examples: [
        ["\0" + "0007", "x"],
        ["\0" + "7", "\0" + "7"],
      ],
    },
  );
  const { body } = await rest.get<{ meta: unknown }>(
    `${CHARGES}?meta[total]=count&meta[amount_in_cents]=sum&filter[currency]=irr`,
    merchant.token,
  );
  expect(body.meta).toMatchObject({ total: { count: expect.any(Number) as number } });
});

it("refuses half of a surrogate pair in a cursor, and accepts a complete pair", async () => {
  const query = `query ($after: String) {
    customers(sort: [{ field: NAME }], first: 1, after: $after) { pageInfo { endCursor } }
  }`;
  interface Page {
    readonly customers: { readonly pageInfo: { readonly endCursor: string } };
  }
  await server.ask(
    merchant.token,
    'mutation { createCustomer(input: { name: "A" }) { customer { id } } }',
  );
  const { customers } = await server.ask<Page>(merchant.token, query);
  const text = Buffer.from(customers.pageInfo.endCursor, "base64url").toString();
  const cursorAt = (name: string): string =>
    Buffer.from(text.replace('"A"', `"${name}"`)).toString("base64url");
  expect(cursorAt("B")).not.toBe(customers.pageInfo.endCursor);
  await server.ask(merchant.token, query, { after: cursorAt("\\ud83d\\ude00") });
  for (const half of ["\\ud800", "\\udc00", "A\\ud83d"]) {
    const { errors } = await server.send(merchant.token, query, { after: cursorAt(half) });
    expect(errors?.[0]?.extensions.code).toBe("BAD_USER_INPUT");
  }
});

describe("JSON with too many nested brackets", () => {
  const deep = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);

  it.each([
    ["/graphql", "application/json"],
    ["/nothing", "application/json"],
    ["/health/live", "application/json"],
    [CHARGES, "application/json"],
    [CHARGES, JSON_API],
  ])("is refused at %s as %s, complete or not", async (path, contentType) => {
    for (const body of [deep(201), deep(100_000), "[".repeat(201), '{"a":'.repeat(201)])
      expect(refusalIn(await send("POST", path, body, contentType))).toBe(
        "The body contains more than 200 levels of nested brackets.",
      );
    expect((await send("POST", path, deep(200), contentType)).text).not.toContain(
      "levels of nested b",
    );
  });

  it.each(["variables", "extensions"])("is refused in the parameter %s", async (name) => {
    const path = (depth: number): string =>
      `/graphql?query=%7B__typename%7D&${name}=${encodeURIComponent(`{"a":${deep(depth)}}`)}`;
    expect(refusalIn(await send("GET", path(200)))).toBe(
      `The parameter ${name} contains more than 200 levels of nested brackets.`,
    );
    expect((await send("GET", path(50))).status).toBe(200);
  });
});

it.each([
  ["GraphQL", "/graphql", `{"query":"{ __typename }","variables":{"__proto__":{}}}`],
  ["REST", "/pockets/any/charge/", `{"charges":[],"constructor":{"prototype":{}}}`],
])("refuses a dangerous JavaScript key in a body of %s by its name", async (_, path, body) => {
  const { status, text } = await send("POST", path, body);
  expect(status).toBe(400);
  expect(text).toContain("The body has a key __proto__");
});
