import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { QUARTERS_SINCE } from "../../src/listing/rollups.js";
import { RollUpEntries } from "../../src/pockets/ledger/roll-up-entries.service.js";
import { inSnapshot } from "../../src/database/snapshot.js";
import { findingsWithin } from "../support/audit.js";
import { charge, chargePockets, newPhoneNumber } from "../support/pockets.js";
import { runs } from "../support/runs.js";
import { type TestMerchant, TestServer } from "../support/server.js";

let server: TestServer;
let merchants: TestMerchant[];
let slugs: string[];
let rollUps: RollUpEntries;

beforeAll(async () => {
  server = await TestServer.start();
  merchants = [await server.createMerchant(), await server.createMerchant()];
  slugs = [
    await server.createGroup({ currency: "USD" }, ...merchants),
    await server.createGroup({ currency: "USD" }, ...merchants),
    await server.createGroup({ currency: "USD" }, merchants[0]!),
  ];
  for (const slug of slugs)
    await chargePockets(server, merchants[0]!.token, slug, [
      charge({ phoneNumber: PHONE, amount: 1 }),
    ]);
  rollUps = new RollUpEntries(server.database);
});
afterAll(() => server.stop());

const PHONE = "989120000000";

/** At and next to the borders of quarters, of local days and of changes of clocks, also before quarters suffice. */
const INSTANTS = [
  "2020-10-03T16:01:00Z", // Casey's clocks change, and not at a quarter
  "2022-12-31T23:59:59.999999Z",
  QUARTERS_SINCE,
  "2026-03-29T00:59:59.999999Z",
  "2026-03-29T01:00:00Z",
  "2026-10-25T00:15:00Z",
  "2026-11-29T20:29:59.999999Z",
  "2026-11-29T20:30:00Z",
  "2026-11-29T20:37:00.000001Z",
  "2026-11-29T20:44:59.999999Z",
  "2026-11-29T20:45:00Z",
];
const ZONES = ["UTC", "Asia/Tehran", "Asia/Kathmandu", "Europe/Berlin", "Antarctica/Casey"];

interface Entry {
  readonly group: number;
  readonly merchant: number;
  readonly amount: number;
  readonly at: string;
  /** Whether it is of a version without positions. */
  readonly isOld: boolean;
}

const entries = fc.array(
  fc.record({
    group: fc.nat({ max: 2 }),
    merchant: fc.nat({ max: 1 }),
    amount: fc.constantFrom(-5, -1, 1, 7, Number.MAX_SAFE_INTEGER),
    at: fc.constantFrom(...INSTANTS),
    isOld: fc.boolean(),
  }),
  { maxLength: 12 },
);

async function insert(made: readonly Entry[]): Promise<void> {
  await server.database.pool.query(
    `insert into pocket_ledger (pocket_group_id, id, token, merchant_id, kind, phone_number, amount, balance_after,
                                position, created_at)
     select g.id, uuidv7(), uuidv7(), e.merchant_id, case when e.amount > 0 then 'CHARGE' else 'DEBIT' end, $1,
            e.amount, greatest(e.amount, 0), case when not is_old then event_position() end, e.at
     from unnest($2::text[], $3::uuid[], $4::bigint[], $5::timestamptz[], $6::boolean[])
            as e(slug, merchant_id, amount, at, is_old)
     join pocket_groups g on g.slug = e.slug`,
    [
      PHONE,
      made.map(({ group }) => slugs[group]),
      made.map(({ merchant }) => merchants[merchant]!.id),
      made.map(({ amount }) => amount),
      made.map(({ at }) => at),
      made.map(({ isOld }) => isOld),
    ],
  );
}

const instant = fc.constantFrom(...INSTANTS);
/** Seldom more than one bound, because most ranges between two of these instants are empty. */
const times = fc.oneof(
  fc.record({ gte: instant }),
  fc.record({ gt: instant }),
  fc.record({ lt: instant }),
  fc.record({ lte: instant }),
  fc.record({ gte: instant, gt: instant, lt: instant, lte: instant }, { requiredKeys: [] }),
);
const keys = fc.oneof(
  fc.record({
    pocketGroupSlug: fc.record({
      eq: fc.array(fc.nat({ max: 2 }), { minLength: 1, maxLength: 2 }),
    }),
  }),
  fc.record({ merchantId: fc.record({ notEq: fc.array(fc.nat({ max: 1 }), { maxLength: 1 }) }) }),
  fc.record({ currency: fc.record({ eq: fc.constant(["USD"]) }) }),
);
const filters = fc.record(
  {
    createdAt: times,
    and: fc.array(fc.oneof(keys, fc.record({ createdAt: times })), { maxLength: 2 }),
  },
  { requiredKeys: [] },
);
const logic = fc.oneof(
  // Most often, because the others often select nothing.
  { weight: 6, arbitrary: fc.record({ createdAt: times }, { requiredKeys: [] }) },
  filters,
  fc.record({ or: fc.array(keys, { maxLength: 2 }), createdAt: times }),
  fc.record({ not: keys }),
  // As deep as a filter may be.
  keys.map((one) => ({ not: { not: { not: { not: { or: [one] } } } } })),
);

/** Numbers in a generated filter stand for groups and merchants, which do not exist yet when it is declared. */
function named(filter: unknown): unknown {
  const text = JSON.stringify(filter, (name, value: unknown) => {
    if (name === "pocketGroupSlug")
      return { eq: (value as { eq: number[] }).eq.map((index) => slugs[index]) };
    if (name === "merchantId")
      return { notEq: (value as { notEq: number[] }).notEq.map((index) => merchants[index]!.id) };
    return value;
  });
  return JSON.parse(text);
}

const FIGURES =
  "count sum { amount } avg { amount } min { amount createdAt } max { amount createdAt }";
const groupings = fc.record({
  keys: fc.uniqueArray(
    fc.constantFrom("POCKET_GROUP_ID", "MERCHANT_ID", "CURRENCY", "CREATED_AT"),
    { minLength: 1 },
  ),
  unit: fc.constantFrom("HOUR", "DAY", "WEEK", "MONTH", "YEAR"),
  timeZone: fc.constantFrom(...ZONES),
});

/** No rollup has the amounts of single entries, so this condition makes the server read the entries. */
const EVERY_AMOUNT = { amount: { gte: -Number.MAX_SAFE_INTEGER } };

describe("aggregates", () => {
  it("are the same from rollups as from entries, whatever is rolled up, filtered and grouped", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom("pocketCharges", "pocketEntries"),
        fc.array(fc.oneof(entries, fc.constant("roll up" as const)), { maxLength: 4 }),
        logic,
        groupings,
        fc.constantFrom("merchant", "operator"),
        fc.option(fc.constantFrom("CHARGE", "DEBIT")),
        async (list, steps, filter, grouping, caller, kind) => {
          for (const step of steps) {
            if (step === "roll up") await rollUps.rollUp();
            else await insert(step);
          }
          const { unit, timeZone } = grouping;
          const hasKind = list === "pocketEntries" && kind !== null;
          const keys = [...grouping.keys, ...(hasKind ? ["KIND"] : [])];
          const type = list === "pocketCharges" ? "PocketCharge" : "PocketEntry";
          const bucket = keys.includes("CREATED_AT") ? { unit, timeZone } : null;
          const query = `query ($filter: ${type}Filter, $keys: [${type}GroupingKey!]!, $bucket: TimeBucketInput) {
            ${list}(filter: $filter) {
              aggregate { ${FIGURES} }
              groupBy(keys: $keys, bucket: $bucket) {
                key { pocketGroup { slug } merchant { id } currency createdAt ${hasKind ? "kind" : ""} } aggregate { ${FIGURES} }
              }
            }
          }`;
          const token = caller === "merchant" ? merchants[0]!.token : server.operatorToken;
          const ask = async (wanted: unknown) => {
            const { data, errors } = await server.send(token, query, {
              filter: wanted,
              keys,
              bucket,
            });
            return { data, errors };
          };
          const ofKind = hasKind ? { kind: { notEq: [kind] } } : {};
          const rolledUp = { ...(named(filter) as object), ...ofKind };
          const answer = await ask(rolledUp);
          const expected = await ask({ ...rolledUp, ...EVERY_AMOUNT });
          expect(answer).toEqual(expected);
        },
      ),
      { numRuns: runs(120), endOnFailure: true },
    );
    const findings = await inSnapshot(server.database.pool, (on) => findingsWithin(on));
    expect(findings.filter((finding) => finding.startsWith("ledger-rollup"))).toEqual([]);
    expect(await rolledUpCount()).toBeGreaterThan(0);
  });

  it("never miss or repeat an entry while entries are made and rolled up at the same time", async () => {
    const merchant = await server.createMerchant();
    const slug = await server.createGroup({}, merchant);
    const committed = { count: 0, isOver: false };
    const charging = Promise.all(
      Array.from({ length: 4 }, async () => {
        for (let round = 0; round < 25; round++) {
          const charges = Array.from({ length: 3 }, () =>
            charge({ phoneNumber: newPhoneNumber() }),
          );
          await chargePockets(server, merchant.token, slug, charges);
          committed.count += charges.length;
        }
      }),
    ).finally(() => (committed.isOver = true));
    const rolling = (async () => {
      while (!committed.isOver) await rollUps.rollUp();
    })();
    let last = 0;
    while (!committed.isOver) {
      const before = committed.count;
      const { pocketCharges } = await server.ask<{
        pocketCharges: { aggregate: { count: number } };
      }>(merchant.token, "{ pocketCharges { aggregate { count } } }");
      const { count } = pocketCharges.aggregate;
      expect(count).toBeGreaterThanOrEqual(Math.max(before, last));
      last = count;
    }
    await Promise.all([charging, rolling]);
    await rollUps.rollUp();
    const total = "{ pocketCharges { aggregate { count sum { amount } } } }";
    expect(await server.ask(merchant.token, total)).toEqual({
      pocketCharges: { aggregate: { count: 300, sum: { amount: "3000000" } } },
    });
  });
});

async function rolledUpCount(): Promise<number> {
  const { rows } = await server.database.pool.query<{ count: number }>(
    "select coalesce(sum(entry_count), 0)::int as count from pocket_ledger_rollups where span = 'DAY'",
  );
  return rows[0]!.count;
}

it("quarters of an hour are the borders of hours and days in every time zone", () => {
  const zones = Intl.supportedValuesOf("timeZone");
  const offsets = (zone: string) =>
    new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "longOffset", year: "numeric" });
  const from = Date.parse(QUARTERS_SINCE);
  const WEEK_MS = 7 * 86_400_000;
  const odd = zones.filter((zone) => {
    const format = offsets(zone);
    const offsetAt = (at: number) =>
      format.formatToParts(at).find(({ type }) => type === "timeZoneName")!.value;
    for (let at = from; at < from + 10 * 365 * 86_400_000; at += WEEK_MS) {
      const [before, after] = [offsetAt(at), offsetAt(at + WEEK_MS)];
      if (!/^GMT(?:[+-]\d\d:(?:00|15|30|45))?$/.test(before)) return true;
      if (before === after) continue;
      // Halve the week down to the quarter in which the clock changes: it must change where the quarter begins.
      let [low, high] = [at, at + WEEK_MS];
      while (high - low > 1_000) {
        const middle = Math.floor((low + high) / 2_000) * 1_000;
        if (offsetAt(middle) === before) low = middle;
        else high = middle;
      }
      if (high % 900_000 !== 0) return true;
    }
    return false;
  });
  expect(odd).toEqual([]);
});
