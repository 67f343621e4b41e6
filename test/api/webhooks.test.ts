import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { PersistedDocuments } from "../../src/graphql/persisted-documents.js";
import { hoursAfter } from "../../src/shared/instant.js";
import { SecretBox } from "../../src/shared/secret-box.js";
import { invertLastDigit, newId } from "../../src/shared/uuid.js";
import { openWebhookSecrets } from "../../src/webhooks/webhook-endpoint.js";
import { WebhookEndpointStore } from "../../src/webhooks/webhook-endpoint.store.js";
import { eventsPage } from "../support/events.js";
import { type TestMerchant, TestServer, newSecretKey } from "../support/server.js";
import {
  RECEIVER_URL,
  createEndpoint,
  deleteEndpoint,
  findEndpoint,
  listDeliveries,
  newEndpoint,
  rotateSecret,
  sendTestEvent,
  storeDelivery,
  updateEndpoint,
} from "../support/webhooks.js";

const KEY = newSecretKey("webhooks");
const UUID = expect.stringMatching(/^[0-9a-f-]{36}$/) as string;
const TIMESTAMP = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/) as string;
/** The maximum number of endpoints of a merchant. */
const MAX = 20;

let server: TestServer;
let merchant: TestMerchant;

beforeAll(async () => {
  server = await TestServer.start({ secretKeys: [KEY] });
});
beforeEach(async () => {
  merchant = await server.createMerchant();
});

afterAll(() => server.stop());

const endpoint = (input = {}) => newEndpoint(server, merchant.token, input);
const update = (id: string, input: object) =>
  updateEndpoint(server, merchant.token, id, { ...input });
const find = (id: string) => findEndpoint(server, merchant.token, id);
const deliver = (endpointId: string, stored = {}) =>
  storeDelivery(server, merchant, endpointId, stored);

/** The code and path of each value that is refused. */
async function refusals(
  outcome: Promise<{ webhookEndpoint: unknown; userErrors: { code: string; field: string[] }[] }>,
): Promise<string[]> {
  const { webhookEndpoint, userErrors } = await outcome;
  expect(webhookEndpoint).toBeNull();
  return userErrors.map(({ code, field }) => `${code} ${field.join(".")}`);
}

/** The secrets that sign an endpoint's webhooks. */
async function secretsOf(id: string, hoursFromNow = 0): Promise<string[]> {
  const store = new WebhookEndpointStore(server.database);
  const stored = (await store.find({ merchantId: merchant.id, id }))!;
  const at = hoursAfter(stored.updatedAt, hoursFromNow);
  return openWebhookSecrets(new SecretBox(() => [KEY]), stored, at);
}

async function setState(id: string, assignments: string): Promise<void> {
  await server.database.pool.query(`update webhook_endpoints set ${assignments} where id = $1`, [
    id,
  ]);
}

describe("a webhook endpoint", () => {
  it("needs only a URL, and then gets every event in the default form", async () => {
    const { secret, ...created } = await endpoint();
    expect(created).toEqual({
      id: UUID,
      url: RECEIVER_URL,
      description: null,
      types: [],
      dataSelection: null,
      batchSize: 1,
      isEnabled: true,
      disabledReason: null,
      failingSince: null,
      previousSecretExpiresAt: null,
      lastTestedAt: null,
      lastRedeliveryAt: null,
      createdAt: TIMESTAMP,
      updatedAt: created.createdAt,
    });
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(await find(created.id)).toEqual(created);
  });

  it("keeps what it was given, each type once", async () => {
    const given = {
      url: "https://receiver.invalid:8443/in?shop=1",
      description: "Our shop",
      types: ["ORDER_CREATED", "CUSTOMER_CREATED", "ORDER_CREATED"],
      dataSelection: "id subject { id }",
      batchSize: 100,
    };
    expect(await endpoint(given)).toMatchObject({
      ...given,
      types: ["ORDER_CREATED", "CUSTOMER_CREATED"],
    });
  });

  it("has a secret that only the response contains", async () => {
    const { id, secret } = await endpoint();
    expect(await secretsOf(id)).toEqual([secret]);
    const { rows } = await server.database.pool.query<{ text: string }>(
      `select string_agg(t, ' ') as text from (
         select e::text from webhook_endpoints e union all select a::text from audit_entries a) as s(t)`,
    );
    expect(rows[0]!.text).not.toContain(secret.slice("whsec_".length));
    const raw = Buffer.from(secret.slice("whsec_".length), "base64").toString("hex");
    expect(rows[0]!.text).not.toContain(raw);
    expect(rows[0]!.text).toContain('{""to"": ""***"", ""from"": null, ""field"": ""secret""}');
  });

  it.each([
    ["INVALID url", { url: "" }],
    ["INVALID url", { url: "http://receiver.invalid" }],
    ["INVALID url", { url: "https://user:secret@receiver.invalid" }],
    ["INVALID url", { url: "https://127.0.0.1/" }],
    ["INVALID url", { url: "https://localhost/" }],
    ["INVALID url", { url: "https://[::ffff:10.0.0.1]/" }],
    ["INVALID url", { url: "https://169.254.169.254/latest/meta-data" }],
    ["INVALID url", { url: `https://receiver.invalid/${"x".repeat(2_000)}` }],
    ["TOO_LONG description", { description: "x".repeat(501) }],
    ["OUT_OF_RANGE batchSize", { batchSize: 0 }],
    ["OUT_OF_RANGE batchSize", { batchSize: 101 }],
    ["REQUIRED dataSelection", { dataSelection: " " }],
    ["TOO_LONG dataSelection", { dataSelection: "id ".repeat(4_000) }],
    ["INVALID dataSelection", { dataSelection: "name" }],
  ])("is refused, when it is created or updated: %s", async (refusal, input) => {
    expect(await refusals(createEndpoint(server, merchant.token, input))).toEqual([refusal]);
    const { id, secret: _, ...created } = await endpoint();
    expect(await refusals(update(id, input))).toEqual([refusal]);
    expect(await find(id)).toEqual({ id, ...created });
  });

  it("reports every value that is refused", async () => {
    const input = { url: "ftp://receiver.invalid", batchSize: -1, dataSelection: "{ a b }" };
    expect(await refusals(createEndpoint(server, merchant.token, input))).toEqual([
      "INVALID url",
      "OUT_OF_RANGE batchSize",
      "INVALID dataSelection",
    ]);
  });

  it(`is one of at most ${String(MAX)} of a merchant, however many are created at once`, async () => {
    const outcomes = await Promise.all(
      Array.from({ length: MAX + 5 }, () => createEndpoint(server, merchant.token)),
    );
    const created = outcomes.flatMap(({ webhookEndpoint }) => webhookEndpoint ?? []);
    expect(created).toHaveLength(MAX);
    expect(outcomes.flatMap(({ userErrors }) => userErrors)).toHaveLength(5);
    expect(await refusals(createEndpoint(server, merchant.token))).toEqual(["INVALID "]);
    await deleteEndpoint(server, merchant.token, created[0]!.id);
    await endpoint();
  });

  it("is refused by a server without a key, with the variable to set", async () => {
    const keyless = await TestServer.start({ secretKeys: [] });
    try {
      const { token } = await keyless.createMerchant();
      const { userErrors } = await createEndpoint(keyless, token);
      expect(userErrors).toMatchObject([
        {
          code: "INVALID",
          field: [],
          message: expect.stringContaining("PROVIDER_SECRET_KEYS") as string,
        },
      ]);
    } finally {
      await keyless.stop();
    }
  });
});

describe("a server that executes only persisted documents", () => {
  it("refuses a selection, and gives each type its default", async () => {
    const create = `mutation ($input: CreateWebhookEndpointInput!) {
      createWebhookEndpoint(input: $input) { webhookEndpoint { id dataSelection } userErrors { code field message } }
    }`;
    const change = `mutation ($id: ID!, $input: UpdateWebhookEndpointInput!) {
      updateWebhookEndpoint(id: $id, input: $input) { webhookEndpoint { id dataSelection } userErrors { code field message } }
    }`;
    const folder = mkdtempSync(join(tmpdir(), "persisted-"));
    writeFileSync(join(folder, "create.graphql"), create);
    writeFileSync(join(folder, "change.graphql"), change);
    const persistedDocuments = PersistedDocuments.read(folder);
    const strict = await TestServer.start({ persistedDocuments, persistedOnly: true });
    const { token } = await strict.createMerchant();
    const refusal = [
      {
        code: "INVALID",
        field: ["dataSelection"],
        message: expect.stringContaining("only its persisted documents") as string,
      },
    ];
    const send = async (document: string, variables: object): Promise<Persisted> =>
      Object.values(
        await strict.ask<Record<string, Persisted>>(token, document, { ...variables }),
      )[0]!;
    const input = { url: RECEIVER_URL, dataSelection: "id" };
    expect((await send(create, { input })).userErrors).toEqual(refusal);
    const { webhookEndpoint } = await send(create, { input: { ...input, dataSelection: null } });
    const { id } = webhookEndpoint!;
    expect(webhookEndpoint).toEqual({ id, dataSelection: null });
    expect((await send(change, { id, input })).userErrors).toEqual(refusal);
    const types = ["ORDER_CREATED"];
    expect((await send(change, { id, input: { types } })).webhookEndpoint).toMatchObject({ id });
    await strict.stop();
    rmSync(folder, { recursive: true });
  });
});

interface Persisted {
  webhookEndpoint: { id: string; dataSelection: string | null } | null;
  userErrors: object[];
}

describe("updating a webhook endpoint", () => {
  it("changes what is given and clears what is null", async () => {
    const before = await endpoint({
      description: "Shop",
      dataSelection: "id",
      types: ["ORDER_CREATED"],
    });
    const cleared = { description: null, dataSelection: null, types: null };
    const { webhookEndpoint } = await update(before.id, { ...cleared, batchSize: 7 });
    const { secret: _, ...kept } = before;
    expect(webhookEndpoint).toEqual({
      ...kept,
      description: null,
      dataSelection: null,
      types: [],
      batchSize: 7,
      updatedAt: TIMESTAMP,
    });
    expect(webhookEndpoint!.updatedAt > before.updatedAt).toBe(true);
  });

  it("refuses null for what an endpoint always has", async () => {
    const { id } = await endpoint();
    const input = { url: null, batchSize: null, isEnabled: null };
    expect(await refusals(update(id, input))).toEqual([
      "REQUIRED url",
      "REQUIRED isEnabled",
      "REQUIRED batchSize",
    ]);
  });

  it("disables and enables it, and keeps its place among the events", async () => {
    const { id } = await endpoint();
    const placeOf = async () =>
      (
        await server.database.pool.query<Record<string, unknown>>(
          "select after_position, after_sequence, after_id from webhook_endpoints where id = $1",
          [id],
        )
      ).rows;
    const place = await placeOf();
    const disabled = await update(id, { isEnabled: false });
    expect(disabled.webhookEndpoint).toMatchObject({ isEnabled: false, disabledReason: null });
    const enabled = await update(id, { isEnabled: true });
    expect(enabled.webhookEndpoint).toMatchObject({ isEnabled: true, disabledReason: null });
    expect(await placeOf()).toEqual(place);
  });

  it.each([
    ["enabled again", { isEnabled: true }],
    ["given another URL and enabled", { url: "https://other.invalid", isEnabled: true }],
  ])("forgets its failures when it is %s, and sends what is pending at once", async (_, input) => {
    const { id } = await endpoint();
    await setState(
      id,
      "is_enabled = false, disabled_reason = 'FAILING', failing_since = now() - interval '3 days'",
    );
    const later = new Date(Date.now() + 3_600_000);
    const failed = { attempts: 8, message_id: newId(), next_attempt_at: later };
    await deliver(id, failed);
    await deliver(id, { ...failed, next_attempt_at: null, position: 2 });
    await deliver(id, { status: "FAILED", attempts: 10, message_id: newId(), position: 3 });
    const { webhookEndpoint } = await update(id, input);
    expect(webhookEndpoint).toMatchObject({
      isEnabled: true,
      disabledReason: null,
      failingSince: null,
    });
    const deliveries = await listDeliveries(server, merchant.token);
    expect(deliveries.map(({ status, attempts }) => [status, attempts])).toEqual([
      ["PENDING", 0],
      ["PENDING", 0],
      ["FAILED", 10],
    ]);
    expect(new Date(deliveries[0]!.nextAttemptAt!) <= new Date()).toBe(true);
    expect(deliveries[1]!.nextAttemptAt).toBeNull();
  });

  it("leaves retries as they are for every other change", async () => {
    const { id } = await endpoint();
    await setState(id, "failing_since = now()");
    const later = new Date(Date.now() + 3_600_000);
    await deliver(id, { attempts: 3, message_id: newId(), next_attempt_at: later });
    await update(id, { isEnabled: true, description: "Shop", url: RECEIVER_URL });
    expect(await listDeliveries(server, merchant.token)).toMatchObject([
      { attempts: 3, nextAttemptAt: later.toISOString().replace("Z", "000Z") },
    ]);
    expect((await find(id))!.failingSince).not.toBeNull();
  });
});

describe("rotating a webhook secret", () => {
  it("keeps the previous secret valid for 24 hours", async () => {
    const { id, secret: previous } = await endpoint();
    const { secret, webhookEndpoint } = await rotateSecret(server, merchant.token, id);
    expect(secret).not.toBe(previous);
    expect(await secretsOf(id)).toEqual([secret, previous]);
    expect(await secretsOf(id, 23.9)).toEqual([secret, previous]);
    expect(await secretsOf(id, 24)).toEqual([secret]);
    const hours =
      Date.parse(webhookEndpoint!.previousSecretExpiresAt!) -
      Date.parse(webhookEndpoint!.updatedAt);
    expect(hours).toBe(24 * 3_600_000);
  });

  it("keeps only the last two secrets", async () => {
    const { id, secret: first } = await endpoint();
    const second = (await rotateSecret(server, merchant.token, id)).secret;
    const third = (await rotateSecret(server, merchant.token, id)).secret;
    expect(new Set([first, second, third]).size).toBe(3);
    expect(await secretsOf(id)).toEqual([third, second]);
  });

  it("makes secrets that the library of Standard Webhooks accepts", async () => {
    const { secret } = await endpoint();
    const webhook = new Webhook(secret);
    const [id, at, body] = [newId(), new Date(), '{"type":"order.created"}'];
    const headers = {
      "webhook-id": id,
      "webhook-timestamp": String(Math.floor(at.getTime() / 1_000)),
      "webhook-signature": webhook.sign(id, at, body),
    };
    expect(webhook.verify(body, headers)).toEqual({ type: "order.created" });
  });
});

describe("deleting a webhook endpoint", () => {
  it("cancels what is pending, and keeps its deliveries", async () => {
    const { id, secret: _, ...created } = await endpoint();
    const other = await endpoint();
    await deliver(id, { leased_until: new Date(Date.now() + 60_000) });
    await deliver(id, { next_attempt_at: null });
    await deliver(id, { status: "DELIVERED", response_status: 204 });
    await deliver(other.id);
    const deleted = await deleteEndpoint(server, merchant.token, id);
    expect(deleted).toEqual({ webhookEndpoint: { id, ...created }, userErrors: [] });
    expect(await find(id)).toBeNull();
    const deliveries = await listDeliveries(server, merchant.token);
    expect(deliveries.map(({ status, endpoint: of }) => [status, of?.id ?? null])).toEqual([
      ["CANCELED", null],
      ["CANCELED", null],
      ["DELIVERED", null],
      ["PENDING", other.id],
    ]);
    expect(deliveries.slice(0, 3).map(({ nextAttemptAt }) => nextAttemptAt)).toEqual([
      null,
      null,
      null,
    ]);
  });
});

describe("a test of a webhook endpoint", () => {
  it("is an event of the endpoint", async () => {
    const { id } = await endpoint();
    const { eventId, webhookEndpoint } = await sendTestEvent(server, merchant.token, id);
    expect(webhookEndpoint!.lastTestedAt).toBe(webhookEndpoint!.updatedAt);
    await sendTestEvent(server, merchant.token, id);
    const { nodes } = await eventsPage(server, merchant.token);
    expect(nodes).toMatchObject([
      {
        id: eventId,
        type: "WEBHOOK_ENDPOINT_TESTED",
        sequence: 1,
        subject: { type: "WEBHOOK_ENDPOINT", id },
        data: { __typename: "WebhookEndpoint", id },
      },
      { type: "WEBHOOK_ENDPOINT_TESTED", sequence: 2 },
    ]);
  });

  it("is refused while the endpoint is disabled", async () => {
    const { id } = await endpoint();
    await update(id, { isEnabled: false });
    const outcome = sendTestEvent(server, merchant.token, id);
    expect(await refusals(outcome)).toEqual(["INVALID webhookEndpointId"]);
    expect((await find(id))!.lastTestedAt).toBeNull();
  });
});

describe("webhook deliveries", () => {
  it("are listed, filtered, summed and grouped", async () => {
    const [one, two] = [await endpoint(), await endpoint()];
    const answer = { attempts: 1, message_id: newId(), duration_ms: 40 };
    await deliver(one.id, { ...answer, status: "DELIVERED", response_status: 200 });
    await deliver(one.id, {
      ...answer,
      status: "FAILED",
      attempts: 10,
      response_status: 500,
      response_body: "Oops",
      error: "The receiver answered 500.",
      duration_ms: 20,
    });
    await deliver(two.id, { event_type: "ORDER_CREATED" });
    const data = await server.ask<Record<string, unknown>>(
      merchant.token,
      `query ($one: ID!) {
        failed: webhookDeliveries(filter: { status: { eq: [FAILED] }, responseStatus: { gte: 500 } }) {
          nodes { eventType responseStatus responseBody error attempts durationMs endpoint { id } event { id } }
        }
        all: webhookDeliveries {
          totalCount
          aggregate { avg { durationMs } max { attempts } }
          groupBy(keys: [ENDPOINT, STATUS]) { key { endpoint { id } status } aggregate { count } }
        }
        webhookEndpoint(id: $one) {
          deliveries(filter: { eventType: { eq: [CUSTOMER_CREATED] } }) { totalCount }
        }
        webhookEndpoints(sort: [{ field: CREATED_AT }]) { nodes { id deliveries { totalCount } } }
      }`,
      { one: one.id },
    );
    expect(data).toEqual({
      failed: {
        nodes: [
          {
            eventType: "CUSTOMER_CREATED",
            responseStatus: 500,
            responseBody: "Oops",
            error: "The receiver answered 500.",
            attempts: 10,
            durationMs: 20,
            endpoint: { id: one.id },
            event: null,
          },
        ],
      },
      all: {
        totalCount: 3,
        aggregate: { avg: { durationMs: "20.0000" }, max: { attempts: 10 } },
        groupBy: [
          { key: { endpoint: { id: one.id }, status: "DELIVERED" }, aggregate: { count: 1 } },
          { key: { endpoint: { id: one.id }, status: "FAILED" }, aggregate: { count: 1 } },
          { key: { endpoint: { id: two.id }, status: "PENDING" }, aggregate: { count: 1 } },
        ],
      },
      webhookEndpoint: { deliveries: { totalCount: 2 } },
      webhookEndpoints: {
        nodes: [
          { id: one.id, deliveries: { totalCount: 2 } },
          { id: two.id, deliveries: { totalCount: 1 } },
        ],
      },
    });
  });

  it("have their event, for a token that may read it", async () => {
    const { id } = await endpoint();
    const { eventId } = await sendTestEvent(server, merchant.token, id);
    await deliver(id, { event_id: invertLastDigit(eventId!) });
    const query = "{ webhookDeliveries(first: 1) { nodes { event { id type } } } }";
    const readBy = (token: string) =>
      server.ask<{ webhookDeliveries: { nodes: unknown[] } }>(token, query);
    expect((await readBy(merchant.token)).webhookDeliveries.nodes).toEqual([
      { event: { id: eventId, type: "WEBHOOK_ENDPOINT_TESTED" } },
    ]);
    const scopes = ["WEBHOOKS_WRITE"] as const;
    const token = await server.createToken({ merchantId: merchant.id, scopes });
    expect((await readBy(token)).webhookDeliveries.nodes).toEqual([
      { event: { id: eventId, type: "WEBHOOK_ENDPOINT_TESTED" } },
    ]);
  });
});

describe("another merchant's webhooks", () => {
  it("do not exist for a merchant", async () => {
    const other = await server.createMerchant();
    const { id } = await newEndpoint(server, other.token);
    await storeDelivery(server, other, id);
    expect(await find(id)).toBeNull();
    expect(await listDeliveries(server, merchant.token)).toEqual([]);
    const { webhookEndpoints, node } = await server.ask<{
      webhookEndpoints: { nodes: unknown[] };
      node: unknown;
    }>(
      merchant.token,
      "query ($id: ID!) { webhookEndpoints { nodes { id } } node(id: $id) { id } }",
      {
        id,
      },
    );
    expect([webhookEndpoints.nodes, node]).toEqual([[], null]);
  });

  it.each([
    ["updateWebhookEndpoint(id: $id, input: {})"],
    ["deleteWebhookEndpoint(id: $id)"],
    ["rotateWebhookSecret(id: $id)"],
    ["sendTestEvent(webhookEndpointId: $id)"],
    ["redeliverWebhooks(input: { webhookEndpointId: $id, deliveries: {} })"],
  ])("are NOT_FOUND, like those that do not exist: %s", async (mutation) => {
    const other = await server.createMerchant();
    const { id, secret: _, ...created } = await newEndpoint(server, other.token);
    for (const unknown of [id, newId(), "no id"]) {
      const document = `mutation ($id: ID!) { ${mutation} { userErrors { code } } }`;
      const { status, errors } = await server.send(merchant.token, document, { id: unknown });
      expect([status, errors?.[0]?.extensions.code]).toEqual([404, "NOT_FOUND"]);
    }
    expect(await findEndpoint(server, other.token, id)).toEqual({ id, ...created });
  });
});
