import { pino } from "pino";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { LISTENER_NAME } from "../../src/database/listener.js";
import { EventSignal } from "../../src/events/event-signal.service.js";
import { EventStore } from "../../src/events/event.store.js";
import { newId } from "../../src/shared/uuid.js";
import { directUrlOf, openTestDatabase } from "../support/database.js";
import { expectLedgerToBalance } from "../support/ledger.js";
import { EventFollower, type ListedEvent, eventsPage } from "../support/events.js";
import * as payments from "../support/payments.js";
import { accepted } from "../support/payments.js";
import { charge, chargePockets, newPhoneNumber } from "../support/pockets.js";
import { type TestMerchant, TestServer } from "../support/server.js";
import { spend } from "../support/spending.js";

let server: TestServer;
let merchant: TestMerchant;
let slug: string;

beforeAll(async () => {
  server = await TestServer.start();
});
beforeEach(async () => {
  merchant = await server.createMerchant();
  slug = await server.createGroup({}, merchant);
});

afterAll(() => server.stop());

async function events(token = merchant.token, variables = {}): Promise<ListedEvent[]> {
  return (await eventsPage(server, token, variables)).nodes;
}

function freeze(number: string, scope: string): Promise<unknown> {
  return server.ask(
    merchant.token,
    `mutation ($slug: String!, $number: String!, $scope: PocketFreeze!) {
      updatePocket(pocketGroupSlug: $slug, phoneNumber: $number, input: { freeze: $scope }) { pocket { id } }
    }`,
    { slug, number, scope },
  );
}

const namesOf = (all: readonly ListedEvent[]): string[] =>
  all.map(({ type, sequence }) => `${type} ${String(sequence)}`);

describe("events of a pocket", () => {
  it("are its charges, debits, reversals and holds, in order and without gaps", async () => {
    const phoneNumber = newPhoneNumber();
    const [token, debit, hold, early] = [newId(), newId(), newId(), newId()];
    await chargePockets(server, merchant.token, slug, [
      charge({ token, phoneNumber, amount: 100 }),
    ]);
    await spend(server, merchant.token, "debitPockets", slug, [
      { token: debit, phoneNumber, amount: 10 },
    ]);
    await spend(server, merchant.token, "reversePocketEntries", slug, [
      { token: newId(), ofToken: debit, amount: 3 },
    ]);
    await spend(server, merchant.token, "holdPockets", slug, [
      { token: hold, phoneNumber, amount: 20 },
      { token: early, phoneNumber, amount: 5 },
    ]);
    await spend(server, merchant.token, "captureHolds", slug, [
      { token: newId(), holdToken: hold, amount: 4 },
    ]);
    await spend(server, merchant.token, "releaseHolds", slug, [hold]);
    const all = await events();
    expect(namesOf(all)).toEqual([
      "POCKET_CHARGED 1",
      "POCKET_DEBITED 2",
      "POCKET_ENTRY_REVERSED 3",
      "POCKET_HOLD_OPENED 4",
      "POCKET_HOLD_OPENED 5",
      "POCKET_HOLD_CAPTURED 6",
      "POCKET_HOLD_RELEASED 7",
    ]);
    expect(all.map(({ previousSequence }) => previousSequence)).toEqual([null, 1, 2, 3, 4, 5, 6]);
    expect(all.map(({ data }) => data?.__typename)).toEqual([
      "PocketEntry",
      "PocketEntry",
      "PocketEntry",
      "PocketHold",
      "PocketHold",
      "PocketEntry",
      "PocketHold",
    ]);
    expect(all[0]!.data!.token).toBe(token);
    expect(all[6]!.data!.token).toBe(hold);
    expect(new Set(all.map(({ subject }) => `${subject.type} ${subject.id}`)).size).toBe(1);
  });

  it("include holds that have expired, once the pocket changes", async () => {
    const phoneNumber = newPhoneNumber();
    await chargePockets(server, merchant.token, slug, [charge({ phoneNumber, amount: 100 })]);
    const expiresAt = new Date(Date.now() + 300).toISOString();
    await spend(server, merchant.token, "holdPockets", slug, [
      { token: newId(), phoneNumber, amount: 20, expiresAt },
    ]);
    await new Promise((resolve) => setTimeout(resolve, 400));
    await spend(server, merchant.token, "debitPockets", slug, [
      { token: newId(), phoneNumber, amount: 1 },
    ]);
    expect(namesOf(await events())).toEqual([
      "POCKET_CHARGED 1",
      "POCKET_HOLD_OPENED 2",
      "POCKET_HOLD_EXPIRED 3",
      "POCKET_DEBITED 4",
    ]);
  });

  it("include holds that have expired, soon after their time", async () => {
    const phoneNumber = newPhoneNumber();
    const expiring = await TestServer.start({ expireHoldsEveryMs: 50 });
    const owner = await expiring.createMerchant();
    const group = await expiring.createGroup({}, owner);
    await chargePockets(expiring, owner.token, group, [charge({ phoneNumber, amount: 100 })]);
    const expiresAt = new Date(Date.now() + 300).toISOString();
    const [hold, later] = [newId(), newId()];
    await spend(expiring, owner.token, "holdPockets", group, [
      { token: hold, phoneNumber, amount: 20, expiresAt },
      { token: later, phoneNumber, amount: 30 },
    ]);
    const listed = () => eventsPage(expiring, owner.token);
    await vi.waitFor(async () => {
      expect((await listed()).nodes).toHaveLength(4);
    }, 10_000);
    const last = (await listed()).nodes.at(-1)!;
    expect([last.type, last.data]).toEqual([
      "POCKET_HOLD_EXPIRED",
      { __typename: "PocketHold", id: last.data!.id, token: hold, status: "EXPIRED" },
    ]);
    await expectLedgerToBalance(expiring.database);
    await expiring.stop();
  });

  it("do not include refused items", async () => {
    const phoneNumber = newPhoneNumber();
    const good = charge({ phoneNumber });
    await chargePockets(server, merchant.token, slug, [
      charge({ phoneNumber, amount: 0 }),
      good,
      good,
    ]);
    expect(namesOf(await events())).toEqual(["POCKET_CHARGED 1"]);
  });

  it("report a freeze to every merchant of the group, and a charge only to its own merchant", async () => {
    const other = await server.createMerchant();
    await server.app.services.pocketGroups.grant(slug, other.id);
    const phoneNumber = newPhoneNumber();
    await chargePockets(server, merchant.token, slug, [charge({ phoneNumber })]);
    await chargePockets(server, other.token, slug, [charge({ phoneNumber })]);
    await chargePockets(server, merchant.token, slug, [charge({ phoneNumber })]);
    await freeze(phoneNumber, "BOTH");
    await freeze(phoneNumber, "NONE");
    const own = await events();
    const others = await events(other.token);
    const typesOf = (all: ListedEvent[]) => all.map(({ type }) => type);
    expect(typesOf(own)).toEqual([
      "POCKET_CHARGED",
      "POCKET_CHARGED",
      "POCKET_FROZEN",
      "POCKET_UNFROZEN",
    ]);
    expect(typesOf(others)).toEqual(["POCKET_CHARGED", "POCKET_FROZEN", "POCKET_UNFROZEN"]);
    // The numbers count the events of both merchants, and each sees the previous one of its own.
    const sequences = [...own, ...others].map(({ sequence }) => sequence);
    expect(sequences.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    for (const seen of [own, others]) {
      expect(seen.map(({ previousSequence }) => previousSequence)).toEqual([
        null,
        ...seen.slice(0, -1).map(({ sequence }) => sequence),
      ]);
    }
    expect(own.at(-1)!.data!.__typename).toBe("Pocket");
  });
});

describe("events of records", () => {
  it("have the name of the status that a payment enters", async () => {
    const { token } = merchant;
    const authorization = await accepted(
      payments.createAuthorization(server, token, {
        amountInCents: 100,
        mode: "REQUEST",
        status: "SUCCEEDED",
      }),
    );
    const charged = await accepted(
      payments.createCharge(server, token, {
        amountInCents: 100,
        mode: "CAPTURE",
        paymentAuthorizationId: authorization.id,
      }),
    );
    await accepted(payments.updateCharge(server, token, charged.id, { description: "x" }));
    await accepted(payments.updateCharge(server, token, charged.id, { status: "SUCCEEDED" }));
    await accepted(
      payments.createRefund(server, token, {
        paymentChargeId: charged.id,
        amountInCents: 40,
        provider: "NONE",
      }),
    );
    const all = await events();
    const of = (id: string) => namesOf(all.filter(({ subject }) => subject.id === id));
    expect(of(authorization.id)).toEqual([
      "PAYMENT_AUTHORIZATION_SUCCEEDED 1",
      "PAYMENT_AUTHORIZATION_CAPTURED 2",
    ]);
    expect(of(charged.id)).toEqual([
      "PAYMENT_CHARGE_CREATED 1",
      "PAYMENT_CHARGE_UPDATED 2",
      "PAYMENT_CHARGE_SUCCEEDED 3",
      "PAYMENT_CHARGE_UPDATED 4",
    ]);
    expect(all.map(({ type }) => type)).toContain("PAYMENT_REFUND_SUCCEEDED");
    expect(all.every(({ data, subject }) => data?.id === subject.id)).toBe(true);
  });

  it("do not include refused changes", async () => {
    const made = await accepted(
      payments.createCharge(server, merchant.token, { amountInCents: 100 }),
    );
    await payments.updateCharge(server, merchant.token, made.id, { amountInCents: -1 });
    await payments.updateCharge(server, merchant.token, made.id, { amountInCents: 100 });
    expect(namesOf(await events())).toEqual(["PAYMENT_CHARGE_CREATED 1"]);
  });
});

describe("the list of events", () => {
  const open: { end: () => Promise<void> }[] = [];
  afterEach(async () => {
    for (const one of open.splice(0)) await one.end();
  });

  /** Holds the lock of a pocket until the returned function is called. */
  async function lockPocket(phoneNumber: string): Promise<() => Promise<void>> {
    const connection = await server.database.pool.connect();
    let isOpen = true;
    const end = async (): Promise<void> => {
      if (!isOpen) return;
      isOpen = false;
      await connection.query("rollback");
      connection.release();
    };
    open.push({ end });
    await connection.query("begin");
    await connection.query("select from pockets where phone_number = $1 for update", [phoneNumber]);
    return end;
  }

  async function untilLocked(count: number): Promise<void> {
    for (;;) {
      const { rows } = await server.database.pool.query<{ waiting: number }>(
        "select count(*)::int as waiting from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()",
      );
      if (rows[0]!.waiting >= count) return;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  it("skips no event of a transaction that commits after transactions that began later", async () => {
    const [first = "", held = "", last = ""] = [0, 1, 2].map(newPhoneNumber).toSorted();
    const chargeAll = (...numbers: string[]) =>
      chargePockets(
        server,
        merchant.token,
        slug,
        numbers.map((phoneNumber) => charge({ phoneNumber })),
      );
    await chargeAll(first, held, last);
    const follower = new EventFollower(server, merchant.token, 2);
    await follower.readOn();
    const release = await lockPocket(held);
    // Locks the first pocket, which gives it its transaction id, and then waits for the second.
    const late = chargeAll(first, held, last);
    await untilLocked(1);
    const others = await server.createGroup({}, merchant);
    await chargePockets(server, merchant.token, others, [charge()]);
    const early = await follower.readOn();
    await release();
    await late;
    await follower.readOn();
    expect(early.length).toBeLessThanOrEqual(1);
    expect(follower.events).toHaveLength(7);
    expect(new Set(follower.events.map(({ id }) => id)).size).toBe(7);
    const all = await events(merchant.token, { first: 100 });
    expect(follower.events.map(({ id }) => id)).toEqual(all.map(({ id }) => id));
  });

  it("keeps the order of a pocket's events if an older transaction writes a later one", async () => {
    const [first = "", held = "", last = ""] = [0, 1, 2].map(newPhoneNumber).toSorted();
    const all = [first, held, last];
    await chargePockets(
      server,
      merchant.token,
      slug,
      all.map((phoneNumber) => charge({ phoneNumber })),
    );
    const release = await lockPocket(held);
    const late = chargePockets(
      server,
      merchant.token,
      slug,
      all.map((phoneNumber) => charge({ phoneNumber })),
    );
    await untilLocked(1);
    await freeze(last, "DEBITS");
    await freeze(last, "NONE");
    await release();
    await late;
    const listed = await events(merchant.token, { first: 100 });
    const ofLast = listed.filter(
      ({ subject }) =>
        subject.id === listed.find(({ type }) => type === "POCKET_FROZEN")!.subject.id,
    );
    expect(namesOf(ofLast)).toEqual([
      "POCKET_CHARGED 1",
      "POCKET_FROZEN 2",
      "POCKET_UNFROZEN 3",
      "POCKET_CHARGED 4",
    ]);
  });

  it("can be filtered by type, subject and time", async () => {
    const phoneNumber = newPhoneNumber();
    await chargePockets(server, merchant.token, slug, [
      charge({ phoneNumber, amount: 10 }),
      charge(),
    ]);
    await spend(server, merchant.token, "debitPockets", slug, [
      { token: newId(), phoneNumber, amount: 1 },
    ]);
    const all = await events();
    const filtered = (filter: object) => events(merchant.token, { filter });
    expect(namesOf(await filtered({ type: { eq: ["POCKET_DEBITED"] } }))).toEqual([
      "POCKET_DEBITED 2",
    ]);
    const subjectId = all[0]!.subject.id;
    expect(namesOf(await filtered({ subjectId: { eq: [subjectId] } }))).toEqual([
      "POCKET_CHARGED 1",
      "POCKET_DEBITED 2",
    ]);
    expect(await filtered({ subjectType: { eq: ["ORDER"] } })).toEqual([]);
    expect(await filtered({ createdAt: { gt: all.at(-1)!.createdAt } })).toEqual([]);
  });

  it("ends at the retention", async () => {
    await chargePockets(server, merchant.token, slug, [charge()]);
    const { pool } = server.database;
    expect(await events()).toHaveLength(1);
    await pool.query("update pocket_ledger set created_at = created_at - interval '31 days'");
    await chargePockets(server, merchant.token, slug, [charge()]);
    expect(await events()).toHaveLength(1);
  });
});

describe("the signal of events", () => {
  /** A second server's signal, which looks only after notifications. */
  function openSignal(): EventSignal {
    const { pool } = openTestDatabase(directUrlOf(server.database));
    const store = new EventStore({ pool });
    const signal = new EventSignal({
      pool,
      store,
      log: pino({ level: "silent" }),
      listenUrl: () => directUrlOf(server.database),
      pollMs: 600_000,
    });
    opened.push(async () => {
      await signal.close();
      await pool.end();
    });
    return signal;
  }
  const opened: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of opened.splice(0)) await close();
  });

  /** Waits until the signal leads to an event. */
  function nextEvent(signal: EventSignal, follower: EventFollower): Promise<void> {
    return new Promise((resolve, reject) => {
      let reading = Promise.resolve();
      signal.onSignal(() => {
        reading = reading.then(async () => {
          if ((await follower.readOn()).length > 0) resolve();
        }, reject);
      });
    });
  }

  it("reports what another server commits", async () => {
    const signal = openSignal();
    const arrived = nextEvent(signal, new EventFollower(server, merchant.token));
    await chargePockets(server, merchant.token, slug, [charge()]);
    await arrived;
  });

  it("reports it after its connection was broken", async () => {
    const signal = openSignal();
    const follower = new EventFollower(server, merchant.token);
    await nextEventAfter(signal, follower);
    await server.database.pool.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1 and datname = current_database()",
      [LISTENER_NAME],
    );
    await nextEventAfter(signal, follower);
  });

  async function nextEventAfter(signal: EventSignal, follower: EventFollower): Promise<void> {
    const arrived = nextEvent(signal, follower);
    await chargePockets(server, merchant.token, slug, [charge()]);
    await arrived;
  }

  it("reports an event once the older transaction that hid it has ended", async () => {
    const signal = openSignal();
    const older = await server.database.pool.connect();
    await older.query("begin");
    await older.query("select event_position()");
    const follower = new EventFollower(server, merchant.token);
    const arrived = nextEvent(signal, follower);
    await chargePockets(server, merchant.token, slug, [charge()]);
    expect(await follower.readOn()).toEqual([]);
    await older.query("rollback");
    older.release();
    await arrived;
  });
});
