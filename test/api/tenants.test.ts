import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiScope, MERCHANT_SCOPES } from "../../src/callers/api-scope.js";
import { newId } from "../../src/shared/uuid.js";
import { charge, chargePockets, newPhoneNumber, sendCharges } from "../support/pockets.js";
import type { Answer } from "../support/graphql-client.js";
import { type TestMerchant, TestServer, made } from "../support/server.js";

const POCKET_GROUP = "query ($slug: String!) { pocketGroup(slug: $slug) { slug isActive } }";
const POCKET = `query ($slug: String!, $number: String!) {
  pocket(pocketGroupSlug: $slug, phoneNumber: $number) {
    phoneNumber balance pocketGroup { slug }
  }
}`;
const POCKET_CHARGE = `query ($slug: String!, $token: UUID!) {
  pocketCharge(pocketGroupSlug: $slug, token: $token) { id token }
}`;
const TRACE = `query ($slug: String!, $token: UUID!) {
  pocketCharge(pocketGroupSlug: $slug, token: $token) {
    id token phoneNumber amount balanceAfter createdAt
    pocketGroup { slug currency }
    pocket { phoneNumber balance pocketGroup { slug } }
    merchant { id name }
  }
}`;
const EMPLOYEE = "query ($id: ID!) { employee(id: $id) { id merchant { id } } }";
const MERCHANT = "query ($id: ID!) { merchant(id: $id) { id } }";
const VIEWER = "{ viewer { scopes } }";

const UNKNOWN_ID = "01988f7a-d22b-7c3d-977f-27af99c2a5a5";
const FORBIDDEN = { status: 403, data: null, codes: ["FORBIDDEN"] };
const NOT_FOUND = { status: 404, data: null, codes: ["NOT_FOUND"] };
const UNAUTHENTICATED = { status: 401, data: null, codes: ["UNAUTHENTICATED"] };
const BAD_USER_INPUT = { status: 400, data: null, codes: ["BAD_USER_INPUT"] };

let server: TestServer;
let merchant: TestMerchant;
let other: TestMerchant;
/** Groups granted to both merchants, only to `merchant`, and only to `other`. */
let shared: string;
let own: string;
let foreign: string;

beforeAll(async () => {
  server = await TestServer.start();
  merchant = await server.createMerchant("The merchant");
  other = await server.createMerchant("The other merchant");
  shared = await server.createGroup({}, merchant, other);
  own = await server.createGroup({}, merchant);
  foreign = await server.createGroup({}, other);
});

afterAll(() => server.stop());

/** Replaces data whose fields are all null, and missing data, with null. */
function summary({ status, data, errors }: Answer<object | null>): unknown {
  const isThere = Object.values(data ?? {}).some((value: unknown) => value !== null);
  const codes = errors?.map(({ extensions }) => extensions.code);
  return { status, data: isThere ? data : null, codes };
}

/** Sends a request that must be refused. */
async function refusalOf(
  token: string | null,
  query: string,
  variables: Record<string, unknown>,
): Promise<unknown> {
  return summary(await server.send(token, query, variables));
}

async function createEmployee(merchantId: string): Promise<string> {
  const email = `e-${newId()}@example.com`;
  return made(await server.app.services.employees.create({ merchantId, name: "E", email })).id;
}

/** Makes a charge. @returns its token. */
async function charged(by: TestMerchant, slug: string, phoneNumber: string): Promise<string> {
  const sent = charge({ phoneNumber });
  expect(await chargePockets(server, by.token, slug, [sent])).toMatchObject([
    { status: "SUCCESS" },
  ]);
  return sent.token;
}

describe("pocketGroup", () => {
  it("answers a granted group, to each merchant that has it", async () => {
    for (const { token } of [merchant, other]) {
      expect(await server.ask(token, POCKET_GROUP, { slug: shared })).toEqual({
        pocketGroup: { slug: shared, isActive: true },
      });
    }
  });

  it("answers an inactive group: reading goes on", async () => {
    const closed = await server.createGroup({}, merchant);
    await server.app.services.pocketGroups.update(closed, { isActive: false });
    expect(await server.ask(merchant.token, POCKET_GROUP, { slug: closed })).toEqual({
      pocketGroup: { slug: closed, isActive: false },
    });
  });

  it("is FORBIDDEN for a group that is not granted", async () => {
    expect(await refusalOf(merchant.token, POCKET_GROUP, { slug: foreign })).toEqual(FORBIDDEN);
    expect(await refusalOf(other.token, POCKET_GROUP, { slug: own })).toEqual(FORBIDDEN);
  });

  it.each(["no-such-group", "", "No Such Group", "گروه", "\u0000", "a".repeat(10_000)])(
    "is null for the slug %j, which no group has",
    async (slug) => {
      for (const token of [merchant.token, server.operatorToken]) {
        expect(await server.ask(token, POCKET_GROUP, { slug })).toEqual({ pocketGroup: null });
      }
    },
  );

  it("answers every group to operators", async () => {
    const granted = await server.createGroup({});
    for (const slug of [shared, own, foreign, granted]) {
      expect(await server.ask(server.operatorToken, POCKET_GROUP, { slug })).toMatchObject({
        pocketGroup: { slug },
      });
    }
  });
});

describe("pocket", () => {
  const phoneNumber = "989351112233";

  beforeAll(async () => {
    await charged(merchant, shared, phoneNumber);
  });

  it.each(["989351112233", "+989351112233", "00989351112233", "09351112233", "9351112233"])(
    "finds the pocket of 989351112233 by %s",
    async (number) => {
      expect(await server.ask(merchant.token, POCKET, { slug: shared, number })).toEqual({
        pocket: { phoneNumber, balance: 10_000, pocketGroup: { slug: shared } },
      });
    },
  );

  it("is shared by all merchants that the group is granted to, with one balance", async () => {
    const number = newPhoneNumber();
    await charged(merchant, shared, number);
    await charged(other, shared, number);
    for (const token of [merchant.token, other.token]) {
      expect(await server.ask(token, POCKET, { slug: shared, number })).toMatchObject({
        pocket: { balance: 20_000 },
      });
    }
  });

  it("is null for a number without a pocket in the group, even if it has one in another", async () => {
    const variables = { slug: own, number: phoneNumber };
    expect(await server.ask(merchant.token, POCKET, variables)).toEqual({ pocket: null });
  });

  it.each(["", "12", "98935111223", "9893511122334", "988351112233", "0935.111.2233", "\u0000"])(
    "is BAD_USER_INPUT for %j, which is no mobile number",
    async (number) => {
      const variables = { slug: shared, number };
      expect(await refusalOf(merchant.token, POCKET, variables)).toEqual(BAD_USER_INPUT);
    },
  );

  it.each(["no-such-group", "", "\u0000"])(
    "is NOT_FOUND for the slug %j, which no group has",
    async (slug) => {
      const variables = { slug, number: phoneNumber };
      expect(await refusalOf(merchant.token, POCKET, variables)).toEqual(NOT_FOUND);
    },
  );

  it("is FORBIDDEN in a group that is not granted, whether it exists or not", async () => {
    const number = newPhoneNumber();
    await charged(other, foreign, number);
    for (const sent of [number, newPhoneNumber()]) {
      expect(await refusalOf(merchant.token, POCKET, { slug: foreign, number: sent })).toEqual(
        FORBIDDEN,
      );
    }
  });
});

describe("pocketCharge", () => {
  it("returns a charge of the merchant, with all its relations", async () => {
    const [first, second] = [charge({ amount: 7 }), charge({ amount: 5 })];
    const phoneNumber = newPhoneNumber();
    const results = await chargePockets(
      server,
      merchant.token,
      shared,
      [first, second].map((sent) => ({ ...sent, phoneNumber })),
    );
    const variables = { slug: shared, token: first.token };
    expect(await server.ask(merchant.token, TRACE, variables)).toEqual({
      pocketCharge: {
        ...results[0]?.pocketCharge,
        token: first.token,
        phoneNumber,
        amount: 7,
        balanceAfter: 7,
        pocketGroup: { slug: shared, currency: "IRR" },
        pocket: { phoneNumber, balance: 12, pocketGroup: { slug: shared } },
        merchant: { id: merchant.id, name: "The merchant" },
      },
    });
  });

  it("returns several charges at once, each with its pocket, group and merchant", async () => {
    const [here, there] = [newPhoneNumber(), newPhoneNumber()];
    const traced = {
      a: await charged(merchant, shared, here),
      b: await charged(other, shared, there),
      c: await charged(other, foreign, here),
    };
    const fields = "phoneNumber pocket { phoneNumber } pocketGroup { slug } merchant { id }";
    const query = `query ($shared: String!, $foreign: String!, $a: UUID!, $b: UUID!, $c: UUID!) {
      a: pocketCharge(pocketGroupSlug: $shared, token: $a) { ${fields} }
      b: pocketCharge(pocketGroupSlug: $shared, token: $b) { ${fields} }
      c: pocketCharge(pocketGroupSlug: $foreign, token: $c) { ${fields} }
    }`;
    const expected = (number: string, slug: string, { id }: TestMerchant): unknown => ({
      phoneNumber: number,
      pocket: { phoneNumber: number },
      pocketGroup: { slug },
      merchant: { id },
    });
    const variables = { shared, foreign, ...traced };
    expect(await server.ask(server.operatorToken, query, variables)).toEqual({
      a: expected(here, shared, merchant),
      b: expected(there, shared, other),
      c: expected(here, foreign, other),
    });
  });

  it("is null for another merchant's charge, which that merchant can find", async () => {
    const token = await charged(other, shared, newPhoneNumber());
    const variables = { slug: shared, token };
    expect(await server.ask(merchant.token, POCKET_CHARGE, variables)).toEqual({
      pocketCharge: null,
    });
    expect(await server.ask(other.token, POCKET_CHARGE, variables)).toMatchObject({
      pocketCharge: { token },
    });
  });

  it("shows operators the charges of every merchant", async () => {
    for (const [by, slug] of [
      [merchant, own],
      [other, foreign],
    ] as const) {
      const token = await charged(by, slug, newPhoneNumber());
      expect(await server.ask(server.operatorToken, TRACE, { slug, token })).toMatchObject({
        pocketCharge: { token, merchant: { id: by.id }, pocketGroup: { slug } },
      });
    }
  });

  it("takes a token in upper case and answers it in lower case", async () => {
    const token = await charged(merchant, own, newPhoneNumber());
    const variables = { slug: own, token: token.toUpperCase() };
    expect(await server.ask(merchant.token, POCKET_CHARGE, variables)).toMatchObject({
      pocketCharge: { token },
    });
  });

  it("is null for a token that was only used in another group", async () => {
    const token = await charged(merchant, own, newPhoneNumber());
    expect(await server.ask(merchant.token, POCKET_CHARGE, { slug: shared, token })).toEqual({
      pocketCharge: null,
    });
  });

  it.each([
    ["a token that was never charged", newId()],
    ["a UUID of version 4, which can have made no charge", randomUUID()],
    ["the nil UUID", "00000000-0000-0000-0000-000000000000"],
  ])("is null for %s", async (_, token) => {
    expect(await server.ask(merchant.token, POCKET_CHARGE, { slug: shared, token })).toEqual({
      pocketCharge: null,
    });
  });

  it("is null for a token whose charge was refused", async () => {
    const sent = charge({ amount: 0 });
    await chargePockets(server, merchant.token, shared, [sent]);
    const variables = { slug: shared, token: sent.token };
    expect(await server.ask(merchant.token, POCKET_CHARGE, variables)).toEqual({
      pocketCharge: null,
    });
  });

  it.each(["", "abc", "01988f7a-d22b-7c3d-977f-27af99c2a5a", " ", `${UNKNOWN_ID}0`, "\u0000"])(
    "is BAD_USER_INPUT for %j, which is no UUID",
    async (token) => {
      expect(await refusalOf(merchant.token, POCKET_CHARGE, { slug: shared, token })).toEqual(
        BAD_USER_INPUT,
      );
    },
  );

  it.each(["no-such-group", "", "\u0000"])(
    "is NOT_FOUND for the slug %j, which no group has",
    async (slug) => {
      const variables = { slug, token: newId() };
      expect(await refusalOf(merchant.token, POCKET_CHARGE, variables)).toEqual(NOT_FOUND);
    },
  );

  it("is FORBIDDEN in a group that is not granted", async () => {
    const token = await charged(other, foreign, newPhoneNumber());
    const variables = { slug: foreign, token };
    expect(await refusalOf(merchant.token, POCKET_CHARGE, variables)).toEqual(FORBIDDEN);
  });
});

describe("employee", () => {
  it("answers an employee of the caller's merchant, and operators any", async () => {
    const id = await createEmployee(merchant.id);
    const found = { employee: { id, merchant: { id: merchant.id } } };
    expect(await server.ask(merchant.token, EMPLOYEE, { id })).toEqual(found);
    expect(await server.ask(server.operatorToken, EMPLOYEE, { id })).toEqual(found);
  });

  it("is null for an employee of another merchant", async () => {
    const id = await createEmployee(other.id);
    expect(await server.ask(merchant.token, EMPLOYEE, { id })).toEqual({ employee: null });
    expect(await server.ask(other.token, EMPLOYEE, { id })).toMatchObject({ employee: { id } });
  });

  it.each([
    UNKNOWN_ID,
    "",
    "abc",
    "1",
    "'; drop table employees; --",
    "\u0000",
    "9".repeat(10_000),
  ])("is null for the id %j, which names nobody", async (id) => {
    expect(await server.ask(merchant.token, EMPLOYEE, { id })).toEqual({ employee: null });
  });
});

describe("a scope", () => {
  let variables: Record<string, string>;

  beforeAll(async () => {
    const number = newPhoneNumber();
    const token = await charged(merchant, own, number);
    variables = { slug: own, number, token };
  });

  const queries: [string, string, () => Record<string, string>, readonly ApiScope[]][] = [
    ["viewer", VIEWER, () => ({}), MERCHANT_SCOPES],
    ["employee", EMPLOYEE, () => ({ id: UNKNOWN_ID }), MERCHANT_SCOPES],
    ["pocketGroup", POCKET_GROUP, () => variables, ["POCKETS_READ"]],
    ["pocket", POCKET, () => variables, ["POCKETS_READ"]],
    ["pocketCharge", POCKET_CHARGE, () => variables, ["POCKETS_READ"]],
    ["merchant", MERCHANT, () => ({ id: merchant.id }), []],
  ];

  it.each(queries)("other than the required one is FORBIDDEN for %s", async (...row) => {
    const [, query, variablesOf, allowed] = row;
    const answered: ApiScope[] = [];
    for (const scope of MERCHANT_SCOPES) {
      const token = await server.createToken({ merchantId: merchant.id, scopes: [scope] });
      const answer = await server.send(token, query, variablesOf());
      if (answer.errors === undefined) answered.push(scope);
      else expect(summary(answer)).toEqual(FORBIDDEN);
    }
    expect(answered).toEqual(allowed);
  });

  it.each(queries)("is required in a token: without one, %s is UNAUTHENTICATED", async (...row) => {
    const [, query, variablesOf] = row;
    expect(await refusalOf(null, query, variablesOf())).toEqual(UNAUTHENTICATED);
  });
});

describe("a grant", () => {
  it("that is ended immediately forbids the group, only to that merchant, until renewed", async () => {
    const slug = await server.createGroup({}, merchant, other);
    const number = newPhoneNumber();
    const token = await charged(merchant, slug, number);
    const variables = { slug, number, token };
    const answersTo = async (by: TestMerchant): Promise<unknown[]> => {
      const answers = [
        await server.send(by.token, POCKET_GROUP, variables),
        await server.send(by.token, POCKET, variables),
        await server.send(by.token, POCKET_CHARGE, variables),
        await sendCharges(server, by.token, slug, [charge({ phoneNumber: number })]),
      ];
      return answers.map(summary);
    };
    const allowed = expect.objectContaining({ status: 200, codes: undefined }) as unknown;

    expect(await answersTo(merchant)).toEqual([allowed, allowed, allowed, allowed]);
    await server.app.services.pocketGroups.revoke(slug, merchant.id);
    expect(await answersTo(merchant)).toEqual([FORBIDDEN, FORBIDDEN, FORBIDDEN, FORBIDDEN]);
    expect(await answersTo(other)).toEqual([allowed, allowed, allowed, allowed]);

    await server.app.services.pocketGroups.grant(slug, merchant.id);
    expect(await server.ask(merchant.token, POCKET_CHARGE, variables)).toMatchObject({
      pocketCharge: { token },
    });
    expect(await server.ask(merchant.token, POCKET, variables)).toMatchObject({
      pocket: { balance: 30_000 },
    });
  });
});

describe("an answer", () => {
  it("has status 200 with partial data and the errors of the rest", async () => {
    const query = `query ($foreign: String!, $number: String!) {
      viewer { scopes }
      refused: pocketGroup(slug: $foreign) { slug }
      missing: pocket(pocketGroupSlug: "no-such-group", phoneNumber: $number) { id }
    }`;
    const variables = { foreign, number: newPhoneNumber() };
    const { status, data, errors } = await server.send(merchant.token, query, variables);
    expect({ status, data }).toEqual({
      status: 200,
      data: { viewer: { scopes: MERCHANT_SCOPES }, refused: null, missing: null },
    });
    const faults = errors?.map(({ path, extensions: { code } }) => [path?.join("."), code]);
    expect(faults?.toSorted()).toEqual([
      ["missing", "NOT_FOUND"],
      ["refused", "FORBIDDEN"],
    ]);
  });

  it("has the error's status without any data", async () => {
    const statusOf = async (token: string | null, slug: string): Promise<number> =>
      (await server.send(token, POCKET, { slug, number: newPhoneNumber() })).status;
    expect(await statusOf(null, own)).toBe(401);
    expect(await statusOf(merchant.token, foreign)).toBe(403);
    expect(await statusOf(merchant.token, "no-such-group")).toBe(404);
  });

  it("has status 200 if a queried record does not exist, which is not an error", async () => {
    const { status, errors } = await server.send(merchant.token, EMPLOYEE, { id: UNKNOWN_ID });
    expect({ status, errors }).toEqual({ status: 200, errors: undefined });
  });

  it("reveals no program code and nothing about the database in its errors", async () => {
    const { errors } = await server.send(merchant.token, POCKET_GROUP, { slug: foreign });
    expect(errors).toHaveLength(1);
    expect(Object.keys(errors?.[0]?.extensions ?? {})).not.toContain("stacktrace");
    expect(JSON.stringify(errors)).not.toMatch(/\.(ts|js)\b|pocket_group|select /);
  });
});

describe("an internal error", () => {
  let broken: TestServer;
  let token: string;
  let slug: string;

  beforeAll(async () => {
    broken = await TestServer.start();
    const tenant = await broken.createMerchant();
    ({ token } = tenant);
    slug = await broken.createGroup({}, tenant);
    await broken.database.pool.query("drop table pockets cascade");
  });

  afterAll(() => broken.stop());

  it("is masked, with a request id that the header x-request-id and the log have", async () => {
    const variables = { slug, number: newPhoneNumber() };
    const { status, headers, data, errors } = await broken.send<unknown>(token, POCKET, variables);
    expect({ status, data }).toEqual({ status: 500, data: { pocket: null } });
    expect(errors).toHaveLength(1);
    const { code, requestId } = errors?.[0]?.extensions ?? {};
    expect(code).toBe("INTERNAL_SERVER_ERROR");
    expect(requestId).toMatch(/^[\w-]{8,}$/);
    expect(headers.get("x-request-id")).toBe(requestId);

    const answered = JSON.stringify(errors);
    expect(answered).not.toMatch(/relation|select|exist|stack|\.(ts|js)\b|42P01/i);
    const logged = broken.logged.filter((line) => line.includes(requestId ?? "no request id"));
    expect(logged.join("\n")).toContain('relation \\"pockets\\" does not exist');
  });

  it("has another request id in each request", async () => {
    const variables = { slug, number: newPhoneNumber() };
    const ids = new Set<string | null>();
    for (let request = 0; request < 5; request++) {
      ids.add((await broken.send(token, POCKET, variables)).headers.get("x-request-id"));
    }
    expect(ids.size).toBe(5);
    expect(ids).not.toContain(null);
  });

  it("does not affect the rest of the request or other requests", async () => {
    const query = `query ($slug: String!, $number: String!) {
      viewer { scopes }
      pocket(pocketGroupSlug: $slug, phoneNumber: $number) { id }
    }`;
    const answer = await broken.send(token, query, { slug, number: newPhoneNumber() });
    expect(summary(answer)).toEqual({
      status: 200,
      data: { viewer: { scopes: MERCHANT_SCOPES }, pocket: null },
      codes: ["INTERNAL_SERVER_ERROR"],
    });
    expect(await broken.ask(token, POCKET_GROUP, { slug })).toMatchObject({
      pocketGroup: { slug },
    });
  });
});

describe("introspection", () => {
  const INTROSPECTION = '{ __schema { queryType { name } } __type(name: "Pocket") { name } }';

  it("requires no token if it is enabled", async () => {
    const { status, data, errors } = await server.send(null, INTROSPECTION);
    expect({ status, data, errors }).toEqual({
      status: 200,
      data: { __schema: { queryType: { name: "Query" } }, __type: { name: "Pocket" } },
      errors: undefined,
    });
  });

  it("does not allow other fields without a token", async () => {
    const query = "{ __schema { queryType { name } } viewer { scopes } }";
    expect(summary(await server.send(null, query))).toEqual(UNAUTHENTICATED);
  });

  it("is refused to every client if it is disabled, while other requests are answered", async () => {
    const closed = await TestServer.start({ introspection: false });
    try {
      for (const token of [null, closed.operatorToken]) {
        for (const query of [
          INTROSPECTION,
          "{ __schema { queryType { name } } }",
          '{ __type(name: "Pocket") { name } }',
        ]) {
          const { status, data, errors } = await closed.send<unknown>(token, query);
          expect({ status, data: data ?? null }).toEqual({ status: 400, data: null });
          expect(errors?.[0]?.extensions.code).toMatch(/^GRAPHQL_/);
        }
      }
      expect(await closed.ask(closed.operatorToken, VIEWER)).toEqual({
        viewer: { scopes: ["OPERATOR"] },
      });
    } finally {
      await closed.stop();
    }
  });
});
