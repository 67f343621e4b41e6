import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "../../src/shared/uuid.js";
import type { Answer, Exceeded } from "../support/graphql-client.js";
import { newPhoneNumber } from "../support/pockets.js";
import { TestServer } from "../support/server.js";

const LIMITS = {
  tokens: 60,
  nesting: 12,
  selections: 30,
  depth: 5,
  aliases: 3,
  directives: 3,
  cost: 500,
};

let server: TestServer;
/** A server with the production defaults. */
let closed: TestServer;
let token: string;
/** A token of a merchant on the closed server. */
let closedToken: string;
let slug: string;

beforeAll(async () => {
  server = await TestServer.start({ documentLimits: LIMITS });
  closed = await TestServer.start({ introspection: false });
  closedToken = (await closed.createMerchant()).token;
  const merchant = await server.createMerchant();
  token = merchant.token;
  slug = await server.createGroup({}, merchant);
});
afterAll(async () => {
  await server.stop();
  await closed.stop();
});

function repeat(times: number, write: (index: number) => string): string {
  return Array.from({ length: times }, (_, index) => write(index)).join(" ");
}

function expectRefusal(answer: Answer<unknown>, exceeded: Exceeded, message: string): void {
  expect(answer.status).toBe(400);
  expect(answer.data).toBeUndefined();
  expect(answer.errors).toMatchObject([{ message, extensions: { code: "BAD_REQUEST", exceeded } }]);
  expect(answer.extensions).toEqual({ cost: { charged: 0, limit: LIMITS.cost, exceeded } });
}

async function customerCount(): Promise<number> {
  const { customers } = await server.ask<{ customers: { totalCount: number } }>(
    token,
    "{ customers { totalCount } }",
  );
  return customers.totalCount;
}

const CREATE = `createCustomer(input: { name: "N" }) { customer { id } }`;

describe("an operation", () => {
  /** Each query reaches the limit exactly with `allowed`, and exceeds it with one more. */
  const CASES: readonly (readonly [keyof typeof LIMITS, (count: number) => string, string])[] = [
    [
      "tokens",
      (count) =>
        `mutation { ${CREATE} ${"... on Mutation { __typename } ".repeat(6)} ${"__typename ".repeat(count - 55)}}`,
      "The operation has at least 61 tokens; 60 are allowed. Send values as variables, or split the request.",
    ],
    [
      "selections",
      (count) => `mutation { ${CREATE} ...T ...T ${"__typename ".repeat(count - 6)}}
        fragment T on Mutation { __typename }`,
      "The operation has 31 fields and fragments in its document; 30 are allowed. Select each field once, or split the request.",
    ],
    [
      "depth",
      (count) =>
        `mutation { createCustomer(input: { name: "N" }) { ...P } }
         fragment P on CustomerPayload {
           customer { paymentCharges(first: 1) { nodes { ${count === 5 ? "id" : "customer { id }"} } } }
         }`,
      "The operation is 6 levels deep; 5 are allowed. Request deeper data separately.",
    ],
    [
      "aliases",
      (count) =>
        `mutation { ${CREATE} ${repeat(count - 2, (n) => `t${String(n)}: __typename`)} ...T ...T }
         fragment T on Mutation { same: __typename }`,
      "The operation has 4 aliases; 3 are allowed. Split the request, or use a list with a filter.",
    ],
    [
      "directives",
      (count) => `mutation { ${CREATE} ${repeat(count, () => "__typename @include(if: true)")} }`,
      "The operation has 4 directives; 3 are allowed. Remove fields from the document instead of skipping them.",
    ],
  ];

  it.each(CASES)("exactly at the limit of its %s is executed", async (limit, write) => {
    const before = await customerCount();
    const answer = await server.send(token, write(LIMITS[limit]));
    expect(answer.errors).toBeUndefined();
    expect(answer.extensions?.cost.limit).toBe(LIMITS.cost);
    expect(await customerCount()).toBe(before + 1);
  });

  it.each(CASES)(
    "that exceeds the limit of its %s is refused, and nothing of it is executed",
    async (limit, write, message) => {
      const before = await customerCount();
      const allowed = LIMITS[limit];
      const answer = await server.send(token, write(allowed + 1));
      expectRefusal(answer, { limit, has: allowed + 1, allowed }, message);
      expect(await customerCount()).toBe(before);
    },
  );

  it("with a document that nests too deep is refused before it is parsed, by POST and by GET", async () => {
    const write = (depth: number): string =>
      `${"{ ... ".repeat(depth - 1)}{ __typename }${"}".repeat(depth - 1)}`;
    const { data } = await server.send(null, write(LIMITS.nesting));
    expect(data).toEqual({ __typename: "Query" });
    const message =
      "The operation has at least 13 levels of nested brackets in its document or its variables; 12 are allowed. Request deeper data separately.";
    const exceeded = { limit: "nesting", has: 13, allowed: 12 };
    const refusal = { errors: [{ message, extensions: { code: "BAD_REQUEST", exceeded } }] };
    const refused = await server.send(null, write(LIMITS.nesting + 1));
    expect(refused).toMatchObject({ status: 400, ...refusal });
    const url = new URL(server.url);
    url.searchParams.set("query", write(LIMITS.nesting + 1));
    const got = await fetch(url, { headers: { "apollo-require-preflight": "true" } });
    expect([got.status, await got.json()]).toEqual([400, refusal]);
  });

  it("with variables that nest too deep is refused before they are read", async () => {
    const query = "query ($f: CustomerFilter) { customers(filter: $f) { totalCount } }";
    const nested = (depth: number): object => (depth === 1 ? [] : { not: nested(depth - 1) });
    // The object of all variables counts as the first level.
    const kept = await server.send(token, query, { f: nested(LIMITS.nesting - 1) });
    expect(kept.errors?.[0]?.extensions).toEqual({ code: "BAD_USER_INPUT" });
    const exceeded = { limit: "nesting", has: 13, allowed: 12 };
    const refused = await server.send(token, query, { f: nested(LIMITS.nesting) });
    expect(refused).toMatchObject({
      status: 400,
      errors: [{ extensions: { code: "BAD_REQUEST", exceeded } }],
      extensions: { cost: { charged: 0, exceeded } },
    });
  });

  it("with repeated errors of one kind reports each once, with all its locations", async () => {
    const { errors } = await closed.send(null, "{ a __typename b a a }");
    expect(errors).toMatchObject([
      { message: 'Cannot query field "a" on type "Query".', locations: [{}, {}, {}] },
      { message: 'Cannot query field "b" on type "Query".', locations: [{}] },
    ]);
    expect(errors?.[0]).toMatchObject({
      locations: [3, 18, 20].map((column) => ({ line: 1, column })),
    });
  });

  it("counts its cost with the values of its variables, and is refused above the limit", async () => {
    const query =
      "query ($n: Int, $m: Int) { customers(first: $n) { nodes { paymentCharges(first: $m) { nodes { id } } } } }";
    const kept = await server.send(token, query, { n: 8, m: 30 });
    expect(kept.extensions).toEqual({ cost: { charged: 497, limit: 500 } });
    expect(kept.data).toEqual({ customers: { nodes: expect.any(Array) as unknown } });
    const refused = await server.send(token, query, { n: 9, m: 30 });
    const message =
      "The operation would cost 559 points; 500 are allowed. Use smaller pages or fewer nested lists, or split the request.";
    expectRefusal(refused, { limit: "cost", has: 559, allowed: 500 }, message);
    // The next request with the same document is counted separately.
    expect((await server.send(token, query, { n: 1 })).extensions?.cost.charged).toBe(1 + 42);
  });

  it("counts its cost even if its execution fails", async () => {
    const { errors, extensions } = await server.send(token, "{ merchants { totalCount } }");
    expect(errors?.[0]?.extensions.code).toBe("FORBIDDEN");
    expect(extensions).toEqual({ cost: { charged: 101, limit: 500 } });
  });

  it("is measured without the other operations in the document", async () => {
    const query = `query Small { __typename } query Deep { customers { nodes { paymentCharges { nodes { customer { id } } } } } }`;
    const send = async (operationName: string): Promise<Answer<unknown>> => {
      const response = await fetch(server.url, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Token ${token}` },
        body: JSON.stringify({ query, operationName }),
      });
      const body = (await response.json()) as Answer<unknown>;
      return { ...body, status: response.status };
    };
    expect(await send("Small")).toMatchObject({
      status: 200,
      extensions: { cost: { charged: 0 } },
    });
    expect((await send("Deep")).errors?.[0]?.extensions.exceeded?.limit).toBe("depth");
  });

  it.each([100, 500, 1_600])(
    "that nests as deep as %i customers' charges is refused without an internal error",
    async (times) => {
      const deep = `${"paymentCharges{nodes{customer{".repeat(times)}id${"}}}".repeat(times)}`;
      const { status, errors } = await closed.send(
        closedToken,
        `{ customer(id: "0") { ${deep} } }`,
      );
      expect(status).toBe(400);
      expect(errors?.[0]?.extensions.code).toMatch(/^(BAD_REQUEST|GRAPHQL_\w+)$/);
    },
  );

  it("with fragments that would expand endlessly is refused", async () => {
    const fragments = repeat(100, (n) => {
      const next = `...F${String(n + 1)}`;
      return `fragment F${String(n)} on Query { ${n === 99 ? "__typename viewer { scopes }" : `${next} ${next}`} }`;
    });
    const { errors } = await closed.send(closedToken, `{ ...F0 } ${fragments}`);
    expect(errors?.[0]?.extensions.exceeded).toMatchObject({ limit: "cost", allowed: 100_000 });
  });
});

describe("chargePockets", () => {
  const pocketCount = async (): Promise<number> =>
    (await server.ask<{ pockets: { totalCount: number } }>(token, "{ pockets { totalCount } }"))
      .pockets.totalCount;
  const input = (): object => ({
    pocketGroupSlug: slug,
    charges: [{ token: newId(), phoneNumber: newPhoneNumber(), amount: 100 }],
  });
  const PARAMETERS = "($a: ChargePocketsInput!, $b: ChargePocketsInput!)";
  const ONE = "chargePockets(input: $a) { results { status } }";
  const OTHER = "b: chargePockets(input: $b) { results { status } }";

  it.each([
    ["under an alias", `mutation ${PARAMETERS} { ${ONE} ${OTHER} }`],
    ["in a fragment", `mutation ${PARAMETERS} { ${ONE} ...F } fragment F on Mutation { ${OTHER} }`],
  ])("is refused twice in an operation, with nothing charged: %s", async (_, query) => {
    const before = await pocketCount();
    const answer = await server.send(token, query, { a: input(), b: input() });
    const message =
      "The operation has 2 chargePockets; 1 is allowed. Combine the items of a group into one, or split the request.";
    expectRefusal(answer, { limit: "chargePockets", has: 2, allowed: 1 }, message);
    expect(await pocketCount()).toBe(before);
  });

  it("costs in proportion to its charges, and stays within every default limit up to a thousand", async () => {
    const charges = Array.from({ length: 1_000 }, () => {
      return `{ token: "${newId()}", phoneNumber: "1", amount: 1 }`;
    });
    const query = `mutation { chargePockets(input: { pocketGroupSlug: "g", charges: [${charges.join()}] }) {
      results { token phoneNumber amount status message code pocketCharge { id balanceAfter } }
    } }`;
    const { errors, extensions } = await closed.send(closedToken, query);
    expect(errors?.[0]?.extensions.code).toBe("NOT_FOUND");
    expect(extensions).toEqual({ cost: { charged: 1 + 1_000 * 10, limit: 100_000 } });
  });
});

describe("a request without a token", () => {
  const UNAUTHENTICATED = { status: 401, errors: [{ extensions: { code: "UNAUTHENTICATED" } }] };

  it("is refused before its variables are read, even if they are invalid", async () => {
    const query = "query ($f: CustomerFilter) { customers(filter: $f) { totalCount } }";
    const variables = { f: { unknown: 1 } };
    expect(await server.send(null, query, variables)).toMatchObject(UNAUTHENTICATED);
    expect((await server.send(token, query, variables)).status).toBe(400);
  });

  it("is refused when any root field needs one, even in a fragment", async () => {
    const query = "{ __typename ... { ...F } } fragment F on Query { customers { totalCount } }";
    expect(await server.send(null, query)).toMatchObject(UNAUTHENTICATED);
  });

  it("is refused when its document is longer than any introspection query", async () => {
    const answer = await server.send(null, `{ __typename } # ${"a".repeat(10_000)}`);
    expect(answer).toMatchObject(UNAUTHENTICATED);
  });
});

describe("a request", () => {
  const values = (query: string, v: unknown): Promise<Answer<unknown>> =>
    closed.send(closedToken, query, { v });

  it("with more values in its variables than are allowed is refused", async () => {
    const answer = await values(
      "query ($v: CustomerFilter) { customers(filter: $v) { totalCount } }",
      { or: Array.from({ length: 10_000 }, () => ({})) },
    );
    const exceeded = { limit: "values", has: 10_001, allowed: 10_000 };
    expect(answer).toMatchObject({ status: 400, errors: [{ extensions: { exceeded } }] });
  });

  it("is answered with the first twenty errors of its variables", async () => {
    const unknown = Object.fromEntries(
      Array.from({ length: 30 }, (_, at) => [`x${String(at)}`, 1]),
    );
    const query = "query ($v: CustomerFilter) { customers(filter: $v) { totalCount } }";
    const { errors } = await values(query, unknown);
    expect(errors).toHaveLength(21);
    expect(errors?.at(-1)?.message).toBe(
      "The variables have more than 20 errors; these are the first.",
    );
  });

  it.each([
    ["aliasLength", `{ ${"a".repeat(201)}: __typename }`, 201, 200],
    ["operations", repeat(21, (at) => `query Q${String(at)} { __typename }`), 21, 20],
  ])(
    "is refused when its document would repeat expensive work: %s",
    async (limit, query, has, allowed) => {
      const { status, errors } = await closed.send(closedToken, query);
      expect(status).toBe(400);
      expect(errors).toMatchObject([{ extensions: { exceeded: { limit, has, allowed } } }]);
    },
  );

  it("gets an error that repeats little of it", async () => {
    const operationName = `${"Did you mean ".repeat(20_000)}?`;
    const response = await fetch(closed.url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query: "{ __typename }", operationName }),
    });
    expect((await response.text()).length).toBeLessThan(1_500);
  });

  async function post(body: unknown): Promise<{ status: number; body: unknown }> {
    const response = await fetch(server.url, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Token ${token}` },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: await response.json() };
  }

  it("with a list of operations is refused, and none of them is executed", async () => {
    const before = await customerCount();
    const message =
      "A request must contain one operation, as a JSON object; this is a list of 2. Send each in its own request.";
    expect(await post([{ query: `mutation { ${CREATE} }` }, { query: "{ __typename }" }])).toEqual({
      status: 400,
      body: { errors: [{ message, extensions: { code: "BAD_REQUEST" } }] },
    });
    expect(await customerCount()).toBe(before);
  });

  it("that refers to its document by a hash must satisfy the same limits", async () => {
    const query =
      "query Kept($n: Int) { customers(first: $n) { nodes { id name email phoneNumber number } } }";
    const sha256Hash = createHash("sha256").update(query).digest("hex");
    const extensions = { persistedQuery: { version: 1, sha256Hash } };
    expect(await post({ query, extensions, variables: { n: 1 } })).toMatchObject({ status: 200 });
    expect(await post({ extensions, variables: { n: 83 } })).toMatchObject({
      status: 200,
      body: { extensions: { cost: { charged: 499 } } },
    });
    expect(await post({ extensions, variables: { n: 84 } })).toMatchObject({
      status: 400,
      body: { errors: [{ extensions: { exceeded: { limit: "cost", has: 505 } } }] },
    });
  });
});

describe("errors in production", () => {
  it.each([
    ["a field", "{ custommers { totalCount } }", {}],
    ["an argument", "{ customers(fist: 1) { totalCount } }", {}],
    ["a type", "{ viewer { ... on Viewr { scopes } } }", {}],
    ["an enum value", "{ customers(sort: [{ field: NUMBR }]) { totalCount } }", {}],
    [
      "an enum value in a variable",
      "query ($s: [CustomerSort!]) { customers(sort: $s) { totalCount } }",
      { s: [{ field: "NUMBR" }] },
    ],
    [
      "an input field in a variable",
      "query ($s: [CustomerSort!]) { customers(sort: $s) { totalCount } }",
      { s: [{ field: "NUMBER", directon: "ASC" }] },
    ],
  ])("reveal no names other than those in the request: %s", async (_, query, variables) => {
    const suggesting = await server.send(token, query, variables);
    expect(JSON.stringify(suggesting.errors)).toContain("Did you mean");
    const hiding = await closed.send(closedToken, query, variables);
    expect(hiding.errors?.map(({ message }) => message)).toEqual(
      suggesting.errors?.map(({ message }) => message.replace(/ ?Did you mean .*$/, "")),
    );
    expect(JSON.stringify(hiding.errors)).not.toContain("Did you mean");
  });
});
