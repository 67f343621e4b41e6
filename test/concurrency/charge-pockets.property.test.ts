import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { MerchantCaller } from "../../src/callers/caller.js";
import type { ChargeResult } from "../../src/pockets/charge-answer.js";
import { newId } from "../../src/shared/uuid.js";
import { expectLedgerToBalance } from "../support/ledger.js";
import { Charging } from "../support/charging.js";
import { type TestDatabase, createTestDatabase } from "../support/database.js";
import { LedgerModel, type ModelAnswer, showEntry } from "../support/ledger-model.js";
import { assertCovering, runs } from "../support/runs.js";

const LIMITS = { minChargeAmount: 3, maxChargeAmount: 60, maxPocketBalance: 200 };

let database: TestDatabase;
let charging: Charging;
let merchants: MerchantCaller[];

beforeAll(async () => {
  database = await createTestDatabase();
  charging = new Charging(database);
  merchants = await Promise.all([charging.createMerchant(), charging.createMerchant()]);
});

afterAll(() => database.close());

/** The outcome of a charge: the balance after it, or why it was refused and whether the earlier entry is shown. */
function summary({ code, entry }: Pick<ModelAnswer, "code" | "entry">): string {
  if (code === null) return `SUCCESS ${String(entry)}`;
  return code + (entry === null ? "" : " own");
}

function answerOf(result: ChargeResult): Pick<ModelAnswer, "code" | "entry"> {
  return result.status === "SUCCESS"
    ? { code: null, entry: showEntry({ kind: "CHARGE", ...result.charge }) }
    : {
        code: result.code,
        entry: result.earlier && showEntry({ kind: "CHARGE", ...result.earlier }),
      };
}

const token = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 40 }) },
  { weight: 1, arbitrary: fc.constantFrom(randomUUID(), "", "not a token", "\0") },
);
const phoneNumber = fc.oneof(
  {
    weight: 9,
    arbitrary: fc
      .tuple(fc.constantFrom("98", "+98", "0098", "0", ""), fc.integer({ min: 0, max: 5 }))
      .map(([prefix, index]) => `${prefix}912000000${String(index)}`),
  },
  { weight: 1, arbitrary: fc.constantFrom("", "12", "98.9120000001", "989120000001x") },
);
const amount = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 1, max: 70 }) },
  { weight: 1, arbitrary: fc.constantFrom(0, -1, 2 ** 53 - 1, 1 - 2 ** 53) },
);
const batch = fc.record({
  merchant: fc.constantFrom(0, 1),
  items: fc.array(fc.record({ token, phoneNumber, amount, isUpperCase: fc.boolean() }), {
    minLength: 1,
    maxLength: 12,
  }),
});

it("returns the same results and balances as a simple model for random batches", async () => {
  let batches = 0;
  await assertCovering(
    fc.asyncProperty(
      fc.boolean(),
      fc.array(batch, { minLength: 1, maxLength: 40, size: "max" }),
      async (isLimited, sent) => {
        const limits = isLimited ? LIMITS : {};
        const slug = await charging.createGroup(limits, ...merchants);
        const model = new LedgerModel(limits);
        const tokens = Array.from({ length: 41 }, () => newId());
        for (const { merchant, items } of sent) {
          const caller = merchants[merchant]!;
          const requests = items.map((item) => {
            const text = typeof item.token === "number" ? String(tokens[item.token]) : item.token;
            return { ...item, token: item.isUpperCase ? text.toUpperCase() : text };
          });
          const expected = requests.map((request) =>
            summary(model.charge(caller.merchantId, request)),
          );
          const results = await charging.chargePockets.charge(caller, slug, requests);
          expect(results.map((result) => summary(answerOf(result)))).toEqual(expected);
          batches++;
        }
        const { rows } = await database.pool.query<{ phone_number: string; balance: number }>(
          "select phone_number, balance from pockets join pocket_groups g on g.id = pocket_group_id where slug = $1",
          [slug],
        );
        const balances = new Map(rows.map((row) => [row.phone_number, row.balance]));
        expect(balances).toEqual(model.balances);
      },
    ),
    { numRuns: runs(12) },
    () => (batches > runs(150) ? [] : [`more than ${String(runs(150))} batches`]),
  );
  await expectLedgerToBalance(database);
});
