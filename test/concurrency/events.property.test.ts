import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import type { EventCursor } from "../../src/events/event-cursor.js";
import type { Event } from "../../src/events/event.record.js";
import { EventStore } from "../../src/events/event.store.js";
import { invertLastDigit } from "../../src/shared/uuid.js";
import { directUrlOf, openTestDatabase } from "../support/database.js";
import { type Scene, eventWork, installFates, newScene, perform } from "../support/event-work.js";
import { EventFollower, type ListedEvent } from "../support/events.js";
import { expectLedgerToBalance } from "../support/ledger.js";
import { assertCovering, runs } from "../support/runs.js";
import { TestServer } from "../support/server.js";
import { POLL } from "../support/wait-timeout.js";

let servers: [TestServer, TestServer];

beforeAll(async () => {
  const first = await TestServer.start();
  await installFates(first);
  const database = openTestDatabase(directUrlOf(first.database));
  servers = [first, await TestServer.start({ database })];
});

afterAll(async () => {
  await servers[1].stop();
  await servers[0].stop();
});

const follower = fc.record({
  server: fc.nat(1),
  merchant: fc.nat(1),
  pageSize: fc.integer({ min: 1, max: 9 }),
  pauseMs: fc.nat(20),
  readsStore: fc.boolean(),
});
type Follower = typeof follower extends fc.Arbitrary<infer F> ? F : never;

interface Seen {
  readonly id: string;
  readonly type: string;
  readonly sequence: number;
  readonly subjectId: string;
}

/** Reads events page by page until the work is over, and then to the end. */
async function follow(
  { server, merchant, pageSize, pauseMs, readsStore }: Follower,
  { merchants }: Scene,
  isOver: () => boolean,
): Promise<Seen[]> {
  const reader = servers[server]!;
  const { id, token } = merchants[merchant]!;
  const follower = readsStore
    ? new StoreFollower(reader, id, pageSize)
    : new EventFollower(reader, token, pageSize);
  for (let isLast = false; !isLast;) {
    isLast = isOver();
    while (await follower.readPage()) await sleep(pauseMs);
    await sleep(pauseMs);
  }
  return follower.events.map(seen);
}

function seen(event: ListedEvent | Event): Seen {
  const { type, sequence } = event;
  const isListed = "subject" in event;
  return {
    // The list shows an id of the event's own.
    id: isListed ? invertLastDigit(event.id) : event.id,
    ...{ type, sequence },
    subjectId: isListed ? event.subject.id : event.subjectId,
  };
}

/** Follows events as webhooks and subscriptions do. */
class StoreFollower {
  readonly events: Event[] = [];
  private readonly store: EventStore;
  private after: EventCursor | null = null;

  constructor(
    { database }: TestServer,
    private readonly merchantId: string,
    private readonly limit: number,
  ) {
    this.store = new EventStore(database);
  }

  async readPage(): Promise<boolean> {
    const { merchantId, after, limit } = this;
    const page = await this.store.readAfter({ merchantId, after, limit });
    this.events.push(...page);
    this.after = page.at(-1) ?? after;
    return page.length === limit;
  }
}

/** The merchant's events that are committed, read from the tables without regard to transactions that run. */
async function committed(merchantId: string): Promise<Seen[]> {
  const { rows } = await servers[0].database.pool.query<Seen>(
    `with rows as (
       select id, sequence, position from pocket_ledger where merchant_id = $1 and sequence is not null
       union all
       select id, sequence, position from audit_entries where event_merchant_id = $1)
     select id, e.type, r.sequence, e.subject_id as "subjectId"
     from rows r left join (select * from events where merchant_id = $1) e using (id)
     order by r.position, r.sequence, id`,
    [merchantId],
  );
  return rows;
}

function expectOrderWithinSubjects(events: readonly Seen[]): void {
  const last = new Map<string, number>();
  for (const { subjectId, sequence } of events) {
    expect(sequence).toBeGreaterThan(last.get(subjectId) ?? 0);
    last.set(subjectId, sequence);
  }
}

/** All transactions have ended, so that no event is hidden. */
async function quiet(): Promise<void> {
  const store = new EventStore(servers[0].database);
  await vi.waitFor(async () => {
    const { horizon, latest } = await store.snapshot();
    expect(horizon).toBe(latest);
  }, POLL);
}

it("lists every committed event once and in order, and no other, to every follower, however transactions end", async () => {
  const missing = new Set([
    ...["a failed request", "a killed transaction"],
    ...["POCKET_CHARGED", "POCKET_DEBITED", "POCKET_HOLD_OPENED", "POCKET_HOLD_CAPTURED"],
    ...["POCKET_HOLD_RELEASED", "POCKET_FROZEN", "POCKET_UNFROZEN", "CUSTOMER_UPDATED"],
    ...["PAYMENT_CHARGE_SUCCEEDED", "PAYMENT_CHARGE_UPDATED", "PAYMENT_REFUND_SUCCEEDED"],
    ...["PAYMENT_AUTHORIZATION_CAPTURED"],
  ]);
  const followers = fc.array(follower, { minLength: 2, maxLength: 5 });
  const property = fc.asyncProperty(eventWork, followers, async (work, followers) => {
    const scene = await newScene(servers);
    let isOver = false;
    const following = followers.map((one) => follow(one, scene, () => isOver));
    const happened = await perform(work, scene);
    await quiet();
    isOver = true;
    const lists = await Promise.all(following);
    for (const [index, { id }] of scene.merchants.entries()) {
      const events = await committed(id);
      expectOrderWithinSubjects(events);
      for (const [nth, list] of lists.entries()) {
        if (followers[nth]!.merchant === index) expect(list).toEqual(events);
      }
      for (const { type } of events) missing.delete(type);
    }
    for (const one of happened) missing.delete(one);
  });
  await assertCovering(property, { numRuns: runs(8), endOnFailure: true }, () => [...missing]);
  await expectLedgerToBalance(servers[0].database);
});
