import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { EventFeed } from "../../src/events/event-feed.service.js";
import { EventStore } from "../../src/events/event.store.js";
import type { EventCursor } from "../../src/events/event-cursor.js";
import type { Event } from "../../src/events/event.record.js";
import { MAX_WAITING_EVENTS, type EventFollower } from "../../src/events/event-follower.js";
import { charge, chargePockets, newPhoneNumber } from "../support/pockets.js";
import { runs } from "../support/runs.js";
import { type TestMerchant, TestServer } from "../support/server.js";
import { POLL } from "../support/wait-timeout.js";

let server: TestServer;
let merchant: TestMerchant;
let slug: string;
let store: EventStore;
let signals: Set<() => void>;
let feed: EventFeed;

beforeAll(async () => {
  server = await TestServer.start();
});
beforeEach(async () => {
  merchant = await server.createMerchant();
  slug = await server.createGroup({}, merchant);
  store = new EventStore(server.database);
  signals = new Set();
  feed = new EventFeed(
    store,
    {
      onSignal: (listener) => {
        signals.add(listener);
        return () => signals.delete(listener);
      },
    },
    (error) => {
      throw error;
    },
  );
});
afterAll(() => server.stop());

const signal = (): void => {
  for (const listener of signals) listener();
};

async function chargeTimes(count: number): Promise<void> {
  const phoneNumber = newPhoneNumber();
  for (let left = count; left > 0; left -= 1_000) {
    const charges = Array.from({ length: Math.min(left, 1_000) }, () =>
      charge({ phoneNumber, amount: 1 }),
    );
    await chargePockets(server, merchant.token, slug, charges);
  }
  signal();
}

const follow = (after: EventCursor | null): Promise<EventFollower> =>
  feed.follow({ merchantId: merchant.id, after });

async function take(follower: EventFollower, count: number): Promise<Event[]> {
  const events: Event[] = [];
  while (events.length < count) events.push(...((await follower.next(count)) ?? []));
  return events;
}

interface FollowerOfProperty {
  readonly follower: EventFollower;
  readonly after: EventCursor;
  readonly events: Event[];
  readonly done: Promise<void>;
}

describe("a follower", () => {
  it("that does not take its events is ended with SUBSCRIBER_TOO_SLOW, and misses none after resuming", async () => {
    const follower = await follow(null);
    const first = take(follower, 1);
    await expect.poll(() => signals.size, POLL).toBe(1);
    await chargeTimes(1);
    const [received] = await first;
    await chargeTimes(MAX_WAITING_EVENTS + 1);
    await expect
      .poll(() => {
        signal();
        return signals.size;
      }, POLL)
      .toBe(0);
    await expect(follower.next(1)).rejects.toMatchObject({ code: "SUBSCRIBER_TOO_SLOW" });
    const resumed = await take(await follow(received!), MAX_WAITING_EVENTS + 1);
    expect(resumed).toHaveLength(MAX_WAITING_EVENTS + 1);
    expect(resumed.map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: MAX_WAITING_EVENTS + 1 }, (_, index) => index + 1),
    );
  });

  it("reads many earlier events page by page, without being too slow", async () => {
    await chargeTimes(3 * MAX_WAITING_EVENTS);
    const events = await take(await follow(BEGINNING), 3 * MAX_WAITING_EVENTS);
    expect(new Set(events.map(({ id }) => id)).size).toBe(3 * MAX_WAITING_EVENTS);
  });

  it("that leaves while it waits to join ends at once", async () => {
    const joined = await follow(null);
    const first = take(joined, 1);
    await expect.poll(() => signals.size, POLL).toBe(1);
    await chargeTimes(1);
    await first;
    const read = vi.spyOn(store, "readOfMerchants");
    const earlier = vi.spyOn(store, "readAfter");
    let finishRound!: () => void;
    read.mockImplementationOnce(async () => {
      await new Promise<void>((resolve) => (finishRound = resolve));
      return [];
    });
    await expect
      .poll(() => {
        signal();
        return read.mock.calls.length;
      }, POLL)
      .toBeGreaterThan(0);
    const leaving = await follow(BEGINNING);
    await leaving.next(1);
    const next = leaving.next(1);
    await expect.poll(() => earlier.mock.calls.length, POLL).toBeGreaterThan(0);
    await earlier.mock.results.at(-1)!.value;
    leaving.end();
    await expect(next).resolves.toBeNull();
    finishRound();
    joined.end();
    expect(signals.size).toBe(0);
  });

  it("gets every event once and in order, whenever it and others join and leave", async () => {
    const joined: FollowerOfProperty[] = [];
    /** The position of the last event of the runs before. */
    let latest = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            fc.record({
              kind: fc.constant("charge" as const),
              count: fc.integer({ min: 1, max: 5 }),
            }),
            fc.record({
              kind: fc.constant("join" as const),
              back: fc.integer({ min: 0, max: 8 }),
            }),
            fc.record({ kind: fc.constant("leave" as const), which: fc.nat() }),
            fc.record({ kind: fc.constant("signal" as const) }),
          ),
          { maxLength: 30 },
        ),
        async (steps) => {
          let begin = await store.end();
          // A transaction of another test can hold the end back, before events that have been read already.
          await expect
            .poll(async () => {
              begin = await store.end();
              return begin.position;
            }, POLL)
            .toBeGreaterThan(latest);
          const all = (): Promise<Event[]> =>
            store.readAfter({ merchantId: merchant.id, after: begin, limit: 1_000 });
          let made = 0;
          const chargeMore = async (count: number): Promise<void> => {
            await chargeTimes(count);
            made += count;
          };
          for (const step of steps) {
            if (step.kind === "charge") await chargeMore(step.count);
            if (step.kind === "signal") signal();
            if (step.kind === "leave") joined[step.which % joined.length]?.follower.end();
            if (step.kind === "join") {
              const after: EventCursor = (await all()).at(-step.back - 1) ?? begin;
              const follower = await follow(after);
              const events: Event[] = [];
              const done = (async () => {
                for (let got = await follower.next(3); got; got = await follower.next(3))
                  events.push(...got);
              })();
              joined.push({ follower, after, events, done });
            }
          }
          await chargeMore(1);
          // Any other transaction of the database that runs, such as autovacuum's, holds the newest events back.
          await expect.poll(async () => (await all()).length, POLL).toBe(made);
          const expected = await all();
          latest = expected.at(-1)?.position ?? latest;
          for (const { follower, after, events, done } of joined) {
            const wanted = expected.slice(expected.findIndex(({ id }) => id === after.id) + 1);
            const ids = wanted.map(({ id }) => id);
            const isOver = { value: false };
            void done.then(() => (isOver.value = true));
            await expect
              .poll(() => {
                signal();
                return isOver.value || events.length === ids.length;
              }, POLL)
              .toBe(true);
            // One that has left got the first of them.
            expect(ids.slice(0, events.length)).toEqual(events.map(({ id }) => id));
            follower.end();
            await done;
          }
          expect(signals.size).toBe(0);
        },
      ),
      {
        numRuns: runs(15),
        plugins: [
          fc.afterEach(() => {
            for (const { follower } of joined.splice(0)) follower.end();
          }),
        ],
      },
    );
  });
});

const BEGINNING: EventCursor = {
  position: 0,
  sequence: 0,
  id: "00000000-0000-0000-0000-000000000000",
};
