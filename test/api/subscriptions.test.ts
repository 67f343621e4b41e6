import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { newId } from "../../src/shared/uuid.js";
import { EVENT_FIELDS, type ListedEvent } from "../support/events.js";
import { EventStreamClient } from "../support/event-stream.js";
import * as payments from "../support/payments.js";
import { accepted } from "../support/payments.js";
import { charge, chargePockets, newPhoneNumber } from "../support/pockets.js";
import { type TestMerchant, TestServer } from "../support/server.js";

let server: TestServer;
/** Another server on the same database. */
let other: TestServer;
let merchant: TestMerchant;
let slug: string;
let open: EventStreamClient[] = [];

beforeAll(async () => {
  server = await TestServer.start();
  other = await TestServer.start({ database: server.database });
});
beforeEach(async () => {
  merchant = await server.createMerchant();
  slug = await server.createGroup({}, merchant);
});
afterEach(() => {
  for (const stream of open) stream.disconnect();
  open = [];
});
afterAll(async () => {
  await other.app.close();
  await server.stop();
});

async function subscribe(
  query: string,
  {
    token = merchant.token,
    variables = {},
    headers = {},
  }: { token?: string; variables?: object; headers?: Record<string, string> } = {},
): Promise<EventStreamClient> {
  const stream = await EventStreamClient.open(server.url, {
    headers: { authorization: `Token ${token}`, ...headers },
    body: { query: `subscription ${query}`, variables },
  });
  open.push(stream);
  return stream;
}

async function nextOf<T>(stream: EventStreamClient): Promise<T> {
  const { data, errors } = (await stream.nextResult()) as { data: T; errors?: unknown };
  expect(errors).toBeUndefined();
  return data;
}

const nextEvent = async (stream: EventStreamClient): Promise<ListedEvent> =>
  (await nextOf<{ events: ListedEvent }>(stream)).events;

const EVENTS = `($types: [EventType!], $after: String) {
  events(types: $types, after: $after) { ${EVENT_FIELDS} }
}`;

/** Makes charges that another server commits. */
function chargeElsewhere(count = 1, phoneNumber = newPhoneNumber()): Promise<unknown> {
  const charges = Array.from({ length: count }, () => charge({ phoneNumber, amount: 1 }));
  return chargePockets(other, merchant.token, slug, charges);
}

describe("events", () => {
  it("sends what another server commits, in order and with its cursor as id", async () => {
    const stream = await subscribe(EVENTS);
    const phoneNumber = newPhoneNumber();
    await chargeElsewhere(3, phoneNumber);
    await chargeElsewhere(2, phoneNumber);
    for (let sequence = 1; sequence <= 5; sequence++) {
      const received = await stream.next();
      const { data } = JSON.parse(received?.data ?? "") as { data: { events: ListedEvent } };
      expect(data.events).toMatchObject({
        type: "POCKET_CHARGED",
        sequence,
        data: { __typename: "PocketEntry" },
      });
      expect(received?.id).toBe(data.events.cursor);
    }
  });

  it("begins with what happens from now on", async () => {
    await chargeElsewhere(3);
    const stream = await subscribe(EVENTS);
    const phoneNumber = newPhoneNumber();
    await chargeElsewhere(1, phoneNumber);
    const { events } = await server.ask<{ events: { nodes: ListedEvent[] } }>(
      merchant.token,
      `{ events { nodes { id } } }`,
    );
    expect((await nextEvent(stream)).id).toBe(events.nodes.at(-1)?.id);
  });

  it("sends everything that is committed once the stream is open", async () => {
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        const own = await server.createMerchant();
        const stream = await subscribe(EVENTS, { token: own.token });
        await accepted(payments.createCustomer(other, own.token, { name: "A customer" }));
        expect(await nextEvent(stream)).toMatchObject({ type: "CUSTOMER_CREATED", sequence: 1 });
      }),
    );
  });

  it("sends only the given types", async () => {
    const stream = await subscribe(EVENTS, { variables: { types: ["CUSTOMER_CREATED"] } });
    await chargeElsewhere();
    await accepted(payments.createCustomer(other, merchant.token, { name: "A customer" }));
    expect(await nextEvent(stream)).toMatchObject({ type: "CUSTOMER_CREATED" });
  });

  it("sends no other merchant's events, and none that the token's scopes do not read", async () => {
    const stranger = await server.createMerchant();
    const reader = await server.createToken({ merchantId: merchant.id, scopes: ["PAYMENTS_READ"] });
    const stream = await subscribe(EVENTS, { token: reader });
    await accepted(payments.createCustomer(other, stranger.token, { name: "A stranger" }));
    await chargeElsewhere();
    await accepted(payments.createCustomer(other, merchant.token, { name: "A customer" }));
    expect(await nextEvent(stream)).toMatchObject({ type: "CUSTOMER_CREATED", sequence: 1 });
  });

  it("waits for transactions that may still commit earlier events, and sends nothing of a rollback", async () => {
    const stream = await subscribe(EVENTS);
    const phoneNumber = newPhoneNumber();
    await chargeElsewhere(1, phoneNumber);
    const first = await nextEvent(stream);
    const connection = await server.database.pool.connect();
    try {
      await connection.query("begin");
      // Copies the event as a later one of the same pocket.
      const { rowCount } = await connection.query(
        `insert into pocket_ledger (pocket_group_id, id, token, merchant_id, kind, phone_number, amount, balance_after,
                                    sequence, position, created_at)
         select pocket_group_id, $2, $2, merchant_id, 'HOLD', phone_number, 0, balance_after,
                2, event_position(), now()
         from pocket_ledger where token = $1`,
        [first.data!.token, newId()],
      );
      expect(rowCount).toBe(1);
      await chargeElsewhere(1);
      const { events } = await server.ask<{ events: { nodes: unknown[] } }>(
        merchant.token,
        "{ events { nodes { id } } }",
      );
      expect(events.nodes).toHaveLength(1);
    } finally {
      await connection.query("rollback");
      connection.release();
    }
    const second = await nextEvent(stream);
    expect(second).toMatchObject({ type: "POCKET_CHARGED", sequence: 1 });
    expect(second.subject.id).not.toBe(first.subject.id);
  });

  it.each(["after", "Last-Event-ID"])(
    "misses and repeats nothing when a client reconnects with %s, while events are made",
    async (way) => {
      const total = 300;
      const phoneNumber = newPhoneNumber();
      let stream = await subscribe(EVENTS);
      const charging = (async () => {
        for (let count = 0; count < total; count += 10) await chargeElsewhere(10, phoneNumber);
      })();
      const sequences: number[] = [];
      while (sequences.length < total) {
        const { sequence, cursor } = await nextEvent(stream);
        sequences.push(sequence);
        if (sequences.length % 37 !== 0) continue;
        stream.disconnect();
        stream =
          way === "after"
            ? await subscribe(EVENTS, { variables: { after: cursor } })
            : await subscribe(EVENTS, { headers: { "last-event-id": cursor } });
      }
      await charging;
      expect(sequences).toEqual(Array.from({ length: total }, (_, index) => index + 1));
    },
  );

  it("sends all subscribers the same events, whenever they joined", async () => {
    const first = await subscribe(EVENTS);
    await chargeElsewhere(2);
    const begin = await nextEvent(first);
    const joined = await Promise.all(
      Array.from({ length: 5 }, () => subscribe(EVENTS, { variables: { after: begin.cursor } })),
    );
    await chargeElsewhere(2);
    const ids = async (stream: EventStreamClient): Promise<string[]> => [
      (await nextEvent(stream)).id,
      (await nextEvent(stream)).id,
      (await nextEvent(stream)).id,
    ];
    const expected = await ids(first);
    for (const stream of joined) expect(await ids(stream)).toEqual(expected);
  });

  it("refuses a cursor that is not one", async () => {
    const stream = await subscribe(EVENTS, { variables: { after: "x" } });
    expect(await stream.nextResult()).toMatchObject({
      errors: [{ extensions: { code: "BAD_USER_INPUT" } }],
    });
  });

  it("is FORBIDDEN for an operator and for a token without the scopes", async () => {
    const charging = await server.createToken({
      merchantId: merchant.id,
      scopes: ["POCKETS_CHARGE"],
    });
    for (const token of [server.operatorToken, charging])
      expect((await subscribe(EVENTS, { token })).status).toBe(403);
  });
});

const POCKET = `($slug: String!, $number: String!) {
  pocketChanged(pocketGroupSlug: $slug, phoneNumber: $number) { balance phoneNumber isFrozen }
}`;

interface ChangedPocket {
  pocketChanged: { balance: number; isFrozen: boolean };
}

describe("pocketChanged", () => {
  it("sends the pocket as it is, and after each change of any merchant", async () => {
    const partner = await server.createMerchant();
    await server.app.services.pocketGroups.grant(slug, partner.id);
    const number = newPhoneNumber();
    await chargePockets(other, merchant.token, slug, [
      charge({ phoneNumber: number, amount: 100 }),
    ]);
    const stream = await subscribe(POCKET, { variables: { slug, number } });
    const next = async () => (await nextOf<ChangedPocket>(stream)).pocketChanged;
    expect(await next()).toMatchObject({ balance: 100, isFrozen: false });
    await chargePockets(other, partner.token, slug, [charge({ phoneNumber: number, amount: 5 })]);
    expect(await next()).toMatchObject({ balance: 105 });
    await server.ask(
      server.operatorToken,
      `mutation ($slug: String!, $number: String!) {
        updatePocket(pocketGroupSlug: $slug, phoneNumber: $number, input: { freeze: BOTH }) { pocket { id } }
      }`,
      { slug, number },
    );
    expect(await next()).toMatchObject({ balance: 105, isFrozen: true });
  });

  it("sends nothing until the pocket exists", async () => {
    const number = newPhoneNumber();
    const stream = await subscribe(POCKET, { variables: { slug, number } });
    await chargeElsewhere(1);
    await chargePockets(other, merchant.token, slug, [charge({ phoneNumber: number, amount: 7 })]);
    expect((await nextOf<ChangedPocket>(stream)).pocketChanged.balance).toBe(7);
  });

  it("ends at the last state, however many changes come at once", async () => {
    const number = newPhoneNumber();
    const stream = await subscribe(POCKET, { variables: { slug, number } });
    await Promise.all(Array.from({ length: 20 }, () => chargeElsewhere(5, number)));
    let balance = 0;
    let results = 0;
    while (balance < 100) {
      ({ balance } = (await nextOf<ChangedPocket>(stream)).pocketChanged);
      results++;
    }
    expect(balance).toBe(100);
    expect(results).toBeLessThanOrEqual(20);
  });

  it("ends with FORBIDDEN once the merchant has lost the group", async () => {
    const number = newPhoneNumber();
    const stream = await subscribe(POCKET, { variables: { slug, number } });
    await chargePockets(other, merchant.token, slug, [charge({ phoneNumber: number })]);
    await nextOf(stream);
    const partner = await server.createMerchant();
    const { pocketGroups } = server.app.services;
    await pocketGroups.grant(slug, partner.id);
    await pocketGroups.revoke(slug, merchant.id);
    await chargePockets(other, partner.token, slug, [charge({ phoneNumber: number })]);
    expect(await stream.nextResult()).toMatchObject({
      errors: [{ extensions: { code: "FORBIDDEN" } }],
    });
  });

  it.each([
    ["an unknown group", "unknown-group", "09123456789", "NOT_FOUND"],
    ["a number that is none", undefined, "1", "BAD_USER_INPUT"],
  ])("refuses %s", async (_, group, number, code) => {
    const stream = await subscribe(POCKET, { variables: { slug: group ?? slug, number } });
    expect(await stream.nextResult()).toMatchObject({ errors: [{ extensions: { code } }] });
  });
});

const CHARGE = `($filter: PaymentChargeFilter, $after: String) {
  paymentChargeChanged(filter: $filter, after: $after) { id status amountInCents }
}`;

interface ChangedCharge {
  paymentChargeChanged: { id: string; status: string; amountInCents: number };
}

describe("paymentChargeChanged", () => {
  const next = async (stream: EventStreamClient) =>
    (await nextOf<ChangedCharge>(stream)).paymentChargeChanged;

  it("sends each charge that was created or changed, as it is", async () => {
    const stream = await subscribe(CHARGE);
    const { id } = await accepted(
      payments.createCharge(other, merchant.token, { amountInCents: 100 }),
    );
    expect(await next(stream)).toEqual({ id, status: "CREATED", amountInCents: 100 });
    await accepted(payments.updateCharge(other, merchant.token, id, { status: "SUCCEEDED" }));
    expect(await next(stream)).toMatchObject({ id, status: "SUCCEEDED" });
  });

  it("sends only charges that match the filter then", async () => {
    const filter = { status: { eq: ["SUCCEEDED"] }, amountInCents: { gte: 100 } };
    const stream = await subscribe(CHARGE, { variables: { filter } });
    const create = (input: object) =>
      accepted(payments.createCharge(other, merchant.token, input as never));
    await create({ amountInCents: 100 });
    await create({ amountInCents: 99, status: "SUCCEEDED" });
    const { id } = await create({ amountInCents: 150 });
    await accepted(payments.updateCharge(other, merchant.token, id, { status: "SUCCEEDED" }));
    expect(await next(stream)).toEqual({ id, status: "SUCCEEDED", amountInCents: 150 });
  });

  it("continues after a cursor of the list of events", async () => {
    const create = (amountInCents: number) =>
      accepted(payments.createCharge(other, merchant.token, { amountInCents }));
    await create(1);
    const { events } = await server.ask<{ events: { pageInfo: { endCursor: string } } }>(
      merchant.token,
      "{ events { pageInfo { endCursor } } }",
    );
    await create(2);
    const stream = await subscribe(CHARGE, { variables: { after: events.pageInfo.endCursor } });
    expect(await next(stream)).toMatchObject({ amountInCents: 2 });
  });

  it("refuses an invalid filter at the beginning", async () => {
    const filter = { providerSecret: { eq: ["secret"] }, amountInCents: { eq: null } };
    const stream = await subscribe(CHARGE, { variables: { filter } });
    expect(await stream.nextResult()).toMatchObject({
      errors: [{ extensions: { code: "BAD_USER_INPUT" } }],
    });
  });
});
