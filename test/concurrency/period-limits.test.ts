import { afterAll, beforeAll, expect, it } from "vitest";
import type { MerchantCaller } from "../../src/callers/caller.js";
import { type Database, openDatabase } from "../../src/database/database.js";
import type { ItemResult } from "../../src/pockets/ledger/settlement.js";
import { newId } from "../../src/shared/uuid.js";
import { Charging } from "../support/charging.js";
import { type TestDatabase, createTestDatabase } from "../support/database.js";
import { charge, newPhoneNumber } from "../support/pockets.js";

const CALLERS = 64;
const ALLOWED = 10;

let database: TestDatabase;
let second: Database;
let merchant: MerchantCaller;
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
  servers = [new Charging(database), new Charging(second)];
  merchant = await servers[0]!.createMerchant();
});

afterAll(async () => {
  await second.close();
  await database.close();
});

const limited = (kind: "CHARGE" | "DEBIT", measure: "SUM" | "COUNT", limit: number) =>
  ({ kind, measure, period: "ROLLING_HOURS", hours: 1, limit }) as const;

function countOf(outcomes: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const outcome of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}

const outcomeOf = (result: { status: string; code?: string }): string =>
  result.code ?? result.status;

it("lets concurrent charges of one pocket, also a new one, reach the limit and not exceed it", async () => {
  for (let round = 0; round < 5; round++) {
    const slug = await servers[0]!.createGroup(
      { periodLimits: [limited("CHARGE", "COUNT", ALLOWED)] },
      merchant,
    );
    const phoneNumber = newPhoneNumber();
    const results = await Promise.all(
      Array.from({ length: CALLERS }, (_, index) =>
        servers[index % 2]!.chargePockets.charge(merchant, slug, [charge({ phoneNumber })]),
      ),
    );
    expect(countOf(results.flat().map(outcomeOf))).toEqual({
      SUCCESS: ALLOWED,
      ABOVE_PERIOD_LIMIT: CALLERS - ALLOWED,
    });
  }
});

it("lets concurrent debits and holds of one pocket together reach the limit and not exceed it", async () => {
  for (let round = 0; round < 5; round++) {
    const slug = await servers[0]!.createGroup(
      { periodLimits: [limited("DEBIT", "SUM", ALLOWED * 5)] },
      merchant,
    );
    const phoneNumber = newPhoneNumber();
    await servers[0]!.chargePockets.charge(merchant, slug, [charge({ phoneNumber })]);
    const spend = (index: number): Promise<ItemResult[]> => {
      const { spendPockets } = servers[index % 2]!;
      const item = { token: newId(), phoneNumber, amount: 5 };
      return index % 4 < 2
        ? spendPockets.debit(merchant, slug, [item])
        : spendPockets.hold(merchant, slug, [item]);
    };
    const results = await Promise.all(Array.from({ length: CALLERS }, (_, index) => spend(index)));
    expect(countOf(results.flat().map(outcomeOf))).toEqual({
      SUCCESS: ALLOWED,
      ABOVE_PERIOD_LIMIT: CALLERS - ALLOWED,
    });
  }
});

it("obeys a limit that is set while charges are under way, from the response on", async () => {
  const slug = await servers[0]!.createGroup({}, merchant);
  const phoneNumber = newPhoneNumber();
  const send = async (index: number): Promise<string> => {
    const batch = [charge({ phoneNumber })];
    const results = await servers[index % 2]!.chargePockets.charge(merchant, slug, batch);
    return results.map(outcomeOf).join();
  };
  const before = Promise.all(Array.from({ length: CALLERS }, (_, index) => send(index)));
  await servers[0]!.limit(slug, [limited("CHARGE", "COUNT", 1)]);
  await before;
  const after = await Promise.all(Array.from({ length: CALLERS }, (_, index) => send(index)));
  expect(countOf(after)["ABOVE_PERIOD_LIMIT"]).toBeGreaterThanOrEqual(CALLERS - 1);
});
