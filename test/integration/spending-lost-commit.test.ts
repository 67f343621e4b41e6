import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { MerchantCaller } from "../../src/callers/caller.js";
import type { LedgerEntry } from "../../src/pockets/ledger/ledger-entry.js";
import type { PocketHold } from "../../src/pockets/ledger/pocket-hold.js";
import { type UuidV7, newId } from "../../src/shared/uuid.js";
import { Charging } from "../support/charging.js";
import { type TestDatabase, createTestDatabase } from "../support/database.js";
import { expectLedgerToBalance, expectPocketsToAddUp } from "../support/ledger.js";
import { type LostCommits, losingCommits } from "../support/lost-commits.js";
import { charge, newPhoneNumber } from "../support/pockets.js";

let database: TestDatabase;
/** A server that loses no commits. */
let intact: Charging;
let merchant: MerchantCaller;
let other: MerchantCaller;
let slug: string;
/** A pocket with a balance of 950, of which 100 are held. */
let phoneNumber: string;
let charged: UuidV7;
let debited: UuidV7;
let held: UuidV7;

beforeAll(async () => {
  database = await createTestDatabase();
  intact = new Charging(database);
  [merchant, other] = [await intact.createMerchant(), await intact.createMerchant()];
  slug = await intact.createGroup({}, merchant, other);
});

beforeEach(async () => {
  phoneNumber = newPhoneNumber();
  [charged, debited, held] = [newId(), newId(), newId()];
  await succeeding(charging(intact, 1_000, charged));
  await succeeding(
    intact.spendPockets.debit(merchant, slug, [{ token: debited, phoneNumber, amount: 50 }]),
  );
  await succeeding(
    intact.spendPockets.hold(merchant, slug, [{ token: held, phoneNumber, amount: 100 }]),
  );
});

afterEach(() => expectPocketsToAddUp(database));

afterAll(async () => {
  await expectLedgerToBalance(database);
  await database.close();
});

interface Result {
  readonly status: string;
  readonly code?: string;
  readonly entry?: LedgerEntry | null;
  readonly charge?: { readonly balanceAfter: number };
  readonly hold?: PocketHold | null;
  readonly available?: number | null;
}

async function succeeding(results: Promise<readonly Result[]>): Promise<void> {
  expect((await results).map(outcomeOf)).toEqual(["SUCCESS"]);
}

const outcomeOf = ({ code }: Result): string => code ?? "SUCCESS";

/** A result in words: the outcome, the balance and what is available after it, and the state of the hold. */
function shown(result: Result): string {
  const { entry, charge: one, available, hold } = result;
  const balance = result.status === "SUCCESS" ? (entry ?? one)?.balanceAfter : undefined;
  const parts = {
    balance,
    available: available ?? undefined,
    hold: hold ? `${hold.status} ${String(hold.capturedAmount)}` : undefined,
  };
  const details = Object.entries(parts).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name} ${String(value)}`],
  );
  return [outcomeOf(result), ...details].join(", ");
}

function charging(server: Charging, amount: number, token = newId(), by = merchant) {
  return server.chargePockets.charge(by, slug, [charge({ token, phoneNumber, amount })]);
}

function losing(lost: LostCommits): Charging {
  return new Charging(losingCommits(database, lost));
}

/** Another merchant spends all that is available. */
async function spendTheRest(): Promise<void> {
  const { rows } = await database.pool.query<{ available: number }>(
    "select balance - held_amount as available from pockets where phone_number = $1",
    [phoneNumber],
  );
  const amount = rows[0]!.available;
  if (amount === 0) return;
  await succeeding(
    intact.spendPockets.debit(other, slug, [{ token: newId(), phoneNumber, amount }]),
  );
}

/** A request of each kind with a success, the same again, and a refusal; and what it must get. */
const KINDS: Readonly<
  Record<
    string,
    { prepare: () => (server: Charging) => Promise<readonly Result[]>; gets: string[] }
  >
> = {
  charges: {
    prepare: () => {
      const one = charge({ phoneNumber, amount: 1 });
      const items = [one, one, { ...one, amount: 2 }, charge({ phoneNumber, amount: 2 })];
      return ({ chargePockets }) => chargePockets.charge(merchant, slug, items);
    },
    gets: ["SUCCESS, balance 951", "DUPLICATE_TOKEN", "TOKEN_CONFLICT", "SUCCESS, balance 953"],
  },
  debits: {
    prepare: () => {
      const one = { token: newId(), phoneNumber, amount: 800 };
      const items = [one, one, { ...one, token: newId() }, { ...one, token: newId(), amount: 50 }];
      return ({ spendPockets }) => spendPockets.debit(merchant, slug, items);
    },
    gets: [
      "SUCCESS, balance 150, available 50",
      "DUPLICATE_TOKEN",
      "INSUFFICIENT_FUNDS, available 50",
      "SUCCESS, balance 100, available 0",
    ],
  },
  "reversals of a charge": {
    prepare: () => {
      const one = { token: newId(), ofToken: charged, amount: 850 };
      const items = [one, one, { ...one, token: newId() }];
      return ({ spendPockets }) => spendPockets.reverse(merchant, slug, items);
    },
    gets: ["SUCCESS, balance 100, available 0", "DUPLICATE_TOKEN", "ABOVE_REVERSIBLE_AMOUNT"],
  },
  "reversals of a debit": {
    prepare: () => {
      const one = { token: newId(), ofToken: debited };
      const items = [one, one, { ...one, token: newId() }];
      return ({ spendPockets }) => spendPockets.reverse(merchant, slug, items);
    },
    gets: ["SUCCESS, balance 1000, available 900", "DUPLICATE_TOKEN", "ALREADY_REVERSED"],
  },
  holds: {
    prepare: () => {
      const one = { token: newId(), phoneNumber, amount: 800 };
      const items = [one, one, { ...one, token: newId() }, { ...one, token: newId(), amount: 50 }];
      return ({ spendPockets }) => spendPockets.hold(merchant, slug, items);
    },
    gets: [
      "SUCCESS, balance 950, available 50, hold OPEN 0",
      "DUPLICATE_TOKEN, hold OPEN 0",
      "INSUFFICIENT_FUNDS, available 50",
      "SUCCESS, balance 950, available 0, hold OPEN 0",
    ],
  },
  "captures of a part": {
    prepare: () => {
      const one = { token: newId(), holdToken: held, amount: 60 };
      const items = [one, one, { ...one, token: newId() }];
      return ({ spendPockets }) => spendPockets.capture(merchant, slug, items);
    },
    gets: [
      "SUCCESS, balance 890, available 850, hold OPEN 60",
      "DUPLICATE_TOKEN, hold OPEN 60",
      "ABOVE_HELD_AMOUNT, hold OPEN 60",
    ],
  },
  "final captures": {
    prepare: () => {
      const one = { token: newId(), holdToken: held, amount: 60, final: true };
      const items = [one, one, { ...one, token: newId() }];
      return ({ spendPockets }) => spendPockets.capture(merchant, slug, items);
    },
    gets: [
      "SUCCESS, balance 890, available 890, hold CAPTURED 60",
      "DUPLICATE_TOKEN, hold CAPTURED 60",
      "HOLD_CLOSED, hold CAPTURED 60",
    ],
  },
  releases: {
    prepare: () => {
      const tokens = [held, held, newId()];
      return ({ spendPockets }) => spendPockets.release(merchant, slug, tokens);
    },
    gets: [
      "SUCCESS, available 950, hold RELEASED 0",
      "HOLD_CLOSED, hold RELEASED 0",
      "HOLD_NOT_FOUND",
    ],
  },
};

describe.each(Object.entries(KINDS))("%s whose connection breaks", (_, { prepare, gets }) => {
  it.each(["before commit", "after commit"] as const)(
    "%s have the results of one run, and their effect once",
    async (when) => {
      const send = prepare();
      const results = await send(losing({ when, times: 3 }));
      expect(results.map(shown)).toEqual(gets);
      const again = await send(intact);
      expect(again.map(outcomeOf)).not.toContain("SUCCESS");
    },
  );

  it("after commit have the results of that run, although another merchant spent the rest", async () => {
    const send = prepare();
    const server = losing({ when: "after commit", times: 2, meanwhile: spendTheRest });
    expect((await send(server)).map(shown)).toEqual(gets);
  });

  it("before commit are settled again after another merchant's change", async () => {
    const send = prepare();
    const meanwhile = () => succeeding(charging(intact, 10_000, newId(), other));
    const results = await send(losing({ when: "before commit", times: 1, meanwhile }));
    const [first] = results;
    expect(first?.status).toBe("SUCCESS");
    const { rows } = await database.pool.query<{ balance: number }>(
      "select balance from pockets where phone_number = $1",
      [phoneNumber],
    );
    const last = results.findLast(({ status }) => status === "SUCCESS");
    const balance = (last?.entry ?? last?.charge)?.balanceAfter ?? 10_950;
    expect(rows).toEqual([{ balance }]);
  });
});

describe("a lost commit", () => {
  it("of a partial capture is recognized after the hold was captured further", async () => {
    const one = { token: newId(), holdToken: held, amount: 60 };
    const meanwhile = () =>
      succeeding(
        intact.spendPockets.capture(merchant, slug, [{ token: newId(), holdToken: held }]),
      );
    const server = losing({ when: "after commit", times: 1, meanwhile });
    const results = await server.spendPockets.capture(merchant, slug, [one]);
    expect(results.map(shown)).toEqual(["SUCCESS, balance 890, available 850, hold OPEN 60"]);
  });

  it("of a release is not taken for the release by another request", async () => {
    const meanwhile = () => succeeding(intact.spendPockets.release(merchant, slug, [held]));
    const server = losing({ when: "before commit", times: 1, meanwhile });
    const results = await server.spendPockets.release(merchant, slug, [held]);
    expect(results.map(shown)).toEqual(["HOLD_CLOSED, hold RELEASED 0"]);
  });

  it("of a token that another request used meanwhile is a duplicate", async () => {
    const one = { token: newId(), phoneNumber, amount: 10 };
    const meanwhile = () => succeeding(intact.spendPockets.debit(merchant, slug, [one]));
    const server = losing({ when: "before commit", times: 1, meanwhile });
    const results = await server.spendPockets.debit(merchant, slug, [one]);
    expect(results.map(shown)).toEqual(["DUPLICATE_TOKEN"]);
  });

  it("of an expired hold's capture keeps the capture", async () => {
    const one = { token: newId(), holdToken: held, amount: 60 };
    const meanwhile = () =>
      database.pool.query("update pocket_holds set expires_at = now() where token = $1", [held]);
    const server = losing({ when: "after commit", times: 1, meanwhile });
    const results = await server.spendPockets.capture(merchant, slug, [one]);
    expect(results.map(shown)).toEqual(["SUCCESS, balance 890, available 850, hold OPEN 60"]);
    const again = await intact.spendPockets.capture(merchant, slug, [one]);
    expect(again.map(shown)).toEqual(["DUPLICATE_TOKEN, hold EXPIRED 60"]);
  });

  it("of a transaction that requests of every kind share gives each its own results", async () => {
    for (const when of ["before commit", "after commit"] as const) {
      const server = losing({ when, after: 1, times: 3 });
      const { spendPockets } = server;
      const hold = newId();
      const one = () => ({ token: newId(), phoneNumber, amount: 10 });
      await succeeding(intact.spendPockets.hold(merchant, slug, [{ ...one(), token: hold }]));
      // While the first request has locked the pocket, the others wait for it together.
      const asked: Promise<readonly Result[]>[] = [
        charging(server, 10),
        spendPockets.debit(other, slug, [one()]),
        spendPockets.reverse(merchant, slug, [
          { token: newId(), ofToken: charged, amount: 10 },
          { token: newId(), ofToken: debited, amount: 10 },
        ]),
        spendPockets.hold(other, slug, [one(), { ...one(), amount: 5_000 }]),
        spendPockets.capture(merchant, slug, [{ token: newId(), holdToken: held, amount: 10 }]),
        spendPockets.release(merchant, slug, [hold]),
        spendPockets.debit(other, slug, [{ ...one(), amount: 5_000 }]),
      ];
      const results = await Promise.all(asked);
      expect(results.map((request) => request.map(outcomeOf))).toEqual([
        ["SUCCESS"],
        ["SUCCESS"],
        ["SUCCESS", "SUCCESS"],
        ["SUCCESS", "INSUFFICIENT_FUNDS"],
        ["SUCCESS"],
        ["SUCCESS"],
        ["INSUFFICIENT_FUNDS"],
      ]);
    }
  });

  it("of a shared transaction that is then split gives each request its own outcome", async () => {
    const poor = newPhoneNumber();
    await succeeding(
      intact.chargePockets.charge(merchant, slug, [charge({ phoneNumber: poor, amount: 2 })]),
    );
    await database.pool.query(`
      create function refuse_poison() returns trigger language plpgsql as $$
        begin raise exception 'poison'; end $$;
      create trigger poison before insert on pocket_ledger for each row
        when (new.phone_number = '${poor}' and new.amount = -777) execute function refuse_poison()`);
    // In the second run, the request that was refused would succeed, but it fails and makes the transaction fail.
    const meanwhile = () =>
      intact.chargePockets.charge(other, slug, [charge({ phoneNumber: poor, amount: 1_000 })]);
    const server = losing({ when: "after commit", after: 2, times: 1, meanwhile });
    const { spendPockets } = server;
    // The server now knows the group, so that the next requests arrive in their order.
    await succeeding(charging(server, 1));
    const debit = (to: string, amount: number) => ({ token: newId(), phoneNumber: to, amount });
    const [first, spent, poisoned, released] = await Promise.allSettled([
      spendPockets.debit(merchant, slug, [debit(poor, 1), debit(phoneNumber, 1)]),
      spendPockets.debit(merchant, slug, [debit(phoneNumber, 850), debit(phoneNumber, 1)]),
      spendPockets.debit(merchant, slug, [debit(poor, 777)]),
      spendPockets.release(merchant, slug, [held]),
    ]);
    expect(first).toMatchObject({ value: [{ status: "SUCCESS" }, { status: "SUCCESS" }] });
    expect(spent).toMatchObject({
      value: [{ status: "SUCCESS", available: 0 }, { code: "INSUFFICIENT_FUNDS" }],
    });
    expect(poisoned).toMatchObject({ reason: { message: "poison" } });
    expect(released).toMatchObject({ value: [{ status: "SUCCESS", available: 100 }] });
  });
});
