import { type GraphQLField, getNamedType, isObjectType } from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { unconnectedSchema } from "../../src/app/features.js";
import { isItemMutation } from "../../src/graphql/item-mutations.js";
import { newId } from "../../src/shared/uuid.js";
import * as payments from "../support/payments.js";
import { accepted } from "../support/payments.js";
import { charge, chargePockets } from "../support/pockets.js";
import { type TestMerchant, TestServer, made } from "../support/server.js";
import { RECEIVER_URL, newEndpoint } from "../support/webhooks.js";

type Variables = Record<string, unknown>;

/** How to have a mutation accepted and refused, and the audit entry that it writes. */
interface Case {
  readonly actor: "OPERATOR" | "MERCHANT";
  readonly recordType: string;
  /** Fields that the entry's changes must contain. */
  readonly changes: readonly string[];
  readonly accepted: () => Variables | Promise<Variables>;
  readonly refused: Variables;
  /** A token for which it is FORBIDDEN; by default, the other actor's. */
  readonly forbidden?: () => Promise<string>;
  /** The record's merchant, if it is not the test's; null if the record has none. */
  readonly merchantId?: ((recordId: string) => string) | null;
  /** The type of another record that it changes too, which has its own entry. */
  readonly relatedType?: string;
}

/** The number of entries that a mutation writes. */
const entryCountOf = ({ relatedType }: Case): number => (relatedType === undefined ? 1 : 2);

interface Entry {
  id: string;
  createdAt: string;
  actor: string;
  operation: string;
  recordType: string;
  recordId: string;
  merchantId: string | null;
  tokenId: string | null;
  tokenPrefix: string | null;
  employeeId: string | null;
  changes: { field: string; from: string | null; to: string | null }[];
  address: string | null;
  requestId: string | null;
  userAgent: string | null;
}

const ENTRY = `id createdAt actor operation recordType recordId merchantId tokenId tokenPrefix
  employeeId changes { field from to } address requestId userAgent`;
const USER_AGENT = "audit test/1";

const SCHEMA = unconnectedSchema();
const MUTATIONS = SCHEMA.getMutationType()!.getFields();

let server: TestServer;
let merchant: TestMerchant;
let employeeId: string;
/** A token of the employee. */
let token: string;
let group: string;

beforeAll(async () => {
  server = await TestServer.start();
  merchant = await server.createMerchant();
  const { employees } = server.app.services;
  employeeId = made(await employees.create(newEmployee())).id;
  token = await server.createToken({ merchantId: merchant.id, employeeId });
  group = await server.createGroup({});
});

afterAll(() => server.stop());

function newEmployee() {
  return { merchantId: merchant.id, name: "Sara", email: `sara-${newId()}@example.com` };
}

const OPERATORS = { actor: "OPERATOR", refused: { id: newId(), input: { name: "Sara" } } } as const;
const MERCHANTS = { actor: "MERCHANT", refused: { id: newId(), input: {} } } as const;
const BLANK = { input: { name: " " } };
const idOf = async (record: Promise<{ id: string }>): Promise<string> => (await record).id;
const newCharge = (): Promise<string> =>
  idOf(accepted(payments.createCharge(server, token, { amountInCents: 500 })));
const newAuthorization = (): Promise<string> => {
  const input = { mode: "REQUEST", amountInCents: 500 };
  return idOf(accepted(payments.createAuthorization(server, token, input)));
};
const newRefund = (): Promise<string> =>
  idOf(accepted(payments.createRefund(server, token, { provider: "NONE", amountInCents: 5 })));
const newCustomer = (): Promise<string> =>
  idOf(accepted(payments.createCustomer(server, token, { name: "Omar" })));
const newOrder = (): Promise<string> => idOf(accepted(payments.createOrder(server, token, {})));
/** Of at most 20 endpoints of the merchant. */
async function newEndpointId(): Promise<string> {
  await server.database.pool.query("delete from webhook_endpoints");
  return idOf(newEndpoint(server, token));
}
const METHOD = { provider: "STRIPE", identifier: "pm_1", methodType: "card" };
const newToken = (): Promise<string> =>
  idOf(
    server.app.services.apiTokens
      .create({ merchantId: merchant.id, name: "till", scopes: ["POCKETS_READ"] })
      .then((outcome) => made(outcome).apiToken),
  );

/** Every mutation must be listed, except pocket charges, which are their own audit trail. */
const CASES: Record<string, Case> = {
  createMerchant: {
    ...OPERATORS,
    recordType: "Merchant",
    changes: ["name", "isActive", "defaultCurrency"],
    accepted: () => ({ input: { name: "Corner shop" } }),
    refused: BLANK,
    merchantId: (id) => id,
  },
  updateMerchant: {
    ...OPERATORS,
    recordType: "Merchant",
    changes: ["name", "isActive"],
    accepted: async () => ({
      id: (await server.createMerchant()).id,
      input: { name: "Another name", isActive: false },
    }),
    merchantId: (id) => id,
  },
  createEmployee: {
    ...OPERATORS,
    recordType: "Employee",
    changes: ["name", "email", "isActive"],
    accepted: () => ({ input: newEmployee() }),
    refused: { input: { merchantId: newId(), name: "Sara", email: "sara@example.com" } },
  },
  updateEmployee: {
    ...OPERATORS,
    recordType: "Employee",
    changes: ["name"],
    accepted: async () => {
      const employee = made(await server.app.services.employees.create(newEmployee()));
      return { id: employee.id, input: { name: "Maryam" } };
    },
  },
  createApiToken: {
    ...OPERATORS,
    recordType: "ApiToken",
    changes: ["employeeId", "name", "prefix", "scopes", "expiresAt"],
    accepted: () => ({
      input: {
        ...{ merchantId: merchant.id, employeeId, name: "till", scopes: ["POCKETS_READ"] },
        expiresAt: "2099-01-01T00:00:00.123000Z",
      },
    }),
    refused: { input: { name: "till", scopes: [] } },
  },
  revokeApiToken: {
    ...OPERATORS,
    recordType: "ApiToken",
    changes: ["revokedAt"],
    accepted: async () => ({ id: await newToken() }),
  },
  createPocketGroup: {
    ...OPERATORS,
    recordType: "PocketGroup",
    changes: ["slug", "name", "currency", "isActive", "maxChargeAmount"],
    accepted: () => ({ input: { slug: `g-${newId()}`, name: "Group", maxChargeAmount: 5 } }),
    refused: { input: { slug: "No slug", name: "Group" } },
    merchantId: null,
  },
  updatePocketGroup: {
    ...OPERATORS,
    recordType: "PocketGroup",
    changes: ["maxPocketBalance"],
    accepted: async () => ({
      slug: await server.createGroup({}),
      input: { maxPocketBalance: 1_000 },
    }),
    refused: { slug: "there-is-none", input: { name: "Group" } },
    merchantId: null,
  },
  grantPocketGroup: {
    ...OPERATORS,
    recordType: "PocketGroupGrant",
    changes: ["pocketGroupId"],
    accepted: async () => ({ slug: await server.createGroup({}), merchantId: merchant.id }),
    refused: { slug: "there-is-none", merchantId: newId() },
  },
  revokePocketGroup: {
    ...OPERATORS,
    recordType: "PocketGroupGrant",
    changes: ["pocketGroupId"],
    accepted: async () => ({
      slug: await server.createGroup({}, merchant),
      merchantId: merchant.id,
    }),
    refused: { slug: "there-is-none", merchantId: newId() },
  },
  updatePocket: {
    ...MERCHANTS,
    recordType: "Pocket",
    changes: ["freezeScope", "freezeReason"],
    accepted: async () => {
      const pocketGroupSlug = await server.createGroup({}, merchant);
      const { phoneNumber, ...sent } = charge();
      await chargePockets(server, token, pocketGroupSlug, [{ phoneNumber, ...sent }]);
      const input = { freeze: "BOTH", reason: "Reported as stolen" };
      return { pocketGroupSlug, phoneNumber, input };
    },
    refused: { pocketGroupSlug: "there-is-none", phoneNumber: "989120000000", input: {} },
    forbidden: async () => (await server.createMerchant()).token,
    merchantId: null,
  },
  createCustomer: {
    ...MERCHANTS,
    recordType: "Customer",
    changes: ["number", "name", "email", "phoneNumber"],
    accepted: () => ({
      input: { name: "Omar", email: "omar@example.com", phoneNumber: "989120000000" },
    }),
    refused: BLANK,
  },
  updateCustomer: {
    ...MERCHANTS,
    recordType: "Customer",
    changes: ["isArchived"],
    accepted: async () => ({ id: await newCustomer(), input: { isArchived: true } }),
  },
  createOrder: {
    ...MERCHANTS,
    recordType: "Order",
    changes: ["number", "status", "currency", "totalInCents"],
    accepted: () => ({ input: { totalInCents: 700 } }),
    refused: { input: { totalInCents: -1 } },
  },
  updateOrder: {
    ...MERCHANTS,
    recordType: "Order",
    changes: ["status"],
    accepted: async () => ({ id: await newOrder(), input: { status: "RESERVED" } }),
  },
  createPaymentMethod: {
    ...MERCHANTS,
    recordType: "PaymentMethod",
    changes: ["provider", "identifier", "methodType", "label"],
    accepted: () => ({ input: METHOD }),
    refused: { input: { ...METHOD, label: " " } },
  },
  detachPaymentMethod: {
    ...MERCHANTS,
    recordType: "PaymentMethod",
    changes: ["customerId"],
    accepted: async () => {
      const input = { ...METHOD, customerId: await newCustomer() };
      return { id: (await accepted(payments.createMethod(server, token, input))).id };
    },
  },
  createPaymentCharge: {
    ...MERCHANTS,
    recordType: "PaymentCharge",
    changes: ["status", "amountInCents", "totalInCents", "providerSecret", "employeeId"],
    accepted: () => ({ input: { amountInCents: 500, providerSecret: "pi_secret" } }),
    refused: { input: { amountInCents: -1 } },
  },
  updatePaymentCharge: {
    ...MERCHANTS,
    recordType: "PaymentCharge",
    changes: ["status", "succeededAt", "providerSecret"],
    accepted: async () => ({
      id: await newCharge(),
      input: { status: "SUCCEEDED", providerSecret: "pi_secret" },
    }),
  },
  createPaymentRefund: {
    ...MERCHANTS,
    recordType: "PaymentRefund",
    relatedType: "PaymentCharge",
    changes: ["status", "amountInCents", "paymentChargeId"],
    accepted: async () => {
      const paid = { amountInCents: 500, mode: "MANUAL", provider: "NONE" };
      const { id } = await accepted(payments.createCharge(server, token, paid));
      return { input: { paymentChargeId: id, amountInCents: 200 } };
    },
    refused: { input: { provider: "NONE", amountInCents: -1 } },
  },
  updatePaymentRefund: {
    ...MERCHANTS,
    recordType: "PaymentRefund",
    changes: ["status", "failedAt"],
    accepted: async () => ({ id: await newRefund(), input: { status: "FAILED" } }),
  },
  createPaymentAuthorization: {
    ...MERCHANTS,
    recordType: "PaymentAuthorization",
    changes: ["status", "mode", "amountInCents"],
    accepted: () => ({ input: { mode: "REQUEST", amountInCents: 500 } }),
    refused: { input: { mode: "REQUEST", amountInCents: -1 } },
  },
  updatePaymentAuthorization: {
    ...MERCHANTS,
    recordType: "PaymentAuthorization",
    changes: ["status"],
    accepted: async () => ({ id: await newAuthorization(), input: { status: "CANCELED" } }),
  },
  createWebhookEndpoint: {
    ...MERCHANTS,
    recordType: "WebhookEndpoint",
    changes: ["url", "types", "batchSize", "isEnabled", "secret"],
    accepted: () => ({ input: { url: RECEIVER_URL, types: ["ORDER_CREATED"] } }),
    refused: { input: { url: "http://localhost" } },
  },
  updateWebhookEndpoint: {
    ...MERCHANTS,
    recordType: "WebhookEndpoint",
    changes: ["types", "isEnabled"],
    accepted: async () => ({
      id: await newEndpointId(),
      input: { types: ["ORDER_CREATED"], isEnabled: false },
    }),
  },
  deleteWebhookEndpoint: {
    ...MERCHANTS,
    recordType: "WebhookEndpoint",
    changes: ["url", "secret"],
    accepted: async () => ({ id: await newEndpointId() }),
    refused: { id: newId() },
  },
  rotateWebhookSecret: {
    ...MERCHANTS,
    recordType: "WebhookEndpoint",
    changes: ["secret", "previousSecret", "previousSecretExpiresAt"],
    accepted: async () => ({ id: await newEndpointId() }),
    refused: { id: newId() },
  },
  sendTestEvent: {
    ...MERCHANTS,
    recordType: "WebhookEndpoint",
    changes: ["lastTestedAt"],
    accepted: async () => ({ webhookEndpointId: await newEndpointId() }),
    refused: { webhookEndpointId: newId() },
  },
  redeliverWebhooks: {
    ...MERCHANTS,
    recordType: "WebhookEndpoint",
    changes: ["lastRedeliveryAt"],
    accepted: async () => {
      await newCustomer();
      const webhookEndpointId = await newEndpointId();
      return { input: { webhookEndpointId, events: {} } };
    },
    refused: { input: { webhookEndpointId: newId(), events: {} } },
  },
};
const NAMES = Object.keys(CASES);

/** The mutation with all its arguments, and the alias `record` for its record. */
function documentOf({ name, args, type }: GraphQLField<unknown, unknown>): string {
  const payload = getNamedType(type);
  if (!isObjectType(payload)) throw new Error(`${name} answers no object`);
  const record = Object.values(payload.getFields()).find(
    (field) => isObjectType(getNamedType(field.type)) && field.name !== "userErrors",
  );
  const declared = args.map((arg) => `$${arg.name}: ${String(arg.type)}`).join(", ");
  const passed = args.map((arg) => `${arg.name}: $${arg.name}`).join(", ");
  return `mutation (${declared}) {
    payload: ${name}(${passed}) { record: ${record!.name} { id } userErrors { code } }
  }`;
}

interface Payload {
  payload: { record: { id: string } | null; userErrors: { code: string }[] } | null;
}

function send(name: string, as: string | null, variables: Variables) {
  const document = documentOf(MUTATIONS[name]!);
  return server.send<Payload | null>(as, document, variables, { "user-agent": USER_AGENT });
}

const tokenOf = ({ actor }: Case): string => (actor === "OPERATOR" ? server.operatorToken : token);

/** The audit entries as operators see them, newest first. */
async function entriesOf(filter: object): Promise<Entry[]> {
  const data = await server.ask<{ auditEntries: { nodes: Entry[] } }>(
    server.operatorToken,
    `query ($filter: AuditEntryFilter) {
      auditEntries(filter: $filter, first: 100) { nodes { ${ENTRY} } }
    }`,
    { filter },
  );
  return data.auditEntries.nodes;
}

async function countEntries(): Promise<number> {
  const { rows } = await server.database.pool.query("select count(*)::int as n from audit_entries");
  return (rows[0] as { n: number }).n;
}

async function entriesWhile(work: () => Promise<unknown>): Promise<number> {
  const before = await countEntries();
  await work();
  return (await countEntries()) - before;
}

it("lists every mutation of the schema", () => {
  const others = Object.keys(MUTATIONS).filter((name) => !isItemMutation(name));
  expect(NAMES.toSorted()).toEqual(others.toSorted());
});

describe.each(NAMES)("%s", (name) => {
  const one = CASES[name]!;

  it("writes exactly one entry for each changed record with the caller, time, changes and origin", async () => {
    const variables = await one.accepted();
    const before = await countEntries();
    const answer = await send(name, tokenOf(one), variables);
    expect(answer.errors).toBeUndefined();
    expect(answer.data?.payload?.userErrors).toEqual([]);
    expect((await countEntries()) - before).toBe(entryCountOf(one));

    const requestId = answer.headers.get("x-request-id")!;
    const recordId = answer.data!.payload!.record!.id;
    const entries = await entriesOf({ requestId: { eq: requestId } });
    const [entry, ...again] = entries.filter((found) => found.recordId === recordId);
    expect(again).toEqual([]);
    const related = entries.filter((found) => found !== entry).map((found) => found.recordType);
    expect(related).toEqual(one.relatedType === undefined ? [] : [one.relatedType]);
    const [{ id: tokenId, prefix } = { id: "", prefix: "" }] = (
      await server.database.pool.query<{ id: string; prefix: string }>(
        "select id, prefix from api_tokens where secret_hash = sha256($1::bytea)",
        [Buffer.from(tokenOf(one))],
      )
    ).rows;
    const merchantId =
      one.merchantId === undefined ? merchant.id : (one.merchantId?.(recordId) ?? null);
    expect(entry).toMatchObject({
      actor: one.actor,
      operation: name,
      recordType: one.recordType,
      recordId,
      merchantId,
      tokenId,
      tokenPrefix: prefix,
      employeeId: one.actor === "OPERATOR" ? null : employeeId,
      address: "127.0.0.1",
      requestId,
      userAgent: USER_AGENT,
    });
    expect(entry?.changes.map(({ field }) => field)).toEqual(
      expect.arrayContaining([...one.changes]),
    );
    for (const { from, to } of entry?.changes ?? []) expect([from, to]).not.toEqual([null, null]);
  });

  it("writes no entry when it is refused by a rule, for its token, or without a token", async () => {
    const others = one.actor === "OPERATOR" ? token : server.operatorToken;
    const other = (await one.forbidden?.()) ?? others;
    const variables = await one.accepted();
    const count = await entriesWhile(async () => {
      const refusal = await send(name, tokenOf(one), one.refused);
      expect(refusal.data?.payload?.record ?? null).toBeNull();
      expect((await send(name, other, variables)).errors?.[0]?.extensions.code).toBe("FORBIDDEN");
      expect((await send(name, null, variables)).status).toBe(401);
    });
    expect(count).toBe(0);
  });
});

describe("a mutation that changes nothing", () => {
  it.each([
    "revokeApiToken",
    "grantPocketGroup",
    "revokePocketGroup",
    "detachPaymentMethod",
    ...NAMES.filter((name) => name.startsWith("update")),
  ])("writes no second entry: %s again", async (name) => {
    const one = CASES[name]!;
    const { input, ...variables } = await one.accepted();
    // A secret is encrypted again each time, even if it is the same.
    const { providerSecret: _, ...rest } = (input ?? {}) as Variables;
    const again = { ...variables, ...(input === undefined ? {} : { input: rest }) };
    expect(await entriesWhile(() => send(name, tokenOf(one), again))).toBe(1);
    const repeat = async (): Promise<void> => {
      const answer = await send(name, tokenOf(one), again);
      expect(answer.data?.payload?.userErrors).toEqual([]);
    };
    expect(await entriesWhile(repeat)).toBe(0);
  });

  it.each(["createPaymentCharge", "createPaymentRefund", "createPaymentAuthorization"])(
    "writes no second entry: %s with the same idempotencyKey, many times at once",
    async (name) => {
      const one = CASES[name]!;
      const { input } = await one.accepted();
      const variables = { input: { ...(input as object), idempotencyKey: newId() } };
      const ids = new Set<string | undefined>();
      const count = await entriesWhile(() =>
        Promise.all(
          Array.from({ length: 6 }, async () => {
            ids.add((await send(name, token, variables)).data?.payload?.record?.id);
          }),
        ),
      );
      expect(ids.size).toBe(1);
      expect(count).toBe(entryCountOf(one));
    },
  );

  it("excludes pocket charges, which are their own trail", async () => {
    await server.app.services.pocketGroups.grant(group, merchant.id);
    const work = () => chargePockets(server, token, group, [charge()]);
    expect(await entriesWhile(work)).toBe(0);
  });
});

describe("changes", () => {
  async function changesOf(recordId: string, operation: string): Promise<Entry["changes"]> {
    const found = await entriesOf({ recordId: { eq: recordId }, operation: { eq: operation } });
    expect(found).toHaveLength(1);
    return found[0]!.changes;
  }

  it("have old and new values, a payment's times to the microsecond, and no unchanged fields", async () => {
    const order = await accepted(payments.createOrder(server, token, { totalInCents: 700 }));
    const customerId = await newCustomer();
    const input = { totalInCents: 900, status: "NEW", customerId };
    await accepted(payments.updateOrder(server, token, order.id, input));
    expect(await changesOf(order.id, "updateOrder")).toEqual([
      { field: "totalInCents", from: "700", to: "900" },
      { field: "customerId", from: null, to: customerId },
    ]);

    const id = await newCharge();
    await accepted(payments.updateCharge(server, token, id, { status: "SUCCEEDED" }));
    const { succeededAt } = (await payments.findCharge(server, token, id))!;
    expect(await changesOf(id, "updatePaymentCharge")).toEqual([
      { field: "status", from: "CREATED", to: "SUCCEEDED" },
      { field: "succeededAt", from: null, to: succeededAt },
    ]);
  });

  it("include both sides of a grant, and the merchant of a token", async () => {
    const slug = await server.createGroup({});
    const variables = { slug, merchantId: merchant.id };
    await send("grantPocketGroup", server.operatorToken, variables);
    const { data } = await send("revokePocketGroup", server.operatorToken, variables);
    const { id } = data!.payload!.record!;
    expect(await changesOf(id, "grantPocketGroup")).toEqual([
      { field: "pocketGroupId", from: null, to: id },
    ]);
    expect(await changesOf(id, "revokePocketGroup")).toEqual([
      { field: "pocketGroupId", from: id, to: null },
    ]);

    const { input } = (await CASES["createApiToken"]!.accepted()) as { input: Variables };
    const scopes = ["POCKETS_READ", "PAYMENTS_READ"];
    const created = await send("createApiToken", server.operatorToken, {
      input: { ...input, scopes },
    });
    const changes = await changesOf(created.data!.payload!.record!.id, "createApiToken");
    const to = Object.fromEntries(changes.map((change) => [change.field, change.to]));
    expect(to).toMatchObject({
      employeeId,
      scopes: "POCKETS_READ, PAYMENTS_READ",
      expiresAt: "2099-01-01T00:00:00.123000Z",
      name: "***",
    });
  });

  it("form a gapless sequence when many are made at once", async () => {
    const { id } = await accepted(payments.createOrder(server, token, { totalInCents: 0 }));
    const totals = Array.from({ length: 12 }, (_, index) => index + 1);
    await Promise.all(
      totals.map((totalInCents) => payments.updateOrder(server, token, id, { totalInCents })),
    );
    const found = await entriesOf({ recordId: { eq: id }, operation: { eq: "updateOrder" } });
    const next = new Map(found.map(({ changes: [change] }) => [change!.from, change!.to]));
    expect(next.size).toBe(totals.length);
    let last: string | null = "0";
    totals.forEach(() => (last = next.get(last) ?? null));
    const order = await payments.findOrder(server, token, id);
    expect(last).toBe(String(order?.totalInCents));
  });

  it("never contain secrets, names or contact details", async () => {
    const hidden = {
      email: `hidden-${newId()}@example.com`,
      phoneNumber: "989121234567",
      name: `Hidden ${newId()}`,
      providerSecret: `pi_${newId()}`,
      description: `Call 989127654321 about ${newId()}`,
      identifier: `pm_${newId()}`,
    };
    const { email, phoneNumber, name, providerSecret, description, identifier } = hidden;
    const person = { merchantId: merchant.id, name, email };
    await send("createEmployee", server.operatorToken, { input: person });
    const customer = { name, email, phoneNumber };
    const { id } = await accepted(payments.createCustomer(server, token, customer));
    await accepted(payments.updateCustomer(server, token, id, { phoneNumber: "989120000001" }));
    const paid = { amountInCents: 5, providerSecret, description };
    const paidCharge = await accepted(payments.createCharge(server, token, paid));
    const later = { providerSecret: `${providerSecret}2`, description: null };
    await accepted(payments.updateCharge(server, token, paidCharge.id, later));
    await accepted(payments.createMethod(server, token, { ...METHOD, identifier }));

    expect(await changesOf(paidCharge.id, "updatePaymentCharge")).toEqual([
      { field: "description", from: "***", to: null },
      { field: "providerSecret", from: "***", to: "***" },
    ]);
    const { rows } = await server.database.pool.query<{ text: string; hashes: string[] }>(
      `select string_agg(a::text, ' ') as text,
         array(select encode(secret_hash, 'hex') from api_tokens) as hashes
       from audit_entries a`,
    );
    const { text, hashes } = rows[0]!;
    expect(text).toContain("***");
    const secrets = [server.operatorToken, token, merchant.token, ...hashes, "989127654321"];
    for (const secret of [...Object.values(hidden), ...secrets]) expect(text).not.toContain(secret);
  });
});

describe("access to the audit trail", () => {
  const LIST = "{ auditEntries { totalCount nodes { id } } }";

  it("is denied to merchants with any scope, and without a token", async () => {
    const refused = await server.send(merchant.token, LIST);
    expect(refused.data).toBeNull();
    expect(refused.errors?.[0]?.extensions.code).toBe("FORBIDDEN");
    expect((await server.send(null, LIST)).status).toBe(401);
  });

  it("is granted to operators, with filters and sorted by time", async () => {
    const id = await newOrder();
    await accepted(payments.updateOrder(server, token, id, { totalInCents: 1 }));
    const found = await entriesOf({ recordId: { eq: id }, recordType: { eq: "Order" } });
    expect(found.map(({ operation }) => operation)).toEqual(["updateOrder", "createOrder"]);
    const filters = { merchantId: { eq: merchant.id }, actor: { eq: "MERCHANT" } };
    const entries = await entriesOf({ ...filters, employeeId: { eq: employeeId } });
    expect(entries.length).toBeGreaterThan(1);
    for (const entry of entries)
      expect(entry).toMatchObject({ merchantId: merchant.id, employeeId });
    expect(await entriesOf({ merchantId: { eq: newId() } })).toEqual([]);
  });

  it("includes changes that the server made without a request", async () => {
    const [entry] = await entriesOf({ recordId: { eq: merchant.id } });
    const noCaller = { tokenId: null, tokenPrefix: null, employeeId: null, address: null };
    expect(entry).toMatchObject({ actor: "PROGRAM", operation: "createMerchant", ...noCaller });
    expect(entry).toMatchObject({ requestId: null, userAgent: null });
  });
});

it("records REST writes under the equivalent mutation, with their own request", async () => {
  const url = `${new URL(server.url).origin}/api/boomerang/payment_charges`;
  const headers = {
    authorization: `Token ${token}`,
    "content-type": "application/json",
    "user-agent": `${"x".repeat(300)}\u00e9`,
  };
  const bodyOf = (attributes: object, id?: string): string =>
    JSON.stringify({ data: { ...(id ? { id } : {}), type: "payment_charges", attributes } });
  const body = bodyOf({ amount_in_cents: 500 });
  const created = await fetch(url, { method: "POST", headers, body });
  expect(created.status).toBe(201);
  const { data } = (await created.json()) as { data: { id: string } };
  const updated = await fetch(`${url}/${data.id}`, {
    method: "PUT",
    headers,
    body: bodyOf({ status: "started" }, data.id),
  });
  expect(updated.status).toBe(200);
  const found = await entriesOf({ recordId: { eq: data.id } });
  expect(found.map(({ operation, requestId }) => [operation, requestId])).toEqual([
    ["updatePaymentCharge", updated.headers.get("x-request-id")],
    ["createPaymentCharge", created.headers.get("x-request-id")],
  ]);
  for (const { userAgent, actor } of found) {
    expect({ userAgent, actor }).toEqual({ userAgent: "x".repeat(200), actor: "MERCHANT" });
  }
});

describe("the database", () => {
  it.each([
    "update audit_entries set operation = 'other'",
    "update audit_entries set operation = 'other' where false",
    "delete from audit_entries",
    "truncate audit_entries",
    "truncate audit_entries cascade",
    `insert into audit_entries select * from audit_entries limit 1
     on conflict (tenant_id, id) do update set operation = 'other'`,
    "set local session_replication_role = replica; delete from audit_entries",
  ])("allows only appending to the trail: %s", async (statement) => {
    await newOrder();
    const before = await countEntries();
    const client = await server.database.pool.connect();
    try {
      await client.query("begin");
      await expect(client.query(statement)).rejects.toMatchObject({ code: "23001" });
    } finally {
      await client.query("rollback");
      client.release();
    }
    expect(await countEntries()).toBe(before);
  });

  /** The content of every other table, except when tokens were last used. */
  async function otherRecords(): Promise<unknown> {
    const { rows } = await server.database.pool.query<{ name: string }>(
      `select relname as name from pg_class where relkind = 'r'
         and relnamespace = 'public'::regnamespace and relname <> 'audit_entries' order by 1`,
    );
    const columns = (name: string): string =>
      name === "api_tokens" ? "to_jsonb(t) - 'last_used_at'" : "to_jsonb(t)";
    const parts = rows.map(
      ({ name }) => `select '${name}' as name,
        (select md5(string_agg((${columns(name)})::text, ',' order by (${columns(name)})::text))
         from ${name} t) as rows`,
    );
    return (await server.database.pool.query(parts.join(" union all "))).rows;
  }

  it.each(NAMES)("rolls back a change that it cannot record: %s", async (name) => {
    const one = CASES[name]!;
    const variables = await one.accepted();
    const before = await otherRecords();
    const { pool } = server.database;
    await pool.query("alter table audit_entries add constraint broken check (false) not valid");
    try {
      const { data, errors } = await send(name, tokenOf(one), variables);
      expect(data?.payload ?? null).toBeNull();
      expect(errors?.[0]?.extensions.code).toBe("INTERNAL_SERVER_ERROR");
    } finally {
      await pool.query("alter table audit_entries drop constraint broken");
    }
    expect(await otherRecords()).toEqual(before);
  });
});
