import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiScope, MERCHANT_SCOPES } from "../../src/callers/api-scope.js";
import { newId } from "../../src/shared/uuid.js";
import { charge, chargePockets } from "../support/pockets.js";
import type { Answer } from "../support/graphql-client.js";
import { type TestMerchant, TestServer, made } from "../support/server.js";

const P1 = "989120000001";
const P2 = "989120000002";
const P3 = "989120000003";

const POCKET_GROUPS = "{ pocketGroups { nodes { slug } totalCount } }";
const POCKETS = `{
  pockets(sort: [{ field: BALANCE }]) {
    nodes { phoneNumber balance pocketGroup { slug } } totalCount
    aggregate { count sum { balance } avg { balance } min { balance } max { balance } }
    groupBy(keys: [POCKET_GROUP]) { key { pocketGroup { slug } } aggregate { sum { balance } } }
  }
}`;
const POCKET_CHARGES = `{
  pocketCharges(sort: [{ field: AMOUNT }]) {
    nodes { amount phoneNumber pocketGroup { slug } } totalCount
    aggregate { count sum { amount } avg { amount } min { amount } max { amount } }
    groupBy(keys: [PHONE_NUMBER]) { key { phoneNumber } aggregate { count sum { amount } } }
  }
}`;
const EMPLOYEES = "{ employees { nodes { id merchant { id } } totalCount } }";
const MERCHANTS = "{ merchants { nodes { id } totalCount } }";
const BY_MERCHANT = `{
  pocketCharges {
    groupBy(keys: [MERCHANT]) { key { merchant { id } } aggregate { count sum { amount } } }
  }
}`;
const VIEWER_GROUPS = `{
  viewer { merchant { pocketGroups { nodes { slug } totalCount } } }
}`;

let server: TestServer;
let tenant: TestMerchant;
let other: TestMerchant;
/** Groups granted to both merchants, only to `tenant`, only to `other`, and to no merchant. */
let shared: string;
let own: string;
let foreign: string;
let idle: string;
let employeeId: string;
let otherEmployeeId: string;

beforeAll(async () => {
  server = await TestServer.start();
  tenant = await server.createMerchant("Tenant");
  other = await server.createMerchant("Other");
  shared = await server.createGroup({ slug: "shared" }, tenant, other);
  own = await server.createGroup({ slug: "own" }, tenant);
  foreign = await server.createGroup({ slug: "foreign" }, other);
  idle = await server.createGroup({ slug: "idle" });
  employeeId = await createEmployee(tenant.id);
  otherEmployeeId = await createEmployee(other.id);
  await add(tenant, shared, P1, 100);
  await add(other, shared, P1, 7);
  await add(other, shared, P3, 9);
  await add(tenant, own, P2, 50);
  await add(other, foreign, P1, 1000);
});

afterAll(() => server.stop());

async function createEmployee(merchantId: string): Promise<string> {
  const email = `e-${newId()}@example.com`;
  return made(await server.app.services.employees.create({ merchantId, name: "E", email })).id;
}

async function add(
  by: TestMerchant,
  slug: string,
  phoneNumber: string,
  amount: number,
): Promise<void> {
  const results = await chargePockets(server, by.token, slug, [charge({ phoneNumber, amount })]);
  expect(results).toMatchObject([{ status: "SUCCESS" }]);
}

function isThere({ data }: Answer<object | null>): boolean {
  return Object.values(data ?? {}).some((value: unknown) => value !== null);
}

function summary(answer: Answer<object | null>): unknown {
  const codes = answer.errors?.map(({ extensions }) => extensions.code);
  return { status: answer.status, isThere: isThere(answer), codes };
}

const FORBIDDEN = { status: 403, isThere: false, codes: ["FORBIDDEN"] };
const UNAUTHENTICATED = { status: 401, isThere: false, codes: ["UNAUTHENTICATED"] };
const group = (slug: string): object => ({ pocketGroup: { slug } });

/** Matches an array with these rows in any order. */
function anyOrder(...rows: unknown[]): unknown {
  const expected: unknown = expect.arrayContaining(rows);
  return expected;
}

describe("a merchant", () => {
  it("lists the pocket groups that are granted to it, and no other", async () => {
    for (const [{ token }, slugs] of [
      [tenant, [own, shared]],
      [other, [foreign, shared]],
    ] as const) {
      const list = { nodes: slugs.map((slug) => ({ slug })), totalCount: 2 };
      expect(await server.ask(token, POCKET_GROUPS)).toEqual({ pocketGroups: list });
      expect(await server.ask(token, VIEWER_GROUPS)).toEqual({
        viewer: { merchant: { pocketGroups: { ...list, nodes: anyOrder(...list.nodes) } } },
      });
    }
  });

  it("lists every pocket of its groups, also those that others charged", async () => {
    expect(await server.ask(tenant.token, POCKETS)).toEqual({
      pockets: {
        nodes: [
          { phoneNumber: P3, balance: 9, ...group(shared) },
          { phoneNumber: P2, balance: 50, ...group(own) },
          { phoneNumber: P1, balance: 107, ...group(shared) },
        ],
        totalCount: 3,
        aggregate: {
          count: 3,
          sum: { balance: "166" },
          avg: { balance: "55.3333" },
          min: { balance: 9 },
          max: { balance: 107 },
        },
        groupBy: anyOrder(
          { key: group(shared), aggregate: { sum: { balance: "116" } } },
          { key: group(own), aggregate: { sum: { balance: "50" } } },
        ),
      },
    });
  });

  it("lists the charges that it made, and counts and sums no other", async () => {
    expect(await server.ask(tenant.token, POCKET_CHARGES)).toEqual({
      pocketCharges: {
        nodes: [
          { amount: 50, phoneNumber: P2, ...group(own) },
          { amount: 100, phoneNumber: P1, ...group(shared) },
        ],
        totalCount: 2,
        aggregate: {
          count: 2,
          sum: { amount: "150" },
          avg: { amount: "75.0000" },
          min: { amount: 50 },
          max: { amount: 100 },
        },
        groupBy: [
          { key: { phoneNumber: P1 }, aggregate: { count: 1, sum: { amount: "100" } } },
          { key: { phoneNumber: P2 }, aggregate: { count: 1, sum: { amount: "50" } } },
        ],
      },
    });
  });

  const CHARGES = `pocketCharges {
    nodes { amount } totalCount aggregate { count sum { amount } }
    groupBy(keys: [PHONE_NUMBER]) { key { phoneNumber } aggregate { sum { amount } } }
  }`;
  const chargesOf = (by: TestMerchant | null): object => {
    const amounts = by === null ? [9, 7, 100] : by === tenant ? [100] : [9, 7];
    const sums =
      by === null ? { [P1]: "107", [P3]: "9" } : by === tenant ? { [P1]: "100" } : BY_OTHER;
    return {
      nodes: amounts.map((amount) => ({ amount })),
      totalCount: amounts.length,
      aggregate: {
        count: amounts.length,
        sum: { amount: String(amounts.reduce((sum, amount) => sum + amount)) },
      },
      groupBy: Object.entries(sums).map(([phoneNumber, amount]) => ({
        key: { phoneNumber },
        aggregate: { sum: { amount } },
      })),
    };
  };
  const BY_OTHER = { [P1]: "7", [P3]: "9" };

  it("lists only its own charges in a group, in totals, sums and groups too", async () => {
    const query = `{ pocketGroup(slug: "shared") { ${CHARGES} } }`;
    for (const by of [tenant, other]) {
      expect(await server.ask(by.token, query)).toEqual({
        pocketGroup: { pocketCharges: chargesOf(by) },
      });
    }
    expect(await server.ask(server.operatorToken, query)).toEqual({
      pocketGroup: { pocketCharges: chargesOf(null) },
    });
  });

  it("lists only its own charges of a pocket that others charged too", async () => {
    const query = `{
      pocket(pocketGroupSlug: "shared", phoneNumber: "${P1}") {
        pocketCharges { nodes { amount } totalCount aggregate { sum { amount } } }
      }
    }`;
    for (const [token, amounts] of [
      [tenant.token, [100]],
      [other.token, [7]],
      [server.operatorToken, [7, 100]],
    ] as const) {
      expect(await server.ask(token, query)).toEqual({
        pocket: {
          pocketCharges: {
            nodes: amounts.map((amount) => ({ amount })),
            totalCount: amounts.length,
            aggregate: { sum: { amount: amounts.length === 2 ? "107" : String(amounts[0]) } },
          },
        },
      });
    }
  });

  it("lists only its own charges however deep, from groups, pockets and charges", async () => {
    const query = `{
      pocketGroups {
        nodes {
          slug
          pocketCharges(first: 5) {
            nodes {
              amount
              pocket { pocketCharges { nodes { amount } totalCount aggregate { sum { amount } } } }
            }
          }
          pockets(first: 5) {
            nodes {
              balance
              pocketCharges { nodes { amount } totalCount aggregate { sum { amount } } }
            }
            totalCount aggregate { sum { balance } }
          }
        }
      }
    }`;
    const made = (amount: number): object => ({
      nodes: [{ amount }],
      totalCount: 1,
      aggregate: { sum: { amount: String(amount) } },
    });
    const none = { nodes: [], totalCount: 0, aggregate: { sum: { amount: null } } };
    expect(await server.ask(tenant.token, query)).toEqual({
      pocketGroups: {
        nodes: [
          {
            slug: own,
            pocketCharges: { nodes: [{ amount: 50, pocket: { pocketCharges: made(50) } }] },
            pockets: {
              nodes: [{ balance: 50, pocketCharges: made(50) }],
              totalCount: 1,
              aggregate: { sum: { balance: "50" } },
            },
          },
          {
            slug: shared,
            pocketCharges: { nodes: [{ amount: 100, pocket: { pocketCharges: made(100) } }] },
            pockets: {
              nodes: [
                { balance: 9, pocketCharges: none },
                { balance: 107, pocketCharges: made(100) },
              ],
              totalCount: 2,
              aggregate: { sum: { balance: "116" } },
            },
          },
        ],
      },
    });
  });

  const FILTERS: [string, string, () => unknown][] = [
    ["pocketGroups", "PocketGroupFilter", () => ({ slug: { eq: [foreign, idle] } })],
    ["pocketGroups", "PocketGroupFilter", () => ({ not: { slug: { eq: [own, shared] } } })],
    ["pockets", "PocketFilter", () => ({ pocketGroupSlug: { eq: [foreign] } })],
    ["pockets", "PocketFilter", () => ({ or: [{ balance: { eq: [1000] } }] })],
    ["pocketCharges", "PocketChargeFilter", () => ({ pocketGroupSlug: { prefix: ["f"] } })],
    [
      "pocketCharges",
      "PocketChargeFilter",
      () => ({ or: [{ amount: { lt: 50 } }, { not: { amount: { lte: 100 } } }] }),
    ],
    ["employees", "EmployeeFilter", () => ({ id: { eq: [otherEmployeeId] } })],
    ["employees", "EmployeeFilter", () => ({ not: { or: [{ id: { eq: [employeeId] } }] } })],
  ];

  it.each(FILTERS)("reaches no other records in %s by any %s", async (field, type, filterOf) => {
    const query = `query ($filter: ${type}) {
      list: ${field}(filter: $filter) { nodes { id } totalCount }
    }`;
    const variables = { filter: filterOf() };
    expect(await server.ask(tenant.token, query, variables)).toEqual({
      list: { nodes: [], totalCount: 0 },
    });
    const found = await server.ask<{ list: { totalCount: number } }>(
      server.operatorToken,
      query,
      variables,
    );
    expect(found.list.totalCount).toBeGreaterThan(0);
  });

  it("reaches nothing else by a cursor that an operator was given", async () => {
    const query = `query ($after: String) {
      pocketCharges(first: 100, after: $after, sort: [{ field: AMOUNT }]) {
        edges { cursor node { amount } }
        pageInfo { hasNextPage hasPreviousPage }
      }
    }`;
    interface Data {
      pocketCharges: { edges: { cursor: string; node: { amount: number } }[] };
    }
    const all = await server.ask<Data>(server.operatorToken, query);
    expect(all.pocketCharges.edges.map(({ node }) => node.amount)).toEqual([7, 9, 50, 100, 1000]);
    // The cursor is after 9, which the merchant cannot see, so the merchant's whole list follows.
    const after = all.pocketCharges.edges[1]!.cursor;
    const answer = await server.ask<Data>(tenant.token, query, { after });
    expect(answer.pocketCharges).toMatchObject({
      edges: [{ node: { amount: 50 } }, { node: { amount: 100 } }],
      pageInfo: { hasNextPage: false, hasPreviousPage: false },
    });
  });

  it("learns nothing of others by grouping charges by MERCHANT", async () => {
    const answer = await server.send<{
      pocketCharges: { groupBy: { aggregate: unknown }[] };
    } | null>(tenant.token, BY_MERCHANT);
    if (!isThere(answer)) expect(summary(answer)).toEqual(FORBIDDEN);
    else {
      expect(answer.data!.pocketCharges.groupBy).toEqual([
        { key: { merchant: { id: tenant.id } }, aggregate: { count: 2, sum: { amount: "150" } } },
      ]);
    }
  });

  it("lists its own employees, and no other", async () => {
    for (const [{ token, id: merchantId }, id] of [
      [tenant, employeeId],
      [other, otherEmployeeId],
    ] as const) {
      expect(await server.ask(token, EMPLOYEES)).toEqual({
        employees: { nodes: [{ id, merchant: { id: merchantId } }], totalCount: 1 },
      });
    }
  });

  it("lists nothing before it has anything", async () => {
    const { token } = await server.createMerchant();
    const query = `{
      pocketGroups { nodes { id } totalCount }
      pockets { nodes { id } totalCount aggregate { count sum { balance } } }
      pocketCharges {
        nodes { id } totalCount groupBy(keys: [CURRENCY]) { aggregate { count } }
      }
      employees { nodes { id } totalCount }
    }`;
    const empty = { nodes: [], totalCount: 0 };
    expect(await server.ask(token, query)).toEqual({
      pocketGroups: empty,
      pockets: { ...empty, aggregate: { count: 0, sum: { balance: null } } },
      pocketCharges: { ...empty, groupBy: [] },
      employees: empty,
    });
  });
});

describe("an operator", () => {
  it("lists every group, pocket, charge, employee and merchant", async () => {
    const query = `{
      pocketGroups { nodes { slug } totalCount }
      pockets { totalCount aggregate { sum { balance } } }
      pocketCharges { totalCount aggregate { sum { amount } } }
      employees { nodes { id } totalCount }
      merchants(filter: { name: { eq: ["Tenant", "Other"] } }) { nodes { id } totalCount }
    }`;
    expect(await server.ask(server.operatorToken, query)).toEqual({
      pocketGroups: {
        nodes: [idle, foreign, own, shared].map((slug) => ({ slug })),
        totalCount: 4,
      },
      pockets: { totalCount: 4, aggregate: { sum: { balance: "1166" } } },
      pocketCharges: { totalCount: 5, aggregate: { sum: { amount: "1166" } } },
      employees: { nodes: [{ id: otherEmployeeId }, { id: employeeId }], totalCount: 2 },
      merchants: { nodes: [{ id: other.id }, { id: tenant.id }], totalCount: 2 },
    });
  });

  it("groups charges by MERCHANT", async () => {
    const answer = await server.ask<{ pocketCharges: { groupBy: unknown[] } }>(
      server.operatorToken,
      BY_MERCHANT,
    );
    expect(answer.pocketCharges.groupBy).toHaveLength(2);
    expect(answer.pocketCharges.groupBy).toEqual(
      anyOrder(
        { key: { merchant: { id: tenant.id } }, aggregate: { count: 2, sum: { amount: "150" } } },
        { key: { merchant: { id: other.id } }, aggregate: { count: 3, sum: { amount: "1016" } } },
      ),
    );
  });

  it("lists by a merchant the groups that are granted to it alone", async () => {
    const query = `query ($ids: [ID!]) {
      merchants(filter: { id: { eq: $ids } }, sort: [{ field: NAME }]) {
        nodes {
          name pocketGroups(sort: [{ field: SLUG }]) {
            nodes { slug pockets { totalCount } pocketCharges { totalCount } } totalCount
          }
        }
      }
    }`;
    const entry = (slug: string, pockets: number, charges: number): object => ({
      slug,
      pockets: { totalCount: pockets },
      pocketCharges: { totalCount: charges },
    });
    const ids = [tenant.id, other.id];
    expect(await server.ask(server.operatorToken, query, { ids })).toEqual({
      merchants: {
        nodes: [
          {
            name: "Other",
            pocketGroups: {
              nodes: [entry("foreign", 1, 1), entry("shared", 2, 3)],
              totalCount: 2,
            },
          },
          {
            name: "Tenant",
            pocketGroups: { nodes: [entry("own", 1, 1), entry("shared", 2, 3)], totalCount: 2 },
          },
        ],
      },
    });
  });
});

describe("a grant that is ended", () => {
  const QUERY = `query ($slug: [String!]) {
    pocketGroups(filter: { slug: { eq: $slug } }) { nodes { slug } totalCount }
    pockets(filter: { pocketGroupSlug: { eq: $slug } }) {
      nodes { balance } totalCount aggregate { sum { balance } }
      groupBy(keys: [POCKET_GROUP]) { key { pocketGroup { slug } } }
    }
    pocketCharges(filter: { pocketGroupSlug: { eq: $slug } }) {
      nodes { amount } totalCount aggregate { sum { amount } }
      groupBy(keys: [POCKET_GROUP]) { key { pocketGroup { slug } } }
    }
    viewer { merchant { pocketGroups { nodes { slug } totalCount } } }
  }`;

  it("hides the group, its pockets and charges at once, until renewed", async () => {
    const merchant = await server.createMerchant("Leaver");
    const stays = await server.createMerchant("Stayer");
    const slug = await server.createGroup({}, merchant, stays);
    await add(merchant, slug, P1, 3);
    await add(stays, slug, P1, 4);
    const list = (balance: number[], money: string, key: string): object => ({
      nodes: balance.map((value) => ({ [money]: value })),
      totalCount: balance.length,
      aggregate: { sum: { [key]: balance.length === 0 ? null : String(balance[0]) } },
      groupBy: balance.map(() => ({ key: group(slug) })),
    });
    const seen = (isGranted: boolean, amount: number): object => {
      const groups = isGranted ? [{ slug }] : [];
      const groupList = { nodes: groups, totalCount: groups.length };
      return {
        pocketGroups: groupList,
        pockets: list(isGranted ? [7] : [], "balance", "balance"),
        pocketCharges: list(isGranted ? [amount] : [], "amount", "amount"),
        viewer: { merchant: { pocketGroups: groupList } },
      };
    };
    const variables = { slug: [slug] };
    const answerTo = ({ token }: TestMerchant): Promise<unknown> =>
      server.ask(token, QUERY, variables);

    expect(await answerTo(merchant)).toEqual(seen(true, 3));
    await server.app.services.pocketGroups.revoke(slug, merchant.id);
    expect(await answerTo(merchant)).toEqual(seen(false, 3));
    expect(await answerTo(stays)).toEqual(seen(true, 4));
    await server.app.services.pocketGroups.grant(slug, merchant.id);
    expect(await answerTo(merchant)).toEqual(seen(true, 3));
  });
});

describe("a scope", () => {
  const LISTS: [string, string, readonly ApiScope[]][] = [
    ["pocketGroups", POCKET_GROUPS, ["POCKETS_READ"]],
    ["pockets", POCKETS, ["POCKETS_READ"]],
    ["pocketCharges", POCKET_CHARGES, ["POCKETS_READ"]],
    ["employees", EMPLOYEES, MERCHANT_SCOPES],
    ["merchants", MERCHANTS, []],
    ["the totals of pockets alone", "{ pockets { totalCount } }", ["POCKETS_READ"]],
    ["the sums of charges alone", "{ pocketCharges { aggregate { count } } }", ["POCKETS_READ"]],
  ];

  it.each(LISTS)("other than the required one is FORBIDDEN for %s", async (_, query, allowed) => {
    const answered: ApiScope[] = [];
    for (const scope of MERCHANT_SCOPES) {
      const token = await server.createToken({ merchantId: tenant.id, scopes: [scope] });
      const answer = await server.send<object | null>(token, query);
      if (answer.errors === undefined) answered.push(scope);
      else expect(summary(answer)).toEqual(FORBIDDEN);
    }
    expect(answered).toEqual(allowed);
  });

  it.each(LISTS)("is required in a token: without one, %s is UNAUTHENTICATED", async (_, query) => {
    expect(summary(await server.send<object | null>(null, query))).toEqual(UNAUTHENTICATED);
  });

  it("of every kind a merchant has does not open merchants", async () => {
    expect(summary(await server.send<object | null>(tenant.token, MERCHANTS))).toEqual(FORBIDDEN);
  });

  const NESTED: [string, string][] = [
    ["PocketGroup.pockets", "pocketGroup { slug pockets { nodes { balance } } }"],
    ["PocketGroup.pockets' totals", "pocketGroup { slug pockets { totalCount } }"],
    ["PocketGroup.pocketCharges", "pocketGroup { slug pocketCharges { nodes { amount } } }"],
    ["Pocket.pocketCharges", "pocket { balance pocketCharges { nodes { amount } } }"],
    ["Pocket.pocketCharges' sums", "pocket { pocketCharges { aggregate { sum { amount } } } }"],
    ["Merchant.pocketGroups", "merchant { id pocketGroups { nodes { slug } } }"],
  ];

  it.each(NESTED)("to charge does not open %s by the charge's answer", async (_, fields) => {
    const mutation = `mutation ($input: ChargePocketsInput!) {
      chargePockets(input: $input) { results { status pocketCharge { amount ${fields} } } }
    }`;
    const slug = await server.createGroup({}, tenant);
    const input = (): object => ({
      pocketGroupSlug: slug,
      charges: [charge({ phoneNumber: P1, amount: 5 })],
    });
    const scopes: ApiScope[] = ["POCKETS_CHARGE"];
    const token = await server.createToken({ merchantId: tenant.id, scopes });
    interface Data {
      chargePockets: { results: { status: string; pocketCharge: object | null }[] } | null;
    }
    const answer = await server.send<Data | null>(token, mutation, { input: input() });
    expect(answer.errors?.map(({ extensions }) => extensions.code)).toEqual(["FORBIDDEN"]);
    expect(answer.data?.chargePockets).toEqual({
      results: [{ status: "SUCCESS", pocketCharge: null }],
    });

    scopes.push("POCKETS_READ");
    const reader = await server.createToken({ merchantId: tenant.id, scopes });
    const allowed = await server.ask<Data>(reader, mutation, { input: input() });
    expect(allowed.chargePockets?.results).toMatchObject([
      { status: "SUCCESS", pocketCharge: { amount: 5 } },
    ]);
  });

  it.each([
    ["viewer", "{ viewer { merchant { id pocketGroups { nodes { slug } } } } }"],
    ["employees", "{ employees { nodes { merchant { pocketGroups { totalCount } } } } }"],
  ])("other than POCKETS_READ does not open Merchant.pocketGroups by %s", async (_, query) => {
    const answered: ApiScope[] = [];
    for (const scope of MERCHANT_SCOPES) {
      const token = await server.createToken({ merchantId: tenant.id, scopes: [scope] });
      const answer = await server.send<object | null>(token, query);
      const codes = answer.errors?.map(({ extensions }) => extensions.code);
      if (codes === undefined) answered.push(scope);
      else {
        expect(codes).toEqual(["FORBIDDEN"]);
        expect(JSON.stringify(answer.data)).not.toMatch(/slug|totalCount/);
      }
    }
    expect(answered).toEqual(["POCKETS_READ"]);
  });

  it("is of no use to a merchant that is inactive: every list is FORBIDDEN", async () => {
    const merchant = await server.createMerchant();
    await server.app.services.merchants.update(merchant.id, { isActive: false });
    for (const [, query] of LISTS) {
      const answer = await server.send<object | null>(merchant.token, query);
      expect(summary(answer)).toEqual(FORBIDDEN);
    }
  });
});
