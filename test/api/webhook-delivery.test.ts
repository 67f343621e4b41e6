import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { newId } from "../../src/shared/uuid.js";
import { DeliveryQueueStore } from "../../src/webhooks/delivery/delivery-queue.store.js";
import { DeliveryRetention } from "../../src/webhooks/delivery/delivery-retention.service.js";
import { QueueEndpointStore } from "../../src/webhooks/delivery/queue-endpoint.store.js";
import { WebhookSweepStore } from "../../src/webhooks/delivery/webhook-sweep.store.js";
import { Metrics } from "../../src/observability/metrics/metrics.js";
import { createTestDatabase, openTestDatabase } from "../support/database.js";
import { Gate } from "../support/gate.js";
import { seriesIn } from "../support/metrics.js";
import * as payments from "../support/payments.js";
import { accepted } from "../support/payments.js";
import { charge, chargePockets } from "../support/pockets.js";
import { type TestMerchant, TestServer, newSecretKey } from "../support/server.js";
import { POLL } from "../support/wait-timeout.js";
import {
  ACCEPT,
  type Reaction,
  type ReceivedWebhook,
  type ReceiverOptions,
  WebhookReceiver,
  verified,
} from "../support/webhook-receiver.js";
import {
  type WebhookDelivery,
  findEndpoint,
  listDeliveries,
  newEndpoint,
  redeliver,
  rotateSecret,
  sendTestEvent,
  storeDelivery,
  updateEndpoint,
} from "../support/webhooks.js";

const ATTEMPTS = "pocketcharge_webhook_attempt_duration_seconds_count";
const DAY_MS = 86_400_000;
const NETWORKS = ["127.0.0.1/32"];
const SECRET_KEYS = [newSecretKey("test")];
const FAST = {
  timeoutMs: 4_000,
  pollMs: 20,
  retryDelaysMs: Array.from({ length: 1_000 }, () => 20),
};

let server: TestServer;
let merchant: TestMerchant;
const receivers: WebhookReceiver[] = [];

beforeAll(async () => {
  server = await startServer();
});

afterAll(() => server.stop());

beforeEach(async () => {
  merchant = await server.createMerchant();
});

afterEach(async () => {
  await server.database.pool.query("update webhook_endpoints set is_enabled = false");
  await Promise.all(receivers.splice(0).map((receiver) => receiver.stop()));
});

function startServer(options: Parameters<typeof TestServer.start>[0] = {}): Promise<TestServer> {
  return TestServer.start({
    webhookAllowedNetworks: NETWORKS,
    webhookDelivery: FAST,
    secretKeys: SECRET_KEYS,
    ...options,
  });
}

async function startReceiver(react?: ReceiverOptions["react"]): Promise<WebhookReceiver> {
  const receiver = await WebhookReceiver.start(react ? { react } : {});
  receivers.push(receiver);
  return receiver;
}

/** A receiver, and an endpoint that sends to it. */
async function connect(input: Record<string, unknown> = {}, react?: ReceiverOptions["react"]) {
  const receiver = await startReceiver(react);
  const endpoint = await newEndpoint(server, merchant.token, { url: receiver.url, ...input });
  return { receiver, endpoint };
}

const customer = (name = "A customer"): Promise<payments.Customer> =>
  accepted(payments.createCustomer(server, merchant.token, { name }));
const rename = (id: string, name: string): Promise<payments.Customer> =>
  accepted(payments.updateCustomer(server, merchant.token, id, { name }));

async function until<T>(look: () => Promise<T> | T, isReached: (value: T) => boolean): Promise<T> {
  return await expect
    .poll(look, POLL)
    .toSatisfy(isReached)
    .then(() => look());
}

const receivedBy = (receiver: WebhookReceiver, count: number): Promise<ReceivedWebhook[]> =>
  until(
    () => receiver.received,
    ({ length }) => length >= count,
  );

/** All deliveries of the endpoint once each has ended. */
const endedDeliveries = (endpointId: string, count: number): Promise<WebhookDelivery[]> =>
  until(
    () => listDeliveries(server, merchant.token, { endpointId: { eq: [endpointId] } }),
    (all) => all.length >= count && all.every(({ status }) => status !== "PENDING"),
  );

interface Content {
  type: string;
  timestamp: string;
  data: Record<string, unknown> & { sequence: number; subject: { id: string } };
}
const bodyOf = ({ body }: ReceivedWebhook): Content => JSON.parse(body) as Content;

describe("a webhook", () => {
  it("is signed, and contains the record of the event", async () => {
    const { receiver, endpoint } = await connect();
    const { id } = await customer("Sara");

    const [received] = await receivedBy(receiver, 1);
    expect(verified(endpoint.secret, received!)).toEqual({
      type: "customer.created",
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/) as string,
      data: {
        id: received!.id,
        sequence: 1,
        previousSequence: null,
        subject: { type: "CUSTOMER", id },
        customer: expect.objectContaining({ id, name: "Sara" }) as object,
      },
    });
    const [delivery] = await endedDeliveries(endpoint.id, 1);
    expect(delivery).toMatchObject({
      eventId: received!.id,
      messageId: received!.id,
      status: "DELIVERED",
      attempts: 1,
      responseStatus: 204,
      error: null,
      nextAttemptAt: null,
    });
    expect(await findEndpoint(server, merchant.token, endpoint.id)).toMatchObject({
      failingSince: null,
    });
  });

  it("reports what happened to pockets", async () => {
    const { receiver } = await connect();
    const pocketGroupSlug = await server.createGroup({}, merchant);
    await chargePockets(server, merchant.token, pocketGroupSlug, [charge({ amount: 1_000 })]);
    const [received] = await receivedBy(receiver, 1);
    expect(bodyOf(received!)).toMatchObject({
      type: "pocket.charged",
      data: { sequence: 1, pocketEntry: { amount: 1_000, balanceAfter: 1_000 } },
    });
  });

  it("is sent only for the types of the endpoint", async () => {
    const { receiver, endpoint } = await connect({ types: ["CUSTOMER_UPDATED"] });
    const { id } = await customer();
    await rename(id, "Another name");
    await endedDeliveries(endpoint.id, 1);
    expect(receiver.received.map((one) => bodyOf(one).type)).toEqual(["customer.updated"]);
  });

  it("contains what the endpoint selects", async () => {
    const dataSelection = "type data { ... on Customer { name } }";
    const { receiver } = await connect({ dataSelection });
    await customer("Sara");
    const [received] = await receivedBy(receiver, 1);
    expect(bodyOf(received!).data).toEqual({ type: "CUSTOMER_CREATED", data: { name: "Sara" } });
  });

  it("contains a batch of events, if the endpoint asks for it", async () => {
    // The first message holds back the others, until all of them have been made.
    const gate = new Gate();
    const { receiver, endpoint } = await connect({ batchSize: 10 }, (_, count) =>
      count === 1 ? { status: 500, after: gate.pass() } : ACCEPT,
    );
    const { id } = await customer();
    for (const name of ["b", "c", "d", "e"]) await rename(id, name);
    await receivedBy(receiver, 1);
    gate.open();
    await endedDeliveries(endpoint.id, 5);
    const contents = receiver.accepted.map(
      (one) => verified(endpoint.secret, one) as { type: string; data: Content[] },
    );
    expect(contents.every(({ type }) => type === "batch")).toBe(true);
    const sequences = contents.flatMap(({ data }) => data.map((one) => one.data.sequence));
    expect(sequences).toEqual([1, 2, 3, 4, 5]);
    expect(receiver.accepted.length).toBeLessThan(5);
  });

  it("is signed with both secrets while they rotate", async () => {
    const { receiver, endpoint } = await connect();
    const { secret } = await rotateSecret(server, merchant.token, endpoint.id);
    await customer();
    const [received] = await receivedBy(receiver, 1);
    for (const one of [endpoint.secret, secret!])
      expect(verified(one, received!)).toHaveProperty("type", "customer.created");
  });

  it("tests an endpoint, and only that one", async () => {
    const tested = await connect({ types: ["ORDER_CREATED"] });
    const other = await connect();
    const { eventId } = await sendTestEvent(server, merchant.token, tested.endpoint.id);
    const [received] = await receivedBy(tested.receiver, 1);
    expect(received).toMatchObject({ id: eventId });
    expect(bodyOf(received!).type).toBe("webhook_endpoint.tested");
    await customer();
    await receivedBy(other.receiver, 1);
    expect(other.receiver.received.map((one) => bodyOf(one).type)).toEqual(["customer.created"]);
  });

  it("does not go to other merchants", async () => {
    const { receiver } = await connect();
    const other = await server.createMerchant();
    await accepted(payments.createCustomer(server, other.token, { name: "Not mine" }));
    const { id } = await customer();
    await receivedBy(receiver, 1);
    expect(receiver.received.map((one) => bodyOf(one).data.subject.id)).toEqual([id]);
  });
});

describe("a receiver that fails", () => {
  it.each<[string, Reaction]>([
    ["answers 500", { status: 500, body: "broken" }],
    ["answers 404", { status: 404 }],
    ["redirects", { status: 302, headers: { location: "http://127.0.0.1:1/" } }],
    ["hangs", "HANG"],
    ["closes the connection", "BREAK"],
  ])(
    "(%s) gets the same message again, before later events of its subject",
    async (_, reaction) => {
      const { receiver, endpoint } = await connect({}, (_, count) =>
        count <= 2 ? reaction : ACCEPT,
      );
      const { id } = await customer("a");
      await receivedBy(receiver, 1);
      await rename(id, "b");
      const deliveries = await endedDeliveries(endpoint.id, 2);
      expect(deliveries.map(({ attempts }) => attempts)).toEqual([3, 1]);
      const [first, second] = deliveries.map(({ eventId }) => eventId);
      expect(receiver.received.map((one) => one.id)).toEqual([first, first, first, second]);
      expect(bodyOf(receiver.received[3]!).data.sequence).toBe(2);
    },
  );

  it("delays other subjects only until its next answer", async () => {
    const stuck = await customer("stuck");
    const { receiver } = await connect({}, ({ body }) =>
      body.includes(stuck.id) ? { status: 500 } : ACCEPT,
    );
    await rename(stuck.id, "still stuck");
    await receivedBy(receiver, 1);
    const others = [await customer(), await customer()];
    await until(
      () => receiver.accepted,
      ({ length }) => length >= 2,
    );
    expect(receiver.accepted.map((one) => bodyOf(one).data.subject.id)).toEqual(
      others.map(({ id }) => id),
    );
  });

  it("is asked again when it wants to be", async () => {
    const headers = { "retry-after": "3600" };
    const { receiver, endpoint } = await connect({}, () => ({
      status: 503,
      headers,
      body: "busy",
    }));
    await customer();
    const [delivery] = await until(
      () => listDeliveries(server, merchant.token, { endpointId: { eq: [endpoint.id] } }),
      ([first]) => first?.responseStatus === 503,
    );
    expect(delivery).toMatchObject({
      status: "PENDING",
      attempts: 1,
      responseBody: "busy",
      error: "The receiver answered 503.",
    });
    const waitMs = Date.parse(delivery!.nextAttemptAt!) - Date.now();
    expect(waitMs).toBeGreaterThan(3_590_000);
    expect(receiver.received).toHaveLength(1);
  });

  it("is disabled by 410, which is an event, and goes on when it is enabled again", async () => {
    const watching = await connect({ types: ["WEBHOOK_ENDPOINT_DISABLED"] });
    let isGone = true;
    const { receiver, endpoint } = await connect(
      { types: ["CUSTOMER_CREATED", "CUSTOMER_UPDATED"] },
      () => (isGone ? { status: 410 } : ACCEPT),
    );
    const { id } = await customer("a");
    const [reported] = await receivedBy(watching.receiver, 1);
    expect(bodyOf(reported!)).toMatchObject({
      type: "webhook_endpoint.disabled",
      data: { webhookEndpoint: { id: endpoint.id, isEnabled: false, disabledReason: "GONE" } },
    });
    await rename(id, "b");
    isGone = false;
    await updateEndpoint(server, merchant.token, endpoint.id, { isEnabled: true });
    await endedDeliveries(endpoint.id, 2);
    expect(receiver.accepted.map((one) => bodyOf(one).data.sequence)).toEqual([1, 2]);
    expect(receiver.received).toHaveLength(3);
  });

  it("is disabled after three days without success", async () => {
    const { endpoint } = await connect({}, () => ({ status: 500 }));
    const find = () => findEndpoint(server, merchant.token, endpoint.id);
    await customer();
    await until(find, (found) => found?.failingSince !== null);
    await server.database.pool.query(
      "update webhook_endpoints set failing_since = failing_since - interval '72 hours' where id = $1",
      [endpoint.id],
    );
    expect(await until(find, (found) => found?.isEnabled === false)).toMatchObject({
      disabledReason: "FAILING",
    });
  });

  it("that is slow has a bounded number of requests, and delays no other", async () => {
    const slow = await connect({}, () => "HANG");
    const quick = await connect();
    for (let count = 0; count < 20; count++) await customer();
    await receivedBy(quick.receiver, 20);
    await receivedBy(slow.receiver, 4);
    expect(slow.receiver.mostUnderWay).toBeLessThanOrEqual(4);
  });
});

describe("several servers", () => {
  it("send each message once, and at most four at a time", async () => {
    const second = await startServer({ database: openTestDatabase(server.database.url) });
    const { receiver, endpoint } = await connect({}, () => ({ status: 200, afterMs: 30 }));
    for (let count = 0; count < 30; count++) await customer();
    await endedDeliveries(endpoint.id, 30);
    expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(30);
    expect(receiver.received).toHaveLength(30);
    expect(receiver.mostUnderWay).toBeLessThanOrEqual(4);
    await second.stop();
  });

  it("repeat the message of one that dies between the answer and its bookkeeping", async () => {
    const dying = await startServer();
    const { token } = await dying.createMerchant();
    let death: Promise<void> | undefined;
    const receiver = await startReceiver(() => {
      death ??= dying.database.close();
      return ACCEPT;
    });
    await newEndpoint(dying, token, { url: receiver.url });
    await accepted(payments.createCustomer(dying, token, { name: "A customer" }));
    await receivedBy(receiver, 1);
    await death;

    const next = await startServer({ database: openTestDatabase(dying.database.url) });
    await next.database.pool.query("update webhook_deliveries set leased_until = now()");
    const [delivery] = await until(
      () => listDeliveries(next, token),
      ([first]) => first?.status === "DELIVERED",
    );
    expect(delivery).toMatchObject({ attempts: 2 });
    const { messageId } = delivery!;
    expect(receiver.received.map(({ id }) => id)).toEqual([messageId, messageId]);
    await next.stop();
    await dying.app.close();
  });
});

describe("a server that stops", () => {
  it("waits for the webhooks that are under way, and begins no others", async () => {
    const stopping = await startServer({ webhookDelivery: { ...FAST, timeoutMs: 60_000 } });
    const { token } = await stopping.createMerchant();
    const gate = new Gate();
    const receiver = await startReceiver(() => ({ status: 200, after: gate.pass() }));
    await newEndpoint(stopping, token, { url: receiver.url });
    for (let count = 0; count < 6; count++)
      await accepted(payments.createCustomer(stopping, token, { name: "A customer" }));
    await receivedBy(receiver, 4);
    const closed = stopping.app.close();
    for (let count = 0; count < 4; count++) gate.open();
    await closed;
    const { rows } = await stopping.database.pool.query<{ status: string }>(
      "select status from webhook_deliveries where attempts > 0",
    );
    expect(rows.map(({ status }) => status)).toEqual(receiver.received.map(() => "DELIVERED"));
    expect(receiver.received).toHaveLength(4);
    await stopping.stop();
  });
});

describe("old deliveries", () => {
  const removeOld = (): Promise<void> =>
    new DeliveryRetention(
      server.database,
      new WebhookSweepStore(server.database),
      new QueueEndpointStore(),
      new DeliveryQueueStore(),
      DAY_MS,
    ).removeOld();

  it("are removed after the retention, except pending ones of an enabled endpoint", async () => {
    const { endpoint } = await connect({ types: ["ORDER_CREATED"] });
    const createdAt = new Date(Date.now() - 2 * DAY_MS);
    const store = (values: Record<string, unknown>): Promise<string> =>
      storeDelivery(server, merchant, endpoint.id, values);
    await store({ status: "FAILED", created_at: createdAt });
    const kept = [
      await store({ status: "FAILED" }),
      await store({ created_at: createdAt, next_attempt_at: new Date(Date.now() + DAY_MS) }),
    ];
    await removeOld();
    const left = await listDeliveries(server, merchant.token, {
      endpointId: { eq: [endpoint.id] },
    });
    expect(left.map(({ id }) => id).toSorted()).toEqual(kept.toSorted());
  });

  it("are removed also if they are pending for a disabled endpoint, and later ones of their subjects are due", async () => {
    const { endpoint } = await connect({ types: ["ORDER_CREATED"] });
    await updateEndpoint(server, merchant.token, endpoint.id, { isEnabled: false });
    const [subject, other] = [newId(), newId()];
    const old = { created_at: new Date(Date.now() - 2 * DAY_MS) };
    const store = (position: number, values: Record<string, unknown>): Promise<string> =>
      storeDelivery(server, merchant, endpoint.id, { position, ...values });
    await store(1, { ...old, subject_id: subject });
    await store(2, { ...old, subject_id: subject, next_attempt_at: null });
    await store(3, { ...old, subject_id: other });
    const kept = [
      await store(4, { subject_id: subject, next_attempt_at: null }),
      await store(5, { subject_id: subject, next_attempt_at: null }),
      await store(6, { ...old, leased_until: new Date(Date.now() + DAY_MS) }),
    ];
    await removeOld();
    const left = await listDeliveries(server, merchant.token, {
      endpointId: { eq: [endpoint.id] },
    });
    const byId = new Map(left.map(({ id, nextAttemptAt }) => [id, nextAttemptAt !== null]));
    expect(kept.map((id) => byId.get(id))).toEqual([true, false, true]);
    expect(left).toHaveLength(kept.length);
  });
});

describe("the metrics", () => {
  it("count attempts by result, and measure how long events wait", async () => {
    const database = await createTestDatabase();
    const metrics = new Metrics(database.pool);
    const served = { counted: metrics, text: () => metrics.text() };
    const measured = await startServer({ database, metrics: served });
    const { token } = await measured.createMerchant();
    const receiver = await startReceiver((_, count) => (count === 1 ? { status: 500 } : ACCEPT));
    await newEndpoint(measured, token, { url: receiver.url });
    await accepted(payments.createCustomer(measured, token, { name: "A customer" }));
    const series = await until(
      async () => seriesIn(await metrics.text()),
      (found) => found.get(`${ATTEMPTS}{result="delivered"}`) === 1,
    );
    expect(series.get(`${ATTEMPTS}{result="refused"}`)).toBe(1);
    expect(series.get(`${ATTEMPTS}{result="unreachable"}`)).toBe(0);
    expect(series.get('pocketcharge_webhook_oldest_pending_seconds{receiver="working"}')).toBe(0);
    await measured.stop();
  });
});

describe("sending again", () => {
  it("repeats what was delivered, with the same webhook-id", async () => {
    const { receiver, endpoint } = await connect();
    await customer();
    const [{ id, eventId } = { id: "", eventId: "" }] = await endedDeliveries(endpoint.id, 1);
    const deliveries = { id: { eq: [id] } };
    await redeliver(server, merchant.token, { webhookEndpointId: endpoint.id, deliveries });
    await receivedBy(receiver, 2);
    expect(receiver.received.map((one) => one.id)).toEqual([eventId, eventId]);
  });
});
