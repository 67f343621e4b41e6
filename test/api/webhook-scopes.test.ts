import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ApiScope } from "../../src/callers/api-scope.js";
import { EventType } from "../../src/events/event-type.js";
import { valuesOf } from "../../src/shared/enumeration.js";
import { authorizeEndpoint, scopesOf } from "../../src/webhooks/webhook-scopes.js";
import * as payments from "../support/payments.js";
import { accepted } from "../support/payments.js";
import { type TestMerchant, TestServer, newSecretKey } from "../support/server.js";
import { POLL } from "../support/wait-timeout.js";
import { WebhookReceiver } from "../support/webhook-receiver.js";
import {
  ENDPOINT_FIELDS,
  RECEIVER_URL,
  REDELIVER,
  type WebhookEndpoint,
  deleteEndpoint,
  findEndpoint,
  listDeliveries,
  newEndpoint,
  storeDelivery,
  updateEndpoint,
} from "../support/webhooks.js";

const POCKETS = ["POCKET_CHARGED", "POCKET_FROZEN"];
const PAYMENTS = ["PAYMENT_CHARGE_SUCCEEDED", "CUSTOMER_CREATED", "ORDER_UPDATED"];
const ENDPOINTS = ["WEBHOOK_ENDPOINT_DISABLED"];

let server: TestServer;
let merchant: TestMerchant;

beforeAll(async () => {
  server = await TestServer.start({
    webhookAllowedNetworks: ["127.0.0.1/32"],
    webhookDelivery: { timeoutMs: 5_000, pollMs: 20 },
    secretKeys: [newSecretKey("test")],
  });
});
beforeEach(async () => {
  merchant = await server.createMerchant();
});

afterAll(() => server.stop());

/** A token of the merchant with WEBHOOKS_WRITE and the scopes. */
const tokenWith = (...scopes: ApiScope[]): Promise<string> =>
  server.createToken({ merchantId: merchant.id, scopes: ["WEBHOOKS_WRITE", ...scopes] });

const create = (types: readonly string[] | null): Promise<WebhookEndpoint> =>
  newEndpoint(server, merchant.token, { types });

/** The ways to decide what an endpoint gets, where, and who can sign it. */
const WAYS: readonly [string, string, (id: string) => Record<string, unknown>][] = [
  [
    "changing its URL",
    "mutation ($id: ID!, $input: UpdateWebhookEndpointInput!) { updateWebhookEndpoint(id: $id, input: $input) { userErrors { code } } }",
    (id) => ({ id, input: { url: "https://elsewhere.invalid" } }),
  ],
  [
    "narrowing its types",
    "mutation ($id: ID!, $input: UpdateWebhookEndpointInput!) { updateWebhookEndpoint(id: $id, input: $input) { userErrors { code } } }",
    (id) => ({ id, input: { types: ENDPOINTS } }),
  ],
  [
    "rotating its secret",
    "mutation ($id: ID!) { rotateWebhookSecret(id: $id) { secret userErrors { code } } }",
    (id) => ({ id }),
  ],
  [
    "sending deliveries again",
    REDELIVER,
    (id) => ({ input: { webhookEndpointId: id, deliveries: {} } }),
  ],
  ["sending events again", REDELIVER, (id) => ({ input: { webhookEndpointId: id, events: {} } })],
];

describe("a token", () => {
  it.each<[ApiScope[], readonly string[] | null, string]>([
    [[], null, "PAYMENTS_READ"],
    [[], [], "POCKETS_READ"],
    [[], POCKETS, "POCKETS_READ for POCKET_CHARGED, POCKET_FROZEN"],
    [[], PAYMENTS, `PAYMENTS_READ for ${PAYMENTS.join(", ")}`],
    [["PAYMENTS_READ"], null, "POCKETS_READ"],
    [["PAYMENTS_READ"], [...PAYMENTS, "POCKET_CHARGED"], "POCKETS_READ for POCKET_CHARGED"],
    [["POCKETS_READ"], ["ORDER_CREATED"], "PAYMENTS_READ for ORDER_CREATED"],
  ])(
    "with %j besides WEBHOOKS_WRITE can neither create an endpoint for %j, nor control one",
    async (scopes, types, missing) => {
      const token = await tokenWith(...scopes);
      const existing = await create(types);
      await storeDelivery(server, merchant, existing.id, { status: "FAILED", attempts: 0 });
      const creation = `mutation ($input: CreateWebhookEndpointInput!) {
        createWebhookEndpoint(input: $input) { secret webhookEndpoint { ${ENDPOINT_FIELDS} } }
      }`;
      const refusals = [
        await server.send(token, creation, { input: { url: RECEIVER_URL, types } }),
        ...(await Promise.all(
          WAYS.map(([, document, variablesFor]) =>
            server.send(token, document, variablesFor(existing.id)),
          ),
        )),
      ];
      for (const { status, errors, data } of refusals) {
        expect([status, errors?.[0]?.extensions.code, data]).toEqual([403, "FORBIDDEN", null]);
        expect(errors?.[0]?.message).toContain(missing);
      }
      const { secret: _, ...unchanged } = existing as WebhookEndpoint & { secret: string };
      expect(await findEndpoint(server, merchant.token, existing.id)).toEqual(unchanged);
      expect(await listDeliveries(server, token)).toMatchObject([{ status: "FAILED" }]);
    },
  );

  it.each<[ApiScope[], readonly string[] | null]>([
    [[], ENDPOINTS],
    [["POCKETS_READ"], POCKETS],
    [["PAYMENTS_READ"], [...PAYMENTS, ...ENDPOINTS]],
    [["POCKETS_READ", "PAYMENTS_READ"], null],
  ])("with %j besides WEBHOOKS_WRITE controls an endpoint for %j", async (scopes, types) => {
    const token = await tokenWith(...scopes);
    const { id } = await newEndpoint(server, token, { types });
    for (const [, document, variablesFor] of WAYS)
      expect(await server.send(token, document, variablesFor(id))).toMatchObject({ status: 200 });
  });

  it("cannot widen its endpoint beyond its scopes", async () => {
    const token = await tokenWith("POCKETS_READ");
    const { id } = await newEndpoint(server, token, { types: POCKETS });
    const [, document] = WAYS[0]!;
    for (const types of [null, [], [...POCKETS, "ORDER_CREATED"]]) {
      const { errors } = await server.send(token, document, { id, input: { types } });
      expect(errors?.[0]?.message).toContain("PAYMENTS_READ");
    }
    expect(await findEndpoint(server, token, id)).toMatchObject({ types: POCKETS });
  });

  it("with WEBHOOKS_WRITE alone can list, test and delete every endpoint", async () => {
    const token = await tokenWith();
    const { id } = await create(null);
    expect(await findEndpoint(server, token, id)).toMatchObject({ id, types: [] });
    const test = "mutation ($id: ID!) { sendTestEvent(webhookEndpointId: $id) { eventId } }";
    expect(await server.send(token, test, { id })).toMatchObject({ status: 200 });
    expect(await deleteEndpoint(server, token, id)).toMatchObject({ webhookEndpoint: { id } });
  });

  it("needs for each type exactly the scope that reads its events", () => {
    for (const type of valuesOf(EventType)) {
      const scopes = scopesOf({ types: [type] });
      expect(() => {
        authorizeEndpoint({ scopes }, { types: [type] });
      }).not.toThrow();
      const [, needed] = scopes;
      expect(needed).toBe(expectedScopeOf(type));
    }
  });
});

/** The scope in addition to WEBHOOKS_WRITE, by what the type is about. */
function expectedScopeOf(type: EventType): ApiScope | undefined {
  if (type.startsWith("POCKET")) return "POCKETS_READ";
  return type.startsWith("WEBHOOK") ? undefined : "PAYMENTS_READ";
}

describe("the data of a webhook", () => {
  it("contains only what the endpoint's types open, whatever its selection reaches", async () => {
    const receiver = await WebhookReceiver.start();
    const customer = await accepted(
      payments.createCustomer(server, merchant.token, { name: "Sara" }),
    );
    await expect.poll(() => eventIdOf(customer.id), POLL).toBeDefined();
    const deliveries = `deliveries(first: 5) { nodes { eventType event { id data { id } } } }`;
    const { id } = await newEndpoint(server, merchant.token, {
      url: receiver.url,
      types: ENDPOINTS,
      dataSelection: `data { ... on WebhookEndpoint { ${deliveries} } }`,
    });
    await storeDelivery(server, merchant, id, {
      status: "DELIVERED",
      response_status: 204,
      event_id: await eventIdOf(customer.id),
    });
    await server.ask(
      merchant.token,
      "mutation ($id: ID!) { sendTestEvent(webhookEndpointId: $id) { eventId } }",
      { id },
    );
    await expect.poll(() => receiver.received.length, POLL).toBe(1);
    const { data } = JSON.parse(receiver.received[0]!.body) as {
      data: { data: { deliveries: { nodes: { eventType: string; event: object | null }[] } } };
    };
    const found = data.data.deliveries.nodes.find(
      ({ eventType }) => eventType === "CUSTOMER_CREATED",
    );
    expect(found).toEqual({ eventType: "CUSTOMER_CREATED", event: null });
    await updateEndpoint(server, merchant.token, id, { isEnabled: false });
    await receiver.stop();
  });

  it("is checked again when other types open less to the stored selection", async () => {
    const dataSelection = "data { ... on PaymentCharge { customer { name } } }";
    const { id } = await newEndpoint(server, merchant.token, { dataSelection });
    const narrow = (input: object) =>
      updateEndpoint(server, merchant.token, id, { types: POCKETS, ...input });
    expect((await narrow({})).userErrors).toMatchObject([
      { code: "INVALID", field: ["dataSelection"] },
    ]);
    expect((await narrow({ dataSelection: null })).webhookEndpoint).toMatchObject({
      types: POCKETS,
      dataSelection: null,
    });
  });
});

/** The stored id of a record's first event. */
async function eventIdOf(subjectId: string): Promise<string | undefined> {
  const { rows } = await server.database.pool.query<{ id: string }>(
    "select id from events where record_id = $1",
    [subjectId],
  );
  return rows[0]?.id;
}
