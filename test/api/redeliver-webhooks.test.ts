import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { invertLastDigit, newId } from "../../src/shared/uuid.js";
import { eventsPage } from "../support/events.js";
import { accepted, createCustomer, createOrder } from "../support/payments.js";
import { type TestMerchant, TestServer } from "../support/server.js";
import {
  REDELIVER,
  type RedeliveryOutcome,
  type WebhookDelivery,
  findEndpoint,
  listDeliveries,
  newEndpoint,
  redeliver,
  sendTestEvent,
  storeDelivery,
  updateEndpoint,
} from "../support/webhooks.js";

/** The maximum number of events of one request. */
const MAX = 1_000;

let server: TestServer;
let merchant: TestMerchant;
let endpointId: string;

beforeAll(async () => {
  server = await TestServer.start();
});
beforeEach(async () => {
  merchant = await server.createMerchant();
  endpointId = (await newEndpoint(server, merchant.token)).id;
});

afterAll(() => server.stop());

const deliver = (stored = {}) => storeDelivery(server, merchant, endpointId, stored);
const send = (input: object): Promise<RedeliveryOutcome> =>
  redeliver(server, merchant.token, { webhookEndpointId: endpointId, ...input });
const list = (): Promise<WebhookDelivery[]> => listDeliveries(server, merchant.token);

/** Moves the queues of all endpoints behind the events so far, as the dispatcher does. */
async function passEvents(): Promise<void> {
  await server.database.pool.query(
    "update webhook_endpoints set after_position = event_position() where merchant_id = $1",
    [merchant.id],
  );
}

const FAILED = {
  status: "FAILED",
  attempts: 10,
  message_id: newId(),
  response_status: 500,
  response_body: "Oops",
  error: "The receiver answered 500.",
  duration_ms: 20,
};
const LATER = new Date(Date.now() + 3_600_000);
const isDue = ({ nextAttemptAt }: WebhookDelivery): boolean =>
  nextAttemptAt !== null && new Date(nextAttemptAt) <= new Date();

describe("redelivering deliveries", () => {
  it("sends those again that match, as if for the first time", async () => {
    await deliver(FAILED);
    await deliver({ ...FAILED, status: "DELIVERED", response_status: 200, error: null });
    const outcome = await send({ deliveries: { status: { eq: ["FAILED"] } } });
    expect(outcome).toMatchObject({ count: 1, nextAfter: null, userErrors: [] });
    const { lastRedeliveryAt, updatedAt } = outcome.webhookEndpoint!;
    expect(lastRedeliveryAt).toBe(updatedAt);
    const [again, kept] = await list();
    expect(again).toMatchObject({
      status: "PENDING",
      attempts: 0,
      messageId: null,
      responseStatus: null,
      responseBody: null,
      error: null,
      durationMs: null,
    });
    expect(isDue(again!)).toBe(true);
    expect(kept).toMatchObject({ status: "DELIVERED", nextAttemptAt: null });
  });

  it("also sends what was delivered or canceled, if it matches", async () => {
    await deliver({ ...FAILED, status: "DELIVERED", response_status: 200 });
    await deliver({ ...FAILED, status: "CANCELED" });
    expect(await send({ deliveries: {} })).toMatchObject({ count: 2 });
    expect((await list()).map(({ status }) => status)).toEqual(["PENDING", "PENDING"]);
  });

  it("attempts what is pending at once, in the same request", async () => {
    const pending = { attempts: 3, message_id: newId(), next_attempt_at: LATER };
    await deliver(pending);
    expect(await send({ deliveries: {} })).toMatchObject({ count: 1 });
    const [delivery] = await list();
    expect(delivery).toMatchObject({ attempts: 3, messageId: pending.message_id });
    expect(isDue(delivery!)).toBe(true);
  });

  it("changes nothing of other endpoints, and counts nothing if nothing matches", async () => {
    const other = await newEndpoint(server, merchant.token);
    await storeDelivery(server, merchant, other.id, FAILED);
    expect(await send({ deliveries: { status: { eq: ["FAILED"] } } })).toMatchObject({
      count: 0,
      nextAfter: null,
      webhookEndpoint: { lastRedeliveryAt: null },
    });
    expect(await list()).toMatchObject([{ status: "FAILED" }]);
  });

  it("keeps the order of each subject: the first one is due, and the others wait", async () => {
    const [subject, other] = [newId(), newId()];
    const of = (position: number, stored: object): Promise<string> =>
      deliver({ subject_id: subject, position, sequence: position, ...stored });
    await of(5, { next_attempt_at: LATER });
    await of(6, { next_attempt_at: null });
    await of(3, FAILED);
    await of(4, FAILED);
    await deliver({ ...FAILED, subject_id: other, position: 9 });
    expect(await send({ deliveries: { status: { eq: ["FAILED"] } } })).toMatchObject({ count: 3 });
    const due = await server.database.pool.query(
      `select position::integer, next_attempt_at is not null as "hasTime" from webhook_deliveries
       where endpoint_id = $1 and status = 'PENDING' order by position`,
      [endpointId],
    );
    expect(due.rows).toEqual([
      { position: 3, hasTime: true },
      { position: 4, hasTime: false },
      { position: 5, hasTime: false },
      { position: 6, hasTime: false },
      { position: 9, hasTime: true },
    ]);
  });

  it(`sends at most ${String(MAX)}, the earliest first, and says where to continue`, async () => {
    await server.database.pool.query(
      `insert into webhook_deliveries (merchant_id, id, endpoint_id, event_id, event_type, subject_id, position,
                                       sequence, status)
       select $1, gen_random_uuid(), $2, gen_random_uuid(), 'ORDER_CREATED', gen_random_uuid(), n, 1, 'FAILED'
       from generate_series(1, $3) as n`,
      [merchant.id, endpointId, MAX + 200],
    );
    const deliveries = { status: { eq: ["FAILED", "PENDING"] } };
    const first = await send({ deliveries });
    expect(first.count).toBe(MAX);
    const left = async () =>
      (
        await server.database.pool.query<{ count: number; first: number }>(
          `select count(*)::integer as count, min(position) as first from webhook_deliveries
           where endpoint_id = $1 and status = 'FAILED'`,
          [endpointId],
        )
      ).rows[0]!;
    expect(await left()).toEqual({ count: 200, first: MAX + 1 });
    const second = await send({ deliveries, after: first.nextAfter });
    expect(second).toMatchObject({ count: 200, nextAfter: null });
    expect((await left()).count).toBe(0);
  });
});

describe("redelivering events", () => {
  it("sends those that the endpoint never got, but not those that it is about to get", async () => {
    await accepted(createCustomer(server, merchant.token, { name: "Sara" }));
    const young = await newEndpoint(server, merchant.token);
    await accepted(createOrder(server, merchant.token, {}));
    await passEvents();
    await accepted(createOrder(server, merchant.token, {}));
    const nodes = (await eventsPage(server, merchant.token)).nodes.slice(0, 2);
    const outcome = await redeliver(server, merchant.token, {
      webhookEndpointId: young.id,
      events: {},
    });
    expect(outcome).toMatchObject({ count: 2, nextAfter: null });
    const deliveries = await list();
    expect(
      deliveries.map(({ eventId, eventType, subjectId, status }) => [
        eventId,
        eventType,
        subjectId,
        status,
      ]),
    ).toEqual(
      expect.arrayContaining(
        nodes.map(({ id, type, subject }) => [id, type, subject.id, "PENDING"]),
      ),
    );
    expect(deliveries.every(isDue)).toBe(true);
    expect(deliveries.every(({ endpoint }) => endpoint?.id === young.id)).toBe(true);
  });

  it("has one delivery of an event for an endpoint, however often it is sent", async () => {
    await accepted(createCustomer(server, merchant.token, { name: "Sara" }));
    await passEvents();
    const { nodes } = await eventsPage(server, merchant.token);
    await deliver({ ...FAILED, event_id: invertLastDigit(nodes[0]!.id) });
    await Promise.all([send({ events: {} }), send({ events: {} }), send({ deliveries: {} })]);
    expect(await list()).toMatchObject([{ eventId: nodes[0]!.id, status: "PENDING" }]);
  });

  it("sends only those whose type the endpoint gets", async () => {
    await accepted(createCustomer(server, merchant.token, { name: "Sara" }));
    await accepted(createOrder(server, merchant.token, {}));
    const tested = await newEndpoint(server, merchant.token);
    const other = await newEndpoint(server, merchant.token);
    await sendTestEvent(server, merchant.token, tested.id);
    await sendTestEvent(server, merchant.token, other.id);
    await updateEndpoint(server, merchant.token, tested.id, { types: ["ORDER_CREATED"] });
    await passEvents();
    const input = { webhookEndpointId: tested.id, events: {} };
    expect(await redeliver(server, merchant.token, input)).toMatchObject({ count: 2 });
    expect((await list()).map(({ eventType, subjectId }) => [eventType, subjectId])).toEqual(
      expect.arrayContaining([
        ["ORDER_CREATED", expect.any(String) as string],
        ["WEBHOOK_ENDPOINT_TESTED", tested.id],
      ]),
    );
  });

  it("selects by the filter of events", async () => {
    await accepted(createCustomer(server, merchant.token, { name: "Sara" }));
    const order = await accepted(createOrder(server, merchant.token, {}));
    await passEvents();
    const events = { subjectId: { eq: [order.id] }, type: { prefix: ["order"] } };
    expect(await send({ events })).toMatchObject({ count: 1 });
    expect(await list()).toMatchObject([{ eventType: "ORDER_CREATED", subjectId: order.id }]);
  });
});

describe("a redelivery", () => {
  it.each([
    [["REQUIRED deliveries"], {}],
    [["REQUIRED events"], { deliveries: {}, events: {} }],
  ])("is refused without exactly one filter: %s", async (expected, input) => {
    const { userErrors, count, webhookEndpoint } = await send(input);
    expect(userErrors.map(({ code, field }) => `${code} ${field.join(".")}`)).toEqual(expected);
    expect([count, webhookEndpoint]).toEqual([0, null]);
  });

  it("is refused while the endpoint is disabled", async () => {
    await deliver(FAILED);
    await updateEndpoint(server, merchant.token, endpointId, { isEnabled: false });
    const { userErrors } = await send({ deliveries: {} });
    expect(userErrors).toMatchObject([{ code: "INVALID", field: ["webhookEndpointId"] }]);
    expect(await list()).toMatchObject([{ status: "FAILED" }]);
    const endpoint = await findEndpoint(server, merchant.token, endpointId);
    expect(endpoint!.lastRedeliveryAt).toBeNull();
  });

  it.each([
    [{ deliveries: { status: { eq: null } } }, "input.deliveries.status.eq"],
    [
      { events: { createdAt: { eq: Array(251).fill("2027-01-01T00:00:00Z") } } },
      "input.events.createdAt.eq",
    ],
    [{ events: {}, after: "abc" }, "input.after"],
  ])("names the argument that is wrong: %#", async (input, path) => {
    const { status, errors } = await server.send(merchant.token, REDELIVER, {
      input: { webhookEndpointId: endpointId, ...input },
    });
    expect([status, errors?.[0]?.extensions.code]).toEqual([400, "BAD_USER_INPUT"]);
    expect(errors?.[0]?.message).toContain(path);
  });
});
