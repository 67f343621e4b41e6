import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ApiScope } from "../../src/callers/api-scope.js";
import { valuesOf } from "../../src/shared/enumeration.js";
import { unconnectedSchema } from "../../src/app/features.js";
import { newId } from "../../src/shared/uuid.js";
import { type TestMerchant, TestServer } from "../support/server.js";

const MERCHANT = "id name isActive defaultCurrency createdAt updatedAt";
const EMPLOYEE = "id name email isActive createdAt updatedAt merchant { id }";
const POCKET_GROUP =
  "id slug name currency isActive minChargeAmount maxChargeAmount maxPocketBalance " +
  "createdAt updatedAt";
const API_TOKEN = "id name prefix scopes createdAt lastUsedAt expiresAt revokedAt employee { id }";
const USER_ERRORS = "userErrors { code field message }";

/** Every operator mutation, with the alias `record` for the record that it changed. */
const MUTATIONS = {
  createMerchant: `mutation ($input: CreateMerchantInput!) {
    payload: createMerchant(input: $input) { record: merchant { ${MERCHANT} } ${USER_ERRORS} }
  }`,
  updateMerchant: `mutation ($id: ID!, $input: UpdateMerchantInput!) {
    payload: updateMerchant(id: $id, input: $input) {
      record: merchant { ${MERCHANT} } ${USER_ERRORS}
    }
  }`,
  createEmployee: `mutation ($input: CreateEmployeeInput!) {
    payload: createEmployee(input: $input) { record: employee { ${EMPLOYEE} } ${USER_ERRORS} }
  }`,
  updateEmployee: `mutation ($id: ID!, $input: UpdateEmployeeInput!) {
    payload: updateEmployee(id: $id, input: $input) {
      record: employee { ${EMPLOYEE} } ${USER_ERRORS}
    }
  }`,
  createPocketGroup: `mutation ($input: CreatePocketGroupInput!) {
    payload: createPocketGroup(input: $input) {
      record: pocketGroup { ${POCKET_GROUP} } ${USER_ERRORS}
    }
  }`,
  updatePocketGroup: `mutation ($slug: String!, $input: UpdatePocketGroupInput!) {
    payload: updatePocketGroup(slug: $slug, input: $input) {
      record: pocketGroup { ${POCKET_GROUP} } ${USER_ERRORS}
    }
  }`,
  grantPocketGroup: `mutation ($slug: String!, $merchantId: ID!) {
    payload: grantPocketGroup(slug: $slug, merchantId: $merchantId) {
      record: pocketGroup { slug merchants { id } } ${USER_ERRORS}
    }
  }`,
  revokePocketGroup: `mutation ($slug: String!, $merchantId: ID!) {
    payload: revokePocketGroup(slug: $slug, merchantId: $merchantId) {
      record: pocketGroup { slug merchants { id } } ${USER_ERRORS}
    }
  }`,
  createApiToken: `mutation ($input: CreateApiTokenInput!) {
    payload: createApiToken(input: $input) {
      secret record: apiToken { ${API_TOKEN} } ${USER_ERRORS}
    }
  }`,
  revokeApiToken: `mutation ($id: ID!) {
    payload: revokeApiToken(id: $id) { record: apiToken { ${API_TOKEN} } ${USER_ERRORS} }
  }`,
} as const;
type MutationName = keyof typeof MUTATIONS;

const MERCHANT_TOKENS = `query ($id: ID!) { merchant(id: $id) { apiTokens { ${API_TOKEN} } } }`;
const GROUP_MERCHANTS = `query ($slug: String!) { pocketGroup(slug: $slug) { merchants { id } } }`;

type Variables = Record<string, unknown>;
interface Stored extends Record<string, unknown> {
  id: string;
  updatedAt: string;
}
interface Payload {
  record: Stored | null;
  secret?: string | null;
  userErrors: { code: string; field: string[] | null; message: string }[];
}

const TIMESTAMP = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/) as string;
const UUID_V7 = expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab]/) as string;
const MAX_AMOUNT = 9_007_199_254_740_991;
const UNKNOWN_ID = "01988f7a-d22b-7c3d-977f-27af99c2a5a5";

let server: TestServer;
let merchant: TestMerchant;
let employeeId: string;
let apiTokenId: string;
let slug: string;

beforeAll(async () => {
  server = await TestServer.start();
  merchant = await server.createMerchant();
  slug = await server.createGroup({ minChargeAmount: 10, maxChargeAmount: 100 }, merchant);
  employeeId = (await newEmployee({})).id;
  apiTokenId = (await newApiToken({})).id;
});

afterAll(() => server.stop());

/** Runs a mutation as an operator, and expects no top-level errors. */
async function mutate(name: MutationName, variables: Variables): Promise<Payload> {
  const data = await server.ask<{ payload: Payload }>(
    server.operatorToken,
    MUTATIONS[name],
    variables,
  );
  return data.payload;
}

/** Runs a mutation that must be accepted. @returns the record that it created or changed. */
async function change(name: MutationName, variables: Variables): Promise<Stored> {
  const { record, userErrors } = await mutate(name, variables);
  expect(userErrors).toEqual([]);
  if (record === null) throw new Error(`${name} answered neither a record nor a userError`);
  return record;
}

const newMerchant = (input: Variables): Promise<Stored> =>
  change("createMerchant", { input: { name: "A merchant", ...input } });

function newEmployee(input: Variables): Promise<Stored> {
  const email = `e-${newId()}@example.com`;
  return change("createEmployee", {
    input: { merchantId: merchant.id, name: "An employee", email, ...input },
  });
}

const newGroup = (input: Variables): Promise<Stored> =>
  change("createPocketGroup", { input: { slug: `group-${newId()}`, name: "A group", ...input } });

const newApiToken = (input: Variables): Promise<Stored> =>
  change("createApiToken", {
    input: { merchantId: merchant.id, name: "A token", scopes: ["POCKETS_READ"], ...input },
  });

/** A digest of everything that operators can change, without the tokens' last uses, which are written lazily. */
async function everythingStored(): Promise<string> {
  const tables = ["merchants", "employees", "api_tokens", "pocket_groups", "pocket_group_grants"];
  const rowsOf = (table: string): string =>
    `select '${table}' || (to_jsonb(t) - 'last_used_at')::text as row from ${table} t`;
  const { rows } = await server.database.pool.query<{ digest: string }>(
    `select md5(string_agg(row, '' order by row)) as digest
     from (${tables.map(rowsOf).join(" union all ")}) as everything`,
  );
  return rows[0]?.digest ?? "";
}

/**
 * Runs a mutation that must be refused and write nothing. @returns the distinct problems, sorted.
 */
async function problemsOf(name: MutationName, variables: Variables): Promise<string[]> {
  const before = await everythingStored();
  const { record, secret, userErrors } = await mutate(name, variables);
  expect(record).toBeNull();
  expect(secret ?? null).toBeNull();
  expect(await everythingStored()).toEqual(before);
  for (const { message } of userErrors) expect(message).toMatch(/\w+ .*\w/);
  const problems = userErrors.map(({ code, field }) => `${code} ${field?.join(".") ?? ""}`);
  return [...new Set(problems)].toSorted();
}

/** Sends a request that must be refused as a whole and write nothing. */
async function failureOf(
  document: string,
  variables: Variables,
  token: string | null = server.operatorToken,
): Promise<unknown> {
  const before = await everythingStored();
  const { status, errors } = await server.send(token, document, variables);
  expect(await everythingStored()).toEqual(before);
  return { status, codes: errors?.map(({ extensions }) => extensions.code) };
}

const NOT_FOUND = { status: 404, codes: ["NOT_FOUND"] };
const FORBIDDEN = { status: 403, codes: ["FORBIDDEN"] };
const BAD_USER_INPUT = { status: 400, codes: ["BAD_USER_INPUT"] };

describe("createMerchant", () => {
  it("creates an active merchant with the currency USD", async () => {
    const made = await newMerchant({ name: "Bazaar" });
    expect(made).toEqual({
      id: UUID_V7,
      name: "Bazaar",
      isActive: true,
      defaultCurrency: "USD",
      createdAt: TIMESTAMP,
      updatedAt: TIMESTAMP,
    });
    expect(
      await server.ask(
        server.operatorToken,
        `query ($id: ID!) { merchant(id: $id) { ${MERCHANT} } }`,
        { id: made.id },
      ),
    ).toEqual({ merchant: made });
  });

  it("accepts a currency in any case and returns it in upper case", async () => {
    expect(await newMerchant({ defaultCurrency: "irr" })).toMatchObject({ defaultCurrency: "IRR" });
  });

  it("takes a name of 200 characters, however many bytes they have", async () => {
    const name = "💰".repeat(200);
    expect(await newMerchant({ name })).toMatchObject({ name });
  });

  it("allows two merchants with the same name", async () => {
    const first = await newMerchant({ name: "Twin" });
    const second = await newMerchant({ name: "Twin" });
    expect(second.id).not.toBe(first.id);
  });

  it.each(["US", "USDT", "U$D", "", "۱۲۳"])(
    "returns BAD_USER_INPUT for the currency %j, and creates nothing",
    async (defaultCurrency) => {
      const input = { name: "A merchant", defaultCurrency };
      expect(await failureOf(MUTATIONS.createMerchant, { input })).toEqual(BAD_USER_INPUT);
    },
  );
});

describe("updateMerchant", () => {
  it("changes the given fields, keeps the rest, and sets updatedAt", async () => {
    const before = await newMerchant({ name: "Before", defaultCurrency: "EUR" });
    const after = await change("updateMerchant", { id: before.id, input: { name: "After" } });
    expect(after).toEqual({ ...before, name: "After", updatedAt: TIMESTAMP });
    expect(after.updatedAt > before.updatedAt).toBe(true);
    const all = { name: "All", isActive: false, defaultCurrency: "irr" };
    expect(await change("updateMerchant", { id: before.id, input: all })).toEqual({
      ...before,
      ...all,
      defaultCurrency: "IRR",
      updatedAt: TIMESTAMP,
    });
  });

  it("returns the unchanged merchant for an empty input", async () => {
    const { id, name } = await newMerchant({});
    expect(await change("updateMerchant", { id, input: {} })).toMatchObject({ id, name });
  });
});

describe("createEmployee", () => {
  it("creates an active employee with the address in lower case", async () => {
    const made = await newEmployee({ name: "Sara", email: "Sara@Example.COM" });
    expect(made).toEqual({
      id: UUID_V7,
      name: "Sara",
      email: "sara@example.com",
      isActive: true,
      createdAt: TIMESTAMP,
      updatedAt: TIMESTAMP,
      merchant: { id: merchant.id },
    });
    const lookUp = `query ($id: ID!) { employee(id: $id) { ${EMPLOYEE} } }`;
    expect(await server.ask(server.operatorToken, lookUp, { id: made.id })).toEqual({
      employee: made,
    });
  });

  it("accepts an address that an employee of another merchant has", async () => {
    const elsewhere = await server.createMerchant();
    const email = "shared@example.com";
    await newEmployee({ email });
    expect(await newEmployee({ email, merchantId: elsewhere.id })).toMatchObject({ email });
  });

  it("creates one employee for concurrent requests with one address; the others are TAKEN", async () => {
    const input = { merchantId: merchant.id, name: "Racer", email: "racer@example.com" };
    const payloads = await Promise.all(
      Array.from({ length: 8 }, () => mutate("createEmployee", { input })),
    );
    const codes = payloads.map(({ userErrors }) => userErrors.map(({ code }) => code).join());
    expect(codes.toSorted()).toEqual(["", ...Array.from({ length: 7 }, () => "TAKEN")]);
  });
});

describe("updateEmployee", () => {
  it("changes the given fields, keeps the rest, and sets updatedAt", async () => {
    const before = await newEmployee({ name: "Before" });
    const email = `New-${newId()}@Example.com`;
    const after = await change("updateEmployee", { id: before.id, input: { email } });
    expect(after).toEqual({ ...before, email: email.toLowerCase(), updatedAt: TIMESTAMP });
    expect(after.updatedAt > before.updatedAt).toBe(true);
    const rest = { name: "After", isActive: false };
    expect(await change("updateEmployee", { id: before.id, input: rest })).toEqual({
      ...after,
      ...rest,
      updatedAt: TIMESTAMP,
    });
  });

  it("accepts the employee's own address in another case", async () => {
    const { id } = await newEmployee({ email: "same@example.com" });
    const input = { email: "SAME@example.com" };
    expect(await change("updateEmployee", { id, input })).toMatchObject({
      email: "same@example.com",
    });
  });
});

describe("createPocketGroup", () => {
  it("creates an active group without limits in IRR, granted to no merchant", async () => {
    const made = await newGroup({ slug: "my-1st-group", name: "My first group" });
    expect(made).toEqual({
      id: UUID_V7,
      slug: "my-1st-group",
      name: "My first group",
      currency: "IRR",
      isActive: true,
      minChargeAmount: null,
      maxChargeAmount: null,
      maxPocketBalance: null,
      createdAt: TIMESTAMP,
      updatedAt: TIMESTAMP,
    });
    const lookUp = `{ pocketGroup(slug: "my-1st-group") { ${POCKET_GROUP} merchants { id } } }`;
    expect(await server.ask(server.operatorToken, lookUp)).toEqual({
      pocketGroup: { ...made, merchants: [] },
    });
  });

  it("takes a currency and limits, which may be equal and up to 2^53-1", async () => {
    const limits = { minChargeAmount: 5, maxChargeAmount: 5, maxPocketBalance: 5 };
    expect(await newGroup({ currency: "usd", ...limits })).toMatchObject({
      currency: "USD",
      ...limits,
    });
    expect(
      await newGroup({ minChargeAmount: 1, maxPocketBalance: String(MAX_AMOUNT) }),
    ).toMatchObject({ minChargeAmount: 1, maxChargeAmount: null, maxPocketBalance: MAX_AMOUNT });
  });

  it("takes a slug of 64 characters", async () => {
    const longest = `${newId()}-${"a".repeat(27)}`;
    expect(longest).toHaveLength(64);
    expect(await newGroup({ slug: longest })).toMatchObject({ slug: longest });
  });

  it("creates one group for concurrent requests with one slug; the others are TAKEN", async () => {
    const input = { slug: `raced-${newId()}`, name: "Raced" };
    const payloads = await Promise.all(
      Array.from({ length: 8 }, () => mutate("createPocketGroup", { input })),
    );
    const codes = payloads.map(({ userErrors }) => userErrors.map(({ code }) => code).join());
    expect(codes.toSorted()).toEqual(["", ...Array.from({ length: 7 }, () => "TAKEN")]);
  });
});

describe("updatePocketGroup", () => {
  it("changes the given fields, keeps the rest, and sets updatedAt", async () => {
    const before = await newGroup({ minChargeAmount: 1, maxChargeAmount: 9, maxPocketBalance: 99 });
    const target = { slug: before["slug"] };
    const after = await change("updatePocketGroup", { ...target, input: { maxChargeAmount: 10 } });
    expect(after).toEqual({ ...before, maxChargeAmount: 10, updatedAt: TIMESTAMP });
    expect(after.updatedAt > before.updatedAt).toBe(true);
    const rest = { name: "After", isActive: false, minChargeAmount: 20, maxChargeAmount: 30 };
    expect(await change("updatePocketGroup", { ...target, input: rest })).toEqual({
      ...before,
      ...rest,
      updatedAt: TIMESTAMP,
    });
  });

  it("removes the limits that are null, and no others", async () => {
    const group = await newGroup({ minChargeAmount: 1, maxChargeAmount: 9, maxPocketBalance: 99 });
    const target = { slug: group["slug"] };
    const one = await change("updatePocketGroup", { ...target, input: { maxChargeAmount: null } });
    expect(one).toMatchObject({ minChargeAmount: 1, maxChargeAmount: null, maxPocketBalance: 99 });
    const input = { minChargeAmount: null, maxPocketBalance: null };
    expect(await change("updatePocketGroup", { ...target, input })).toMatchObject({
      minChargeAmount: null,
      maxChargeAmount: null,
      maxPocketBalance: null,
    });
  });
});

describe("grantPocketGroup and revokePocketGroup", () => {
  it("grant to a merchant and end the grant, and have no effect when repeated", async () => {
    const second = await server.createMerchant();
    const target = { slug, merchantId: second.id };
    const granted = { slug, merchants: [{ id: merchant.id }, { id: second.id }] };
    expect(await change("grantPocketGroup", target)).toEqual(granted);
    const stored = await everythingStored();
    expect(await change("grantPocketGroup", target)).toEqual(granted);
    expect(await everythingStored()).toEqual(stored);

    const revoked = { slug, merchants: [{ id: merchant.id }] };
    expect(await change("revokePocketGroup", target)).toEqual(revoked);
    expect(await change("revokePocketGroup", target)).toEqual(revoked);
  });

  it("grant once when granted many times at once", async () => {
    const target = { slug: (await newGroup({}))["slug"], merchantId: merchant.id };
    await Promise.all(Array.from({ length: 8 }, () => change("grantPocketGroup", target)));
    expect(await server.ask(server.operatorToken, GROUP_MERCHANTS, target)).toEqual({
      pocketGroup: { merchants: [{ id: merchant.id }] },
    });
  });
});

describe("PocketGroup.merchants", () => {
  it("lists the merchants by their grants, oldest first", async () => {
    const [first, second] = [await server.createMerchant(), await server.createMerchant()];
    const { slug: shared } = await newGroup({});
    for (const { id } of [second, merchant, first]) {
      await change("grantPocketGroup", { slug: shared, merchantId: id });
    }
    expect(await server.ask(server.operatorToken, GROUP_MERCHANTS, { slug: shared })).toEqual({
      pocketGroup: { merchants: [{ id: second.id }, { id: merchant.id }, { id: first.id }] },
    });
    const paged = `{ pocketGroup(slug: "${String(shared)}") { merchants(page: { number: 2, size: 2 }) { id } } }`;
    expect(await server.ask(server.operatorToken, paged)).toEqual({
      pocketGroup: { merchants: [{ id: first.id }] },
    });
  });

  it("lists the merchants of each group when several are requested at once", async () => {
    const second = await server.createMerchant();
    const other = await server.createGroup({}, second);
    const empty = await server.createGroup({});
    const query = `query ($a: String!, $b: String!, $c: String!) {
      a: pocketGroup(slug: $a) { merchants { id } }
      b: pocketGroup(slug: $b) { merchants { id } }
      c: pocketGroup(slug: $c) { merchants { id } }
    }`;
    const slugs = { a: slug, b: other, c: empty };
    expect(await server.ask(server.operatorToken, query, slugs)).toEqual({
      a: { merchants: [{ id: merchant.id }] },
      b: { merchants: [{ id: second.id }] },
      c: { merchants: [] },
    });
  });
});

describe("createApiToken", () => {
  const viewerOf = (secret: string | null | undefined): Promise<unknown> =>
    server.ask(secret ?? "", "{ viewer { scopes merchant { id } employee { id } } }");

  it("creates a working token for a merchant", async () => {
    const input = { merchantId: merchant.id, name: "Till 1", scopes: ["POCKETS_CHARGE"] };
    const { record, secret, userErrors } = await mutate("createApiToken", { input });
    expect(userErrors).toEqual([]);
    expect(record).toEqual({
      id: UUID_V7,
      name: "Till 1",
      prefix: expect.stringMatching(/./) as string,
      scopes: ["POCKETS_CHARGE"],
      createdAt: TIMESTAMP,
      lastUsedAt: null,
      expiresAt: null,
      revokedAt: null,
      employee: null,
    });
    expect(secret?.startsWith(String(record?.["prefix"]))).toBe(true);
    expect(await viewerOf(secret)).toEqual({
      viewer: { scopes: ["POCKETS_CHARGE"], merchant: { id: merchant.id }, employee: null },
    });
  });

  it("creates a working token for an employee", async () => {
    const input = { merchantId: merchant.id, employeeId, name: "Sara", scopes: ["POCKETS_READ"] };
    const { record, secret } = await mutate("createApiToken", { input });
    expect(record).toMatchObject({ employee: { id: employeeId } });
    expect(await viewerOf(secret)).toMatchObject({
      viewer: { merchant: { id: merchant.id }, employee: { id: employeeId } },
    });
  });

  it("creates a working operator's token if no merchant is given", async () => {
    const input = { name: "Second operator", scopes: ["OPERATOR"] };
    const { record, secret } = await mutate("createApiToken", { input });
    expect(record).toMatchObject({ scopes: ["OPERATOR"], employee: null });
    expect(await viewerOf(secret)).toEqual({
      viewer: { scopes: ["OPERATOR"], merchant: null, employee: null },
    });
    expect(await server.ask(secret ?? "", GROUP_MERCHANTS, { slug })).toEqual({
      pocketGroup: { merchants: [{ id: merchant.id }] },
    });
  });

  it.each([
    ["2999-12-31T23:59:59.123Z", "2999-12-31T23:59:59.123000Z"],
    ["2999-12-31T23:59:59.123999Z", "2999-12-31T23:59:59.123000Z"],
    ["2999-12-31T23:59:59.001+03:30", "2999-12-31T20:29:59.001000Z"],
    ["2999-12-31T23:59:59Z", "2999-12-31T23:59:59.000000Z"],
  ])("keeps the milliseconds of the expiry %s", async (expiresAt, stored) => {
    const { id } = await newApiToken({ expiresAt });
    const { merchant: found } = await server.ask<{ merchant: { apiTokens: Stored[] } }>(
      server.operatorToken,
      MERCHANT_TOKENS,
      { id: merchant.id },
    );
    expect(found.apiTokens.find((token) => token.id === id)).toMatchObject({ expiresAt: stored });
  });

  it.each(["2999-02-30T00:00:00Z", "2999-12-31T23:59:59", "2999-12-31", "tomorrow", ""])(
    "returns BAD_USER_INPUT for the expiry %j, and creates nothing",
    async (expiresAt) => {
      const input = { merchantId: merchant.id, name: "T", scopes: ["POCKETS_READ"], expiresAt };
      expect(await failureOf(MUTATIONS.createApiToken, { input })).toEqual(BAD_USER_INPUT);
    },
  );
});

describe("revokeApiToken", () => {
  it("revokes once; revoking again has no effect", async () => {
    const { id } = await newApiToken({});
    const revoked = await change("revokeApiToken", { id });
    expect(revoked).toMatchObject({ id, revokedAt: TIMESTAMP });
    expect(await change("revokeApiToken", { id })).toEqual(revoked);
  });
});

describe("Merchant.apiTokens", () => {
  it("lists all tokens of the merchant, oldest first, including expired and revoked ones", async () => {
    const { id: merchantId } = await newMerchant({});
    const expired = await newApiToken({ merchantId, expiresAt: "2999-01-01T00:00:00Z" });
    const revoked = await newApiToken({ merchantId });
    const fresh = await newApiToken({ merchantId, scopes: ["POCKETS_READ", "POCKETS_CHARGE"] });
    await change("revokeApiToken", { id: revoked.id });
    await server.database.pool.query("update api_tokens set expires_at = $1 where id = $2", [
      "2001-02-03T04:05:06.789000Z",
      expired.id,
    ]);
    const data = await server.ask(server.operatorToken, MERCHANT_TOKENS, { id: merchantId });
    expect(data).toEqual({
      merchant: {
        apiTokens: [
          { ...expired, expiresAt: "2001-02-03T04:05:06.789000Z" },
          { ...revoked, revokedAt: TIMESTAMP },
          fresh,
        ],
      },
    });
  });

  it("returns one page at a time, of 20 by default", async () => {
    const { id } = await newMerchant({});
    const ids: string[] = [];
    for (let n = 0; n < 23; n++) ids.push((await newApiToken({ merchantId: id })).id);
    const query = `query ($id: ID!, $page: PageInput) { merchant(id: $id) { apiTokens(page: $page) { id } } }`;
    const pageOf = async (page?: { number: number; size: number }): Promise<string[]> => {
      const variables = { id, ...(page ? { page } : {}) };
      const data = await server.ask<{ merchant: { apiTokens: { id: string }[] } }>(
        server.operatorToken,
        query,
        variables,
      );
      return data.merchant.apiTokens.map((token) => token.id);
    };
    expect(await pageOf()).toEqual(ids.slice(0, 20));
    expect(await pageOf({ number: 3, size: 10 })).toEqual(ids.slice(20));
    expect(await pageOf({ number: 4, size: 10 })).toEqual([]);
    expect(await failureOf(query, { id, page: { number: 1, size: 101 } })).toEqual({
      status: 400,
      codes: ["BAD_USER_INPUT"],
    });
  });

  it("has no field for a secret or its hash", async () => {
    for (const field of ["secret", "secretHash", "hash"]) {
      const query = `query ($id: ID!) { merchant(id: $id) { apiTokens { ${field} } } }`;
      expect(await failureOf(query, { id: merchant.id })).toEqual({
        status: 400,
        codes: ["GRAPHQL_VALIDATION_FAILED"],
      });
    }
  });
});

describe("a look-up by an operator", () => {
  it.each([UNKNOWN_ID, "", "abc", "1", "💰", "\u0000", "a".repeat(10_000)])(
    "returns null for the unknown id %j",
    async (id) => {
      const query = "query ($id: ID!) { merchant(id: $id) { id } employee(id: $id) { id } }";
      const data = await server.ask(server.operatorToken, query, { id });
      expect(data).toEqual({ merchant: null, employee: null });
    },
  );

  it("finds any merchant's employee, and the merchant through it", async () => {
    const elsewhere = await server.createMerchant();
    const { id } = await newEmployee({ merchantId: elsewhere.id });
    const query = "query ($id: ID!) { employee(id: $id) { id merchant { id } } }";
    expect(await server.ask(server.operatorToken, query, { id })).toEqual({
      employee: { id, merchant: { id: elsewhere.id } },
    });
  });

  it("finds an id that is written in upper case", async () => {
    const query = "query ($id: ID!) { merchant(id: $id) { id } }";
    const data = await server.ask(server.operatorToken, query, { id: merchant.id.toUpperCase() });
    expect(data).toEqual({ merchant: { id: merchant.id } });
  });
});

interface Refusal {
  readonly mutation: MutationName;
  readonly why: string;
  /** The whole input, or the fields to replace in a valid one. */
  readonly input: () => Variables | Promise<Variables>;
  readonly problems: readonly string[];
}

const TOO_LONG = "x".repeat(201);
const NUL = "a\u0000b";

/** A valid input or target for each mutation that userErrors can refuse. */
function accepted(mutation: MutationName): { target: Variables; input: Variables } {
  switch (mutation) {
    case "createMerchant":
      return { target: {}, input: { name: "A merchant" } };
    case "updateMerchant":
      return { target: { id: merchant.id }, input: {} };
    case "createEmployee": {
      const email = `e-${newId()}@example.com`;
      return { target: {}, input: { merchantId: merchant.id, name: "An employee", email } };
    }
    case "updateEmployee":
      return { target: { id: employeeId }, input: {} };
    case "createPocketGroup":
      return { target: {}, input: { slug: `group-${newId()}`, name: "A group" } };
    case "updatePocketGroup":
      return { target: { slug }, input: {} };
    case "createApiToken": {
      const token = { merchantId: merchant.id, name: "A token", scopes: ["POCKETS_READ"] };
      return { target: {}, input: token };
    }
    case "grantPocketGroup":
    case "revokePocketGroup":
      return { target: { slug, merchantId: merchant.id }, input: {} };
    case "revokeApiToken":
      return { target: { id: apiTokenId }, input: {} };
  }
}

const NAMED: readonly MutationName[] = [
  "createMerchant",
  "updateMerchant",
  "createEmployee",
  "updateEmployee",
  "createPocketGroup",
  "updatePocketGroup",
  "createApiToken",
];

const NAMES: readonly Refusal[] = NAMED.flatMap((mutation) => [
  { mutation, why: "an empty name", input: () => ({ name: "" }), problems: ["REQUIRED name"] },
  { mutation, why: "a blank name", input: () => ({ name: " \t\n" }), problems: ["REQUIRED name"] },
  {
    mutation,
    why: "a name of 201 characters",
    input: () => ({ name: TOO_LONG }),
    problems: ["TOO_LONG name"],
  },
  {
    mutation,
    why: "a name that no database keeps",
    input: () => ({ name: NUL }),
    problems: ["INVALID name"],
  },
]);

const NULLS: readonly Refusal[] = (
  [
    ["updateMerchant", ["name", "isActive", "defaultCurrency"]],
    ["updateEmployee", ["name", "email", "isActive"]],
    ["updatePocketGroup", ["name", "isActive"]],
  ] as const
).flatMap(([mutation, fields]) => [
  ...fields.map((field) => ({
    mutation,
    why: `null for ${field}`,
    input: () => ({ [field]: null }),
    problems: [`REQUIRED ${field}`],
  })),
  {
    mutation,
    why: "null for all of them at once",
    input: () => Object.fromEntries(fields.map((field) => [field, null])),
    problems: fields.map((field) => `REQUIRED ${field}`),
  },
]);

async function takenEmail(): Promise<string> {
  return String((await newEmployee({}))["email"]);
}

const EMAILS: readonly Refusal[] = (["createEmployee", "updateEmployee"] as const).flatMap(
  (mutation) => [
    ...["sara", "@example.com", "sara@", "sa ra@example.com", "a@b@c", NUL].map((email) => ({
      mutation,
      why: `the address ${JSON.stringify(email)}`,
      input: () => ({ email }),
      problems: ["INVALID email"],
    })),
    {
      mutation,
      why: "a blank address",
      input: () => ({ email: " " }),
      problems: ["REQUIRED email"],
    },
    {
      mutation,
      why: "an address of 255 characters",
      input: () => ({ email: `${"x".repeat(243)}@example.com` }),
      problems: ["TOO_LONG email"],
    },
    {
      mutation,
      why: "the address of a colleague",
      input: async () => ({ email: await takenEmail() }),
      problems: ["TAKEN email"],
    },
    {
      mutation,
      why: "the address of a colleague in another case",
      input: async () => ({ email: (await takenEmail()).toUpperCase() }),
      problems: ["TAKEN email"],
    },
  ],
);

const MALFORMED_SLUGS = [
  "My-group",
  "my group",
  "my_group",
  "-a",
  "a-",
  "a--b",
  "گروه",
  NUL,
  "a\n",
];

const SLUGS: readonly Refusal[] = [
  ...MALFORMED_SLUGS.map((malformed) => ({
    mutation: "createPocketGroup" as const,
    why: `the slug ${JSON.stringify(malformed)}`,
    input: () => ({ slug: malformed }),
    problems: ["INVALID slug"],
  })),
  {
    mutation: "createPocketGroup",
    why: "an empty slug",
    input: () => ({ slug: "" }),
    problems: ["REQUIRED slug"],
  },
  {
    mutation: "createPocketGroup",
    why: "a slug of 65 characters",
    input: () => ({ slug: "a".repeat(65) }),
    problems: ["TOO_LONG slug"],
  },
  {
    mutation: "createPocketGroup",
    why: "the slug of another group",
    input: () => ({ slug }),
    problems: ["TAKEN slug"],
  },
];

const LIMIT_FIELDS = ["minChargeAmount", "maxChargeAmount", "maxPocketBalance"] as const;

const LIMITS: readonly Refusal[] = (["createPocketGroup", "updatePocketGroup"] as const).flatMap(
  (mutation) => [
    {
      mutation,
      why: "limits that are 0",
      input: () => Object.fromEntries(LIMIT_FIELDS.map((field) => [field, 0])),
      problems: LIMIT_FIELDS.map((field) => `OUT_OF_RANGE ${field}`),
    },
    {
      mutation,
      why: "a least amount below 0",
      input: () => ({ minChargeAmount: -1 }),
      problems: ["OUT_OF_RANGE minChargeAmount"],
    },
    {
      mutation,
      why: "a most amount below the least",
      input: () => ({ minChargeAmount: 50, maxChargeAmount: 49 }),
      problems: ["OUT_OF_RANGE maxChargeAmount"],
    },
    {
      mutation,
      why: "a balance below the least amount",
      input: () => ({ minChargeAmount: 50, maxPocketBalance: 49 }),
      problems: ["OUT_OF_RANGE maxPocketBalance"],
    },
  ],
);

const STORED_LIMITS: readonly Refusal[] = [
  {
    mutation: "updatePocketGroup",
    why: "a most amount below the least that the group has",
    input: () => ({ maxChargeAmount: 9 }),
    problems: ["OUT_OF_RANGE maxChargeAmount"],
  },
  {
    mutation: "updatePocketGroup",
    why: "a balance below the least amount that the group has",
    input: () => ({ maxPocketBalance: 9 }),
    problems: ["OUT_OF_RANGE maxPocketBalance"],
  },
];

const UNKNOWN_REFERENCES: readonly Refusal[] = [UNKNOWN_ID, "abc", "\u0000"].flatMap((id) =>
  (
    [
      ["createEmployee", "merchantId"],
      ["createApiToken", "merchantId"],
      ["createApiToken", "employeeId"],
    ] as const
  ).map(([mutation, field]) => ({
    mutation,
    why: `the ${field} ${JSON.stringify(id)}`,
    input: () => ({ [field]: id }),
    problems: [`NOT_FOUND ${field}`],
  })),
);

const TOKENS: readonly Refusal[] = [
  {
    mutation: "createApiToken",
    why: "another merchant's employee",
    input: async () => {
      const elsewhere = await server.createMerchant();
      return { employeeId: (await newEmployee({ merchantId: elsewhere.id })).id };
    },
    problems: ["NOT_FOUND employeeId"],
  },
  {
    mutation: "createApiToken",
    why: "no scope",
    input: () => ({ scopes: [] }),
    problems: ["REQUIRED scopes"],
  },
  {
    mutation: "createApiToken",
    why: "OPERATOR for a merchant",
    input: () => ({ scopes: ["OPERATOR"] }),
    problems: ["INVALID scopes"],
  },
  {
    mutation: "createApiToken",
    why: "OPERATOR with another scope for a merchant",
    input: () => ({ scopes: ["POCKETS_READ", "OPERATOR"] }),
    problems: ["INVALID scopes"],
  },
  {
    mutation: "createApiToken",
    why: "OPERATOR with another scope for no merchant",
    input: () => ({ merchantId: null, scopes: ["OPERATOR", "POCKETS_READ"] }),
    problems: ["INVALID scopes"],
  },
  {
    mutation: "createApiToken",
    why: "an expiry in the past",
    input: () => ({ expiresAt: "2020-01-01T00:00:00Z" }),
    problems: ["OUT_OF_RANGE expiresAt"],
  },
];

const SEVERAL: readonly Refusal[] = [
  {
    mutation: "createEmployee",
    why: "everything at once",
    input: () => ({ merchantId: UNKNOWN_ID, name: " ", email: "sara" }),
    problems: ["INVALID email", "NOT_FOUND merchantId", "REQUIRED name"],
  },
  {
    mutation: "createEmployee",
    why: "a name too long and a taken address at once",
    input: async () => ({ name: TOO_LONG, email: await takenEmail() }),
    problems: ["TAKEN email", "TOO_LONG name"],
  },
  {
    mutation: "updateEmployee",
    why: "null, a blank name and a malformed address at once",
    input: () => ({ isActive: null, name: "", email: "sara" }),
    problems: ["INVALID email", "REQUIRED isActive", "REQUIRED name"],
  },
  {
    mutation: "updateEmployee",
    why: "a blank name and a taken address at once",
    input: async () => ({ name: "", email: await takenEmail() }),
    problems: ["REQUIRED name", "TAKEN email"],
  },
  {
    mutation: "createPocketGroup",
    why: "everything at once",
    input: () => ({ slug: "A", name: TOO_LONG, minChargeAmount: 0, maxPocketBalance: -5 }),
    problems: [
      "INVALID slug",
      "OUT_OF_RANGE maxPocketBalance",
      "OUT_OF_RANGE minChargeAmount",
      "TOO_LONG name",
    ],
  },
  {
    mutation: "createPocketGroup",
    why: "a blank name and a taken slug at once",
    input: () => ({ slug, name: "" }),
    problems: ["REQUIRED name", "TAKEN slug"],
  },
  {
    mutation: "updatePocketGroup",
    why: "everything at once, with one value that would be good",
    input: () => ({ name: "", isActive: null, minChargeAmount: 0, maxPocketBalance: 1_000 }),
    problems: ["OUT_OF_RANGE minChargeAmount", "REQUIRED isActive", "REQUIRED name"],
  },
  {
    mutation: "createApiToken",
    why: "everything at once",
    input: () => ({
      merchantId: UNKNOWN_ID,
      name: "",
      scopes: [],
      expiresAt: "2020-01-01T00:00:00Z",
    }),
    problems: [
      "NOT_FOUND merchantId",
      "OUT_OF_RANGE expiresAt",
      "REQUIRED name",
      "REQUIRED scopes",
    ],
  },
];

describe("a refused value is reported with its code and path, and nothing is written:", () => {
  it.each([
    ...NAMES,
    ...NULLS,
    ...EMAILS,
    ...SLUGS,
    ...LIMITS,
    ...STORED_LIMITS,
    ...UNKNOWN_REFERENCES,
    ...TOKENS,
    ...SEVERAL,
  ])("$mutation answers $problems for $why", async ({ mutation, input, problems }) => {
    const valid = accepted(mutation);
    const variables = { ...valid.target, input: { ...valid.input, ...(await input()) } };
    expect(await problemsOf(mutation, variables)).toEqual(problems.toSorted());
  });

  it("createApiToken refuses a merchant's scope for no merchant", async () => {
    const input = { name: "A token", scopes: ["POCKETS_READ"] };
    const problems = await problemsOf("createApiToken", { input });
    expect(problems).toHaveLength(1);
    expect(["INVALID scopes", "REQUIRED merchantId"]).toContain(problems[0]);
  });

  it("createApiToken refuses an employee for no merchant", async () => {
    const input = { name: "A token", scopes: ["OPERATOR"], employeeId };
    const problems = await problemsOf("createApiToken", { input });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^(INVALID|NOT_FOUND) employeeId$|^REQUIRED merchantId$/);
  });

  it.each([
    ["merchantId", ["POCKETS_READ"]],
    ["merchantId", ["OPERATOR"]],
    ["employeeId", ["POCKETS_READ"]],
  ])("createApiToken refuses an empty %s with %j, and never ignores it", async (field, scopes) => {
    const { input } = accepted("createApiToken");
    const problems = await problemsOf("createApiToken", {
      input: { ...input, scopes, [field]: "" },
    });
    expect(problems.join()).toMatch(new RegExp(`(REQUIRED|NOT_FOUND) ${field}`));
  });

  it("updatePocketGroup refuses a minimum above the maximum, with the path of the sent field", async () => {
    const input = { minChargeAmount: 101 };
    const problems = await problemsOf("updatePocketGroup", { slug, input });
    expect(problems).toEqual(["OUT_OF_RANGE minChargeAmount"]);
  });

  it.each(["maxChargeAmount", "maxPocketBalance"])(
    "updatePocketGroup never lets concurrent updates leave a minimum above %s",
    async (most) => {
      const start = { minChargeAmount: 10, [most]: 100 };
      const groups = await Promise.all(Array.from({ length: 20 }, () => newGroup(start)));
      const codes = await Promise.all(
        groups.map(async (group) => {
          const target = { slug: group["slug"] };
          const payloads = await Promise.all([
            mutate("updatePocketGroup", { ...target, input: { minChargeAmount: 60 } }),
            mutate("updatePocketGroup", { ...target, input: { [most]: 50 } }),
          ]);
          return payloads.flatMap(({ userErrors }) => userErrors.map(({ code }) => code));
        }),
      );
      // The server refuses the second of the two.
      expect(codes).toEqual(groups.map(() => ["OUT_OF_RANGE"]));
    },
  );
});

describe("an update of a missing record is NOT_FOUND with status 404:", () => {
  const targets: [string, MutationName, () => Variables][] = [
    ...[UNKNOWN_ID, "abc", ""].flatMap((id): [string, MutationName, () => Variables][] => [
      [`merchant ${id}`, "updateMerchant", () => ({ id, input: { name: "After" } })],
      [`employee ${id}`, "updateEmployee", () => ({ id, input: { name: "After" } })],
      [`token ${id}`, "revokeApiToken", () => ({ id })],
      [`merchant ${id}`, "grantPocketGroup", () => ({ slug, merchantId: id })],
      [`merchant ${id}`, "revokePocketGroup", () => ({ slug, merchantId: id })],
    ]),
    ...["no-such-group", "", "\u0000"].flatMap(
      (unknown): [string, MutationName, () => Variables][] => {
        const target = (): Variables => ({ slug: unknown, merchantId: merchant.id });
        const change = (): Variables => ({ slug: unknown, input: { name: "After" } });
        return [
          [`group ${JSON.stringify(unknown)}`, "updatePocketGroup", change],
          [`group ${JSON.stringify(unknown)}`, "grantPocketGroup", target],
          [`group ${JSON.stringify(unknown)}`, "revokePocketGroup", target],
        ];
      },
    ),
  ];

  it.each(targets)("the %s for %s", async (_, mutation, variables) => {
    expect(await failureOf(MUTATIONS[mutation], variables())).toEqual(NOT_FOUND);
  });
});

describe("operations for operators are refused to all others:", () => {
  const operations: [string, string, () => Variables][] = [
    ...(Object.keys(MUTATIONS) as MutationName[]).map((name): [string, string, () => Variables] => [
      name,
      MUTATIONS[name],
      () => {
        const { target, input } = accepted(name);
        return { ...target, input };
      },
    ]),
    ["merchant", "query ($id: ID!) { merchant(id: $id) { id } }", () => ({ id: merchant.id })],
    ["PocketGroup.merchants", GROUP_MERCHANTS, () => ({ slug })],
  ];

  it.each(operations)(
    "%s is FORBIDDEN to a merchant's token with every other scope, and changes nothing",
    async (_, document, variables) => {
      expect(await failureOf(document, variables(), merchant.token)).toEqual(FORBIDDEN);
    },
  );

  it.each(operations)("%s is UNAUTHENTICATED without a token", async (_, document, variables) => {
    expect(await failureOf(document, variables(), null)).toEqual({
      status: 401,
      codes: ["UNAUTHENTICATED"],
    });
  });

  it("FORBIDDEN takes precedence over a refused value, so that clients cannot probe for slugs", async () => {
    const input = { slug, name: "" };
    expect(await failureOf(MUTATIONS.createPocketGroup, { input }, merchant.token)).toEqual(
      FORBIDDEN,
    );
  });
});

describe("the schema", () => {
  it("declares the scopes of every query and mutation", () => {
    const schema = unconnectedSchema();
    const roots = [schema.getQueryType(), schema.getMutationType()];
    const fields = roots.flatMap((root) => Object.values(root?.getFields() ?? {}));
    expect(fields.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["viewer", "pocketCharge", ...Object.keys(MUTATIONS)]),
    );
    const known = new Set<unknown>(valuesOf(ApiScope));
    const silent = fields.filter(({ extensions }) => {
      const scopes = extensions["allowedScopes"];
      return !Array.isArray(scopes) || !scopes.every((scope) => known.has(scope));
    });
    expect(silent.map(({ name }) => name)).toEqual([]);
  });

  it("restricts the operator operations to operators", () => {
    const schema = unconnectedSchema();
    const mutations = schema.getMutationType()?.getFields() ?? {};
    for (const name of Object.keys(MUTATIONS)) {
      expect([name, mutations[name]?.extensions["allowedScopes"]]).toEqual([name, ["OPERATOR"]]);
    }
  });
});
