import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { invertLastDigit, newId } from "../../src/shared/uuid.js";
import { startDeliveringServers } from "../support/delivering-servers.js";
import * as payments from "../support/payments.js";
import { accepted } from "../support/payments.js";
import { charge, chargePockets } from "../support/pockets.js";
import { runs } from "../support/runs.js";
import type { TestMerchant, TestServer } from "../support/server.js";
import {
  ACCEPT,
  type Reaction,
  type ReceivedWebhook,
  WebhookReceiver,
  verified,
} from "../support/webhook-receiver.js";
import { newEndpoint } from "../support/webhooks.js";

/** A change to make, or one that is rolled back. */
type Change =
  | { readonly kind: "charge"; readonly phoneNumbers: readonly number[] }
  | { readonly kind: "customer" }
  | { readonly kind: "rename"; readonly customer: number }
  | { readonly kind: "rollback" };

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({
    kind: fc.constant("charge" as const),
    phoneNumbers: fc.array(fc.nat(2), { minLength: 1, maxLength: 4 }),
  }),
  fc.record({ kind: fc.constant("customer" as const) }),
  fc.record({ kind: fc.constant("rename" as const), customer: fc.nat(3) }),
  fc.record({ kind: fc.constant("rollback" as const) }),
);

const failure: fc.Arbitrary<Reaction> = fc.constantFrom<Reaction[]>(
  { status: 500 },
  { status: 302, headers: { location: "http://127.0.0.1/" } },
  { status: 503, headers: { "retry-after": "0" } },
  { status: 200, afterMs: 400 },
  "BREAK",
  "HANG",
  "GARBAGE",
);

const run = fc.record({
  changes: fc.array(change, { minLength: 5, maxLength: 25 }),
  /** What the receiver does with each request; accepts all further ones. */
  reactions: fc.array(fc.oneof({ weight: 2, arbitrary: fc.constant(ACCEPT) }, failure), {
    maxLength: 12,
  }),
  batchSize: fc.constantFrom(1, 1, 3, 100),
});

interface EventData {
  readonly id: string;
  readonly sequence: number;
  readonly previousSequence: number | null;
  readonly subject: { readonly id: string };
}
interface Content {
  readonly type: string;
  readonly data: EventData;
}

let servers: [TestServer, TestServer];
let server: TestServer;

beforeAll(async () => {
  servers = await startDeliveringServers(250);
  [server] = servers;
});

afterAll(() => Promise.all(servers.map((one) => one.stop())));

/** Makes the changes, half of them on each server at the same time. */
async function make(changes: readonly Change[], merchant: TestMerchant): Promise<void> {
  const slug = await server.createGroup({}, merchant);
  const lanes = servers.map((on, lane) => ({
    on,
    changes: changes.filter((_, index) => index % servers.length === lane),
  }));
  await Promise.all(
    lanes.map(async ({ on, changes: own }) => {
      const customers: string[] = [];
      for (const one of own) await makeOne(on, one, slug, merchant, customers);
    }),
  );
}

async function makeOne(
  on: TestServer,
  one: Change,
  slug: string,
  merchant: TestMerchant,
  customers: string[],
): Promise<void> {
  const { token } = merchant;
  switch (one.kind) {
    case "charge": {
      const phoneNumbers = one.phoneNumbers.map((number) => `98912000000${String(number)}`);
      const items = phoneNumbers.map((phoneNumber) => charge({ phoneNumber, amount: 1 }));
      await chargePockets(on, token, slug, items);
      return;
    }
    case "customer":
      customers.push((await accepted(payments.createCustomer(on, token, { name: "New" }))).id);
      return;
    case "rename": {
      const id = customers[one.customer];
      const name = `Customer ${newId()}`;
      if (id !== undefined) await accepted(payments.updateCustomer(on, token, id, { name }));
      return;
    }
    case "rollback":
      await rollBack(on, merchant);
  }
}

/** The ids of all committed events of a merchant, once all of them can be read. */
async function committedEvents({ id }: TestMerchant): Promise<string[]> {
  const { pool } = server.database;
  const { rows: stored } = await pool.query(
    `select from pocket_ledger where merchant_id = $1 and sequence is not null
     union all select from audit_entries where event_merchant_id = $1`,
    [id],
  );
  const read = async (): Promise<string[]> => {
    const { rows } = await pool.query<{ id: string }>(
      "select id from events where merchant_id = $1",
      [id],
    );
    return rows.map((row) => invertLastDigit(row.id)).toSorted();
  };
  await expect.poll(read, { timeout: 10_000 }).toHaveLength(stored.length);
  return read();
}

/** Writes an event, which the endpoint would get, and rolls it back after others have been committed. */
async function rollBack({ database }: TestServer, merchant: TestMerchant): Promise<void> {
  const connection = await database.pool.connect();
  try {
    await connection.query("begin");
    await connection.query(
      `insert into audit_entries
         (merchant_id, tenant_id, id, actor, operation, record_type, record_id, changes, event_type, event_merchant_id, sequence, position)
       values ($1, $1, gen_random_uuid(), 'PROGRAM', 'rolledBack', 'Customer', gen_random_uuid(), '[]',
               'CUSTOMER_CREATED', $1, 1, event_position())`,
      [merchant.id],
    );
    await connection.query("select pg_sleep(0.05)");
  } finally {
    await connection.query("rollback");
    connection.release();
  }
}

/** The events in a verified request. */
function eventsIn(secret: string, received: ReceivedWebhook): EventData[] {
  const content = verified(secret, received) as Content | { type: "batch"; data: Content[] };
  return "type" in content && Array.isArray(content.data)
    ? content.data.map(({ data }) => data)
    : [(content as Content).data];
}

const isAccepted = ({ reaction }: ReceivedWebhook): boolean =>
  typeof reaction === "object" && reaction.status === 204;

/** Checks that whenever an event arrives, the previous one of its subject has been accepted. */
function expectOrder(secret: string, requests: readonly ReceivedWebhook[]): void {
  const accepted = new Map<string, number>();
  const sent = new Map<string, string>();
  for (const request of requests) {
    const events = eventsIn(secret, request);
    const done = new Map(accepted);
    for (const { subject, sequence, previousSequence } of events) {
      expect(done.get(subject.id) ?? null).toSatisfy(
        (last: number | null) => (last ?? 0) >= (previousSequence ?? 0),
      );
      done.set(subject.id, Math.max(sequence, done.get(subject.id) ?? 0));
    }
    if (isAccepted(request)) for (const [id, sequence] of done) accepted.set(id, sequence);
    // Repeats have the same webhook-id and the same events.
    const ids = events.map(({ id }) => id).join();
    expect(sent.get(request.id) ?? ids).toBe(ids);
    sent.set(request.id, ids);
  }
}

describe("an endpoint of a receiver that behaves badly", () => {
  it("gets every committed event, verified and in order, and none that was rolled back", async () => {
    await fc.assert(
      fc.asyncProperty(run, async ({ changes, reactions, batchSize }) => {
        const merchant = await server.createMerchant();
        const receiver = await WebhookReceiver.start({
          react: (_, count) => reactions[count - 1] ?? ACCEPT,
        });
        try {
          const { secret } = await newEndpoint(server, merchant.token, {
            url: receiver.url,
            batchSize,
          });
          await make(changes, merchant);
          const expected = await committedEvents(merchant);
          const acceptedIds = (): string[] => {
            const requests = receiver.received.filter(isAccepted);
            const ids = requests.flatMap((one) => eventsIn(secret, one).map(({ id }) => id));
            return [...new Set(ids)].toSorted();
          };
          await expect.poll(acceptedIds, { timeout: 30_000, interval: 50 }).toEqual(expected);
          expectOrder(secret, receiver.received);
        } finally {
          await server.database.pool.query(
            "update webhook_endpoints set is_enabled = false where merchant_id = $1",
            [merchant.id],
          );
          await receiver.stop();
        }
      }),
      { numRuns: runs(8), endOnFailure: true },
    );
  });
});
