import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { MerchantCaller } from "../../src/callers/caller.js";
import { type Database, openDatabase } from "../../src/database/database.js";
import type { PocketHold } from "../../src/pockets/ledger/pocket-hold.js";
import { newId } from "../../src/shared/uuid.js";
import { Charging } from "../support/charging.js";
import { type TestDatabase, createTestDatabase } from "../support/database.js";
import { deadlocksIn, expectLedgerToBalance } from "../support/ledger.js";
import { charge, newPhoneNumber } from "../support/pockets.js";

const CALLERS = 64;
const ROUNDS = 5;

let database: TestDatabase;
let second: Database;
let merchant: MerchantCaller;
let other: MerchantCaller;
let slug: string;
/** Two servers on one database, each with its own connections. */
let servers: [Charging, Charging];

beforeAll(async () => {
  database = await createTestDatabase(20);
  second = openDatabase({
    url: database.url,
    poolSize: 20,
    timeoutMs: 20_000,
    onIdleError: () => undefined,
  });
  servers = [new Charging(database), new Charging(second)];
  [merchant, other] = [await servers[0].createMerchant(), await servers[0].createMerchant()];
  slug = await servers[0].createGroup({}, merchant, other);
});

afterEach(async () => {
  await expectLedgerToBalance(database);
  // The server retries deadlocks, so callers would not notice them. None may happen at all.
  expect(await deadlocksIn(database)).toBe(0);
});

afterAll(async () => {
  await second.close();
  await database.close();
});

/** What one caller asks of a server. @returns `SUCCESS` or the code of each item. */
type Ask = (server: Charging) => Promise<string[]>;

interface Result {
  readonly status: string;
  readonly code?: string;
}

function asking(send: (server: Charging) => Promise<readonly Result[]>): Ask {
  return async (server) => (await send(server)).map(({ code }) => code ?? "SUCCESS");
}

const charging = (phoneNumber: string, amount: number, token = newId(), by = merchant): Ask =>
  asking(({ chargePockets }) =>
    chargePockets.charge(by, slug, [charge({ token, phoneNumber, amount })]),
  );

const debiting = (phoneNumber: string, amount: number, token = newId(), by = merchant): Ask =>
  asking(({ spendPockets }) => spendPockets.debit(by, slug, [{ token, phoneNumber, amount }]));

const holding = (phoneNumber: string, amount: number, token = newId(), by = merchant): Ask =>
  asking(({ spendPockets }) => spendPockets.hold(by, slug, [{ token, phoneNumber, amount }]));

const reversing = (ofToken: string, amount: number | null = null, token = newId()): Ask =>
  asking(({ spendPockets }) => spendPockets.reverse(merchant, slug, [{ token, ofToken, amount }]));

const capturing = (holdToken: string, amount: number | null = null, token = newId()): Ask =>
  asking(({ spendPockets }) =>
    spendPockets.capture(merchant, slug, [{ token, holdToken, amount }]),
  );

const releasing = (holdToken: string): Ask =>
  asking(({ spendPockets }) => spendPockets.release(merchant, slug, [holdToken]));

/** 64 callers ask at the same time, distributed over both servers. @returns the outcomes in the callers' order. */
async function race(ask: (caller: number) => Ask): Promise<string[]> {
  const asked = Array.from({ length: CALLERS }, (_, caller) => {
    // The callers are random, so that both servers get every kind of item.
    return ask(caller)(servers[Math.random() < 0.5 ? 0 : 1]);
  });
  return (await Promise.all(asked)).flat();
}

/** How often 64 callers get each outcome. */
async function countsOf(ask: (caller: number) => Ask): Promise<Record<string, number>> {
  return count(await race(ask));
}

function count(outcomes: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const outcome of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}

/** Does what must succeed before a race. */
async function first(ask: Ask): Promise<void> {
  expect(await ask(servers[0])).toEqual(["SUCCESS"]);
}

/** A new pocket with a balance, and the token of the charge that made it. */
async function pocketWith(amount: number): Promise<{ phoneNumber: string; token: string }> {
  const [phoneNumber, token] = [newPhoneNumber(), newId()];
  await first(charging(phoneNumber, amount, token));
  return { phoneNumber, token };
}

/** A new pocket with one hold. */
async function heldPocket(balance: number, amount: number) {
  const { phoneNumber } = await pocketWith(balance);
  const token = newId();
  await first(holding(phoneNumber, amount, token));
  return { phoneNumber, token };
}

/** Lets a hold expire soon, however long it took to create it. */
async function expireIn(milliseconds: number, token: string): Promise<void> {
  await database.pool.query(
    "update pocket_holds set expires_at = clock_timestamp() + $1 * interval '1 ms' where token = $2",
    [milliseconds, token],
  );
}

async function stored(phoneNumber: string) {
  const { rows } = await database.pool.query<{ balance: number; held: number }>(
    "select balance, held_amount as held from pockets where phone_number = $1",
    [phoneNumber],
  );
  return rows[0];
}

async function storedHold(token: string) {
  const { rows } = await database.pool.query<Pick<PocketHold, "status" | "capturedAmount">>(
    'select status, captured_amount as "capturedAmount" from pocket_holds where token = $1',
    [token],
  );
  return rows[0]!;
}

describe("one token for every kind of item", () => {
  it("from 64 callers is used once, for one pocket and for several", async () => {
    for (let round = 0; round < 2 * ROUNDS; round++) {
      const token = newId();
      const charged = await pocketWith(1_000);
      const held = await heldPocket(1_000, 100);
      const isOnePocket = round % 2 === 0;
      const spent = isOnePocket ? charged.phoneNumber : (await pocketWith(1_000)).phoneNumber;
      const filled = isOnePocket ? charged.phoneNumber : newPhoneNumber();
      const asked = [
        charging(filled, 10, token),
        debiting(spent, 10, token),
        reversing(charged.token, 10, token),
        holding(spent, 10, token),
        capturing(held.token, 10, token),
        charging(filled, 10, token, other),
        debiting(spent, 10, token, other),
      ];
      const outcomes = await countsOf((caller) => asked[caller % asked.length]!);
      const { SUCCESS, DUPLICATE_TOKEN = 0, TOKEN_CONFLICT = 0, ...rest } = outcomes;
      expect({ SUCCESS, rest }).toEqual({ SUCCESS: 1, rest: {} });
      expect(DUPLICATE_TOKEN + TOKEN_CONFLICT).toBe(CALLERS - 1);
    }
  });
});

describe("the last amount of a pocket", () => {
  it("is debited once by 64 callers", async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { phoneNumber } = await pocketWith(100);
      const outcomes = await countsOf(() => debiting(phoneNumber, 100));
      expect(outcomes).toEqual({ SUCCESS: 1, INSUFFICIENT_FUNDS: CALLERS - 1 });
      expect(await stored(phoneNumber)).toEqual({ balance: 0, held: 0 });
    }
  });

  it("is held once by 64 callers", async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { phoneNumber } = await pocketWith(100);
      const outcomes = await countsOf(() => holding(phoneNumber, 100));
      expect(outcomes).toEqual({ SUCCESS: 1, INSUFFICIENT_FUNDS: CALLERS - 1 });
      expect(await stored(phoneNumber)).toEqual({ balance: 100, held: 100 });
    }
  });

  it("is taken once by a debit, a hold or a reversal of its charge", async () => {
    for (let round = 0; round < 2 * ROUNDS; round++) {
      const { phoneNumber, token } = await pocketWith(100);
      const outcomes = await countsOf((caller) => {
        const asked = [debiting(phoneNumber, 100), reversing(token), holding(phoneNumber, 100)];
        return asked[caller % asked.length]!;
      });
      const { SUCCESS, INSUFFICIENT_FUNDS = 0, ALREADY_REVERSED = 0, ...rest } = outcomes;
      expect({ SUCCESS, rest }).toEqual({ SUCCESS: 1, rest: {} });
      expect(INSUFFICIENT_FUNDS + ALREADY_REVERSED).toBe(CALLERS - 1);
    }
  });

  it("is shared by smaller debits and holds as far as it goes", async () => {
    const { phoneNumber } = await pocketWith(100);
    const outcomes = await countsOf((caller) =>
      caller % 2 === 0 ? debiting(phoneNumber, 7) : holding(phoneNumber, 7),
    );
    expect(outcomes).toEqual({ SUCCESS: 14, INSUFFICIENT_FUNDS: CALLERS - 14 });
  });
});

describe("a hold", () => {
  it("is captured as a whole once by 64 callers", async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { phoneNumber, token } = await heldPocket(100, 60);
      const outcomes = await countsOf(() => capturing(token));
      expect(outcomes).toEqual({ SUCCESS: 1, HOLD_CLOSED: CALLERS - 1 });
      expect(await stored(phoneNumber)).toEqual({ balance: 40, held: 0 });
    }
  });

  it("is captured in parts as far as they go", async () => {
    const { phoneNumber, token } = await heldPocket(200, 100);
    const outcomes = await countsOf(() => capturing(token, 7));
    expect(outcomes).toEqual({ SUCCESS: 14, ABOVE_HELD_AMOUNT: CALLERS - 14 });
    expect(await stored(phoneNumber)).toEqual({ balance: 102, held: 2 });
  });

  it("is captured, released and expired at once without its amount being used twice", async () => {
    for (let round = 0; round < 4 * ROUNDS; round++) {
      const { phoneNumber, token } = await heldPocket(100, 60);
      await expireIn(10 + 5 * round, token);
      const outcomes = await race((caller) => {
        const asked = [
          capturing(token, 20),
          debiting(phoneNumber, 50),
          holding(phoneNumber, 70),
          caller < CALLERS / 2 ? capturing(token, 61) : releasing(token),
        ];
        return asked[caller % asked.length]!;
      });
      const [captures, debits, holds, releases] = [0, 1, 2, 3].map(
        (kind) => outcomes.filter((one, caller) => caller % 4 === kind && one === "SUCCESS").length,
      ) as [number, number, number, number];
      const hold = await storedHold(token);
      expect(hold.capturedAmount).toBe(20 * captures);
      expect(releases).toBe(hold.status === "RELEASED" ? 1 : 0);
      const { balance, held } = (await stored(phoneNumber))!;
      expect(balance).toBe(100 - 20 * captures - 50 * debits);
      const left = hold.status === "OPEN" ? 60 - hold.capturedAmount : 0;
      expect(held).toBe(70 * holds + left);
    }
  });

  it("is reserved in the pocket that the first charge creates in the same transaction", async () => {
    for (let round = 0; round < 4 * ROUNDS; round++) {
      const [busy, phoneNumber, token] = [newPhoneNumber(), newPhoneNumber(), newId()];
      const [server] = servers;
      // The first two requests have their own transactions. The others share the next one.
      const asked = [
        charging(busy, 1)(server),
        charging(newPhoneNumber(), 1)(server),
        charging(phoneNumber, 100)(server),
        holding(phoneNumber, 100, token)(server),
        debiting(phoneNumber, 1)(server),
      ];
      const outcomes = (await Promise.all(asked)).flat();
      expect(outcomes.slice(0, 3)).toEqual(["SUCCESS", "SUCCESS", "SUCCESS"]);
      expect(outcomes.slice(3)).toEqual(["SUCCESS", "INSUFFICIENT_FUNDS"]);
      expect(await stored(phoneNumber)).toEqual({ balance: 100, held: 100 });
    }
  });
});

describe("an entry", () => {
  it("is reversed once by 64 callers", async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { phoneNumber, token } = await pocketWith(100);
      await first(charging(phoneNumber, 500));
      const outcomes = await countsOf(() => reversing(token));
      expect(outcomes).toEqual({ SUCCESS: 1, ALREADY_REVERSED: CALLERS - 1 });
      expect(await stored(phoneNumber)).toEqual({ balance: 500, held: 0 });
    }
  });

  it("is reversed in parts as far as they go", async () => {
    const { phoneNumber } = await pocketWith(100);
    const debit = newId();
    await first(debiting(phoneNumber, 100, debit));
    const outcomes = await countsOf(() => reversing(debit, 7));
    expect(outcomes).toEqual({ SUCCESS: 14, ABOVE_REVERSIBLE_AMOUNT: CALLERS - 14 });
    expect(await stored(phoneNumber)).toEqual({ balance: 98, held: 0 });
  });
});

it("items of every kind in opposite orders, on the same pockets, all get a result", async () => {
  const pockets = await Promise.all(Array.from({ length: 12 }, () => heldPocket(1_000, 500)));
  const charges = await Promise.all(
    pockets.map(async ({ phoneNumber }) => {
      const token = newId();
      await first(charging(phoneNumber, 400, token));
      return token;
    }),
  );
  const outcomes = await countsOf((caller) => {
    const isReversed = Math.floor(caller / 5) % 2 === 1;
    const inOrder = <T>(items: T[]): T[] => (isReversed ? items.reverse() : items);
    const movements = inOrder(
      pockets.map(({ phoneNumber }) => ({ token: newId(), phoneNumber, amount: 1 })),
    );
    const captures = inOrder(
      pockets.map(({ token: holdToken }) => ({ token: newId(), holdToken, amount: 1 })),
    );
    const reversals = inOrder(charges.map((ofToken) => ({ token: newId(), ofToken, amount: 1 })));
    const asked = [
      asking(({ chargePockets }) => chargePockets.charge(merchant, slug, movements)),
      asking(({ spendPockets }) => spendPockets.debit(merchant, slug, movements)),
      asking(({ spendPockets }) => spendPockets.hold(merchant, slug, movements)),
      asking(({ spendPockets }) => spendPockets.capture(merchant, slug, captures)),
      asking(({ spendPockets }) => spendPockets.reverse(merchant, slug, reversals)),
    ];
    return asked[caller % asked.length]!;
  });
  expect(outcomes).toEqual({ SUCCESS: CALLERS * pockets.length });
});
