import fc from "fast-check";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startDeliveringServers } from "../support/delivering-servers.js";
import { Gate } from "../support/gate.js";
import * as payments from "../support/payments.js";
import { accepted } from "../support/payments.js";
import { runs } from "../support/runs.js";
import type { TestMerchant, TestServer } from "../support/server.js";
import { POLL } from "../support/wait-timeout.js";
import { ACCEPT, type ReceivedWebhook, WebhookReceiver } from "../support/webhook-receiver.js";
import {
  type WebhookDelivery,
  listDeliveries,
  newEndpoint,
  redeliver,
  updateEndpoint,
} from "../support/webhooks.js";

/** The receiver accepts everything after this many requests. */
const MAX_FAILURES = 60;

interface Content {
  readonly data: { readonly sequence: number; readonly subject: { readonly id: string } };
}

/** An event in a request: the record that it is about, and its number. */
type Sent = readonly [subjectId: string, sequence: number];

let servers: [TestServer, TestServer];
let server: TestServer;
let merchant: TestMerchant;
let receiver: WebhookReceiver;
let endpointId: string;

beforeAll(async () => {
  // No request times out while a test holds it.
  servers = await startDeliveringServers(600_000);
  [server] = servers;
});

afterAll(() => Promise.all(servers.map((one) => one.stop())));

beforeEach(async () => {
  merchant = await server.createMerchant();
  receiver = await WebhookReceiver.start();
});

afterEach(async () => {
  await server.database.pool.query("update webhook_endpoints set is_enabled = false");
  await receiver.stop();
});

async function connect(batchSize: number): Promise<void> {
  const { id } = await newEndpoint(server, merchant.token, { url: receiver.url, batchSize });
  endpointId = id;
}

const customer = async (): Promise<string> =>
  (await accepted(payments.createCustomer(server, merchant.token, { name: "A customer" }))).id;
const rename = (id: string, name: string): Promise<unknown> =>
  accepted(payments.updateCustomer(server, merchant.token, id, { name }));
const sendAgain = (deliveries: object): Promise<unknown> =>
  redeliver(server, merchant.token, { webhookEndpointId: endpointId, deliveries });
const enable = (isEnabled: boolean): Promise<unknown> =>
  updateEndpoint(server, merchant.token, endpointId, { isEnabled });

/** The deliveries of the endpoint, once they are as expected. */
async function deliveriesOnce(
  isReached: (all: readonly WebhookDelivery[]) => boolean,
): Promise<WebhookDelivery[]> {
  const list = (): Promise<WebhookDelivery[]> =>
    listDeliveries(server, merchant.token, { endpointId: { eq: [endpointId] } });
  await expect.poll(list, POLL).toSatisfy(isReached);
  return list();
}

const areDelivered =
  (count: number) =>
  (all: readonly WebhookDelivery[]): boolean =>
    all.length === count && all.every(({ status }) => status === "DELIVERED");

function sentIn({ body }: Pick<ReceivedWebhook, "body">): Sent[] {
  const content = JSON.parse(body) as Content | { readonly data: readonly Content[] };
  const events = Array.isArray(content.data) ? content.data : [content];
  return (events as Content[]).map(({ data }) => [data.subject.id, data.sequence]);
}

const receive = (count: number): Promise<void> =>
  expect.poll(() => receiver.received.length, POLL).toBeGreaterThanOrEqual(count);

describe("an event that is sent again", () => {
  it("waits for a later event of its subject that is under way, and other subjects go on", async () => {
    const gate = new Gate();
    receiver.react = (_, count) => (count === 2 ? { status: 204, after: gate.pass() } : ACCEPT);
    await connect(1);
    const id = await customer();
    const [first] = await deliveriesOnce(areDelivered(1));
    await rename(id, "b");
    await receive(2);
    await sendAgain({ id: { eq: [first!.id] } });
    const other = await customer();
    await receive(3);
    expect(receiver.received.flatMap(sentIn)).toEqual([
      [id, 1],
      [id, 2],
      [other, 1],
    ]);
    gate.open();
    await deliveriesOnce(areDelivered(3));
    expect(receiver.received.slice(3).flatMap(sentIn)).toEqual([[id, 1]]);
  });

  it("holds back a batch that failed and contains a later event of its subject", async () => {
    await connect(10);
    const id = await customer();
    const [first] = await deliveriesOnce(areDelivered(1));
    receiver.react = () => ({ status: 500, headers: { "retry-after": "3600" } });
    await enable(false);
    await rename(id, "b");
    const other = await customer();
    await enable(true);
    const all = await deliveriesOnce(
      (stored) =>
        stored.length === 3 &&
        stored.slice(1).every(({ responseStatus }) => responseStatus === 500),
    );
    const batch = all.slice(1);
    const [messageId, ...others] = new Set(batch.map((one) => one.messageId));
    expect(others).toEqual([]);

    const gate = new Gate();
    const isFirst = (request: Pick<ReceivedWebhook, "body">): boolean =>
      sentIn(request).some(([subject, sequence]) => subject === id && sequence === 1);
    receiver.react = (request) => (isFirst(request) ? { status: 204, after: gate.pass() } : ACCEPT);
    // What is accepted shows that the receiver works again, so that it gets several requests at a time.
    await customer();
    await deliveriesOnce((stored) => stored.at(-1)?.status === "DELIVERED" && stored.length === 4);
    const before = receiver.received.length;
    await sendAgain({ id: { eq: [first!.id] } });
    await expect.poll(() => gate.waiting, POLL).toBe(1);
    // The batch is due because of its other subject. A server puts it off.
    await sendAgain({ subjectId: { eq: [other] } });
    await deliveriesOnce((stored) => {
      const due = stored.find(({ subjectId }) => subjectId === other)?.nextAttemptAt;
      return due != null && Date.parse(due) > Date.now();
    });
    expect(receiver.received.slice(before).map(sentIn)).toEqual([[[id, 1]]]);
    gate.open();
    await deliveriesOnce(areDelivered(4));
    expect(receiver.received.slice(before + 1).map((one) => one.id)).toEqual([messageId]);
  });

  it("waits for a batch that contains events before and after it", async () => {
    await connect(10);
    const id = await customer();
    for (const name of ["b", "c"]) await rename(id, name);
    const [first, second, third] = await deliveriesOnce(areDelivered(3));
    receiver.react = () => ({ status: 500, headers: { "retry-after": "3600" } });
    const before = receiver.received.length;
    await sendAgain({ id: { eq: [first!.id, third!.id] } });
    await deliveriesOnce(
      (all) => all.filter(({ responseStatus }) => responseStatus === 500).length === 2,
    );
    receiver.react = () => ACCEPT;
    await sendAgain({ id: { eq: [first!.id, second!.id] } });
    await deliveriesOnce(areDelivered(3));
    const again = [
      [id, 1],
      [id, 3],
    ];
    expect(receiver.received.slice(before).map(sentIn)).toEqual([again, again, [[id, 2]]]);
  });

  it("never has two requests with its subject under way, whatever is sent again meanwhile", async () => {
    const run = fc.record({
      batchSize: fc.constantFrom(1, 2, 100),
      subjects: fc.integer({ min: 1, max: 4 }),
      /** How long the receiver takes to answer, in turn, and how often it fails. */
      delaysMs: fc.array(fc.integer({ min: 10, max: 80 }), { minLength: 5, maxLength: 10 }),
      failsEvery: fc.integer({ min: 2, max: 9 }),
      /** For each redelivery, the subjects whose deliveries are sent again, and up to which number. */
      again: fc.array(fc.record({ of: fc.nat(3), count: fc.integer({ min: 1, max: 4 }) }), {
        minLength: 10,
        maxLength: 30,
      }),
    });
    await fc.assert(
      fc.asyncProperty(run, async ({ batchSize, subjects, delaysMs, failsEvery, again }) => {
        merchant = await server.createMerchant();
        const overlaps = watchOverlaps(receiver, (count) => ({
          status: count % failsEvery === 0 && count < MAX_FAILURES ? 500 : 204,
          afterMs: delaysMs[count % delaysMs.length]!,
        }));
        await connect(batchSize);
        const ids = await Promise.all(Array.from({ length: subjects }, customer));
        const changes = ids.map(async (id) => {
          for (const name of ["b", "c", "d"]) await rename(id, name);
        });
        const send = async ({ of, count }: (typeof again)[number]): Promise<void> => {
          const stored = await listDeliveries(server, merchant.token, {
            endpointId: { eq: [endpointId] },
            subjectId: { eq: [ids[of % ids.length]] },
          });
          const chosen = stored.slice(0, count).map(({ id }) => id);
          if (chosen.length > 0) await sendAgain({ id: { eq: chosen } });
        };
        const lanes = [0, 1].map(async (lane) => {
          for (const [index, one] of again.entries()) if (index % 2 === lane) await send(one);
        });
        await Promise.all([...changes, ...lanes]);
        await deliveriesOnce(areDelivered(4 * subjects));
        expect(overlaps).toEqual([]);
      }),
      { numRuns: runs(8), endOnFailure: true },
    );
  });
});

/** @returns the subjects of which a second request arrived before the first was answered. */
function watchOverlaps(
  on: WebhookReceiver,
  answerOf: (count: number) => { readonly status: number; readonly afterMs: number },
): string[] {
  const overlaps: string[] = [];
  const underWay = new Set<string>();
  let count = 0;
  on.react = (request) => {
    const subjects = new Set(sentIn(request).map(([subject]) => subject));
    overlaps.push(...[...subjects].filter((subject) => underWay.has(subject)));
    for (const subject of subjects) underWay.add(subject);
    const { status, afterMs } = answerOf(count++);
    const after = new Promise<void>((resolve) => {
      setTimeout(() => {
        for (const subject of subjects) underWay.delete(subject);
        resolve();
      }, afterMs);
    });
    return { status, after };
  };
  return overlaps;
}
