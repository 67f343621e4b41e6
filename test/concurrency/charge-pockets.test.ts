import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { MerchantCaller } from "../../src/callers/caller.js";
import { type Database, openDatabase } from "../../src/database/database.js";
import type { PocketChargeRequest } from "../../src/pockets/pocket-charge.js";
import { deadlocksIn, expectLedgerToBalance } from "../support/ledger.js";
import { Charging } from "../support/charging.js";
import { type TestDatabase, createTestDatabase } from "../support/database.js";
import { charge, newPhoneNumber } from "../support/pockets.js";

const CALLERS = 64;

let database: TestDatabase;
let second: Database;
let merchants: MerchantCaller[];
let slug: string;
/** Two servers on one database, each with its own connections. */
let servers: Charging[];

beforeAll(async () => {
  database = await createTestDatabase(20);
  second = openDatabase({
    url: database.url,
    poolSize: 20,
    timeoutMs: 20_000,
    onIdleError: () => undefined,
  });
  const first = new Charging(database);
  servers = [first, new Charging(second)];
  merchants = [await first.createMerchant(), await first.createMerchant()];
  slug = await first.createGroup({}, ...merchants);
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

/** All callers send their batches at the same time, distributed over both servers and both merchants. */
async function race(batches: PocketChargeRequest[][]): Promise<string[]> {
  const results = await Promise.all(
    batches.map((batch, index) => {
      const server = servers[index % 2]!;
      const merchant = merchants[Math.floor(index / 2) % 2]!;
      return server.chargePockets.charge(merchant, slug, batch);
    }),
  );
  return results.flat().map((result) => (result.status === "ERROR" ? result.code : "SUCCESS"));
}

function count(outcomes: string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const outcome of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}

describe("concurrent callers", () => {
  it("with one token for one pocket make one charge, and the others get a duplicate", async () => {
    for (let round = 0; round < 5; round++) {
      const one = charge({ phoneNumber: newPhoneNumber() });
      const outcomes = await race(Array.from({ length: CALLERS }, () => [one]));
      expect(count(outcomes)).toEqual({ SUCCESS: 1, DUPLICATE_TOKEN: CALLERS - 1 });
    }
  });

  it("with one token for many pockets make one charge, and create no pocket for the others", async () => {
    for (let round = 0; round < 5; round++) {
      const { token } = charge();
      const numbers = Array.from({ length: CALLERS }, newPhoneNumber);
      const outcomes = await race(numbers.map((phoneNumber) => [charge({ token, phoneNumber })]));
      expect(count(outcomes)).toEqual({ SUCCESS: 1, TOKEN_CONFLICT: CALLERS - 1 });
      const { rows } = await database.pool.query(
        "select from pockets where phone_number = any($1)",
        [numbers],
      );
      expect(rows).toHaveLength(1);
    }
  });

  it("create one pocket with its first charges, and lose none of them", async () => {
    for (let round = 0; round < 5; round++) {
      const phoneNumber = newPhoneNumber();
      const outcomes = await race(
        Array.from({ length: CALLERS }, (_, index) => [charge({ phoneNumber, amount: index + 1 })]),
      );
      expect(count(outcomes)).toEqual({ SUCCESS: CALLERS });
      const { rows } = await database.pool.query<{ balance: number }>(
        "select balance from pockets where phone_number = $1",
        [phoneNumber],
      );
      expect(rows).toEqual([{ balance: (CALLERS * (CALLERS + 1)) / 2 }]);
    }
  });

  it("with overlapping batches in opposite orders all succeed, old pockets and new", async () => {
    for (let round = 0; round < 5; round++) {
      const numbers = Array.from({ length: 40 }, newPhoneNumber);
      const batches = Array.from({ length: 32 }, (_, index) => {
        const batch = numbers.map((phoneNumber) => charge({ phoneNumber }));
        return index % 2 === 0 ? batch : batch.reverse();
      });
      expect(count(await race(batches))).toEqual({ SUCCESS: 32 * 40 });
      expect(count(await race(batches.reverse()))).toEqual({ DUPLICATE_TOKEN: 32 * 40 });
    }
  });

  it("with the same batch in opposite orders make each charge once", async () => {
    for (let round = 0; round < 5; round++) {
      const batch = Array.from({ length: 30 }, () => charge({ phoneNumber: newPhoneNumber() }));
      const reversed = [...batch].reverse();
      const batches = Array.from({ length: 16 }, (_, index) => (index % 2 ? batch : reversed));
      expect(count(await race(batches))).toEqual({ SUCCESS: 30, DUPLICATE_TOKEN: 15 * 30 });
    }
  });

  it("with crossed tokens on each other's pockets make each token's charge once", async () => {
    for (let round = 0; round < 10; round++) {
      const numbers = Array.from({ length: 8 }, newPhoneNumber);
      const tokens = Array.from({ length: 8 }, () => charge().token);
      const batches = numbers.map((_, shift) =>
        tokens.map((token, index) => charge({ token, phoneNumber: numbers[(index + shift) % 8]! })),
      );
      expect(count(await race(batches))["SUCCESS"]).toBe(8);
    }
  });

  it("with unique references in opposite orders use each reference once", async () => {
    const unique = await servers[0]!.createGroup({ hasUniqueReferences: true }, ...merchants);
    for (let round = 0; round < 4; round++) {
      const references = Array.from(
        { length: 200 },
        (_, index) => `${String(round)}-${String(index)}`,
      );
      const results = await Promise.all(
        [references, references.toReversed()].map((own, index) =>
          servers[index]!.chargePockets.charge(
            merchants[0]!,
            unique,
            own.map((reference) => ({ ...charge({ phoneNumber: newPhoneNumber() }), reference })),
          ),
        ),
      );
      const outcomes = results.flat().map((one) => (one.status === "ERROR" ? one.code : "SUCCESS"));
      expect(count(outcomes)).toEqual({ SUCCESS: 200, REFERENCE_TAKEN: 200 });
    }
  });

  it("never exceed a pocket's limit together", async () => {
    const [first] = servers as [Charging];
    const limited = await first.createGroup({ maxPocketBalance: 100 }, ...merchants);
    const phoneNumber = newPhoneNumber();
    const results = await Promise.all(
      Array.from({ length: CALLERS }, (_, index) =>
        servers[index % 2]!.chargePockets.charge(merchants[0]!, limited, [
          charge({ phoneNumber, amount: 7 }),
        ]),
      ),
    );
    const outcomes = results
      .flat()
      .map((result) => (result.status === "ERROR" ? result.code : "SUCCESS"));
    expect(count(outcomes)).toEqual({ SUCCESS: 14, ABOVE_MAX_POCKET_BALANCE: CALLERS - 14 });
  });
});
