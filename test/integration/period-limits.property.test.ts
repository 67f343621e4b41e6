import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { inTransaction } from "../../src/database/transaction.js";
import { LedgerStore } from "../../src/pockets/ledger/ledger.store.js";
import type { GroupLimits, LedgerItem } from "../../src/pockets/ledger/item.js";
import type { PeriodLimit } from "../../src/pockets/ledger/period-limit.js";
import type { PeriodRefusal } from "../../src/pockets/ledger/period-usage.js";
import type { Instant } from "../../src/shared/instant.js";
import type { PhoneNumber } from "../../src/shared/phone-number.js";
import { newId } from "../../src/shared/uuid.js";
import { Charging } from "../support/charging.js";
import { type TestDatabase, createTestDatabase } from "../support/database.js";
import { type Segment, expectedStart, segmentsOf } from "../support/local-time.js";
import { newPhoneNumber } from "../support/pockets.js";
import { runs } from "../support/runs.js";

/** In microseconds, as all times of this test. */
const HOUR = 3_600_000_000;
const DAY = 24 * HOUR;
const SINCE = Date.UTC(2010, 0) * 1_000;
const UNTIL = Date.UTC(2022, 0) * 1_000;

/** Zones with changes at night, at midnight, of half an hour, on both hemispheres, and with none. */
const ZONES = [
  "UTC",
  "Europe/Berlin",
  "America/New_York",
  "America/Santiago",
  "Asia/Tehran",
  "Asia/Beirut",
  "Australia/Lord_Howe",
].map((name) => ({ name, segments: segmentsOf(name) }));

/** What a pocket did before, in the plain model. */
interface Past {
  readonly kind: "CHARGE" | "DEBIT" | "HOLD";
  readonly at: number;
  readonly amount: number;
  /** For a hold: what became of it. */
  readonly fate: "OPEN" | "EXPIRED_STORED_AS_OPEN" | "RELEASED" | "CAPTURED";
}

/** What counts towards a limit. */
interface Counted {
  readonly kind: "CHARGE" | "DEBIT";
  readonly at: number;
  readonly amount: number;
}

let database: TestDatabase;
let store: LedgerStore;
let merchantId: string;
let groupId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  store = new LedgerStore(database);
  const charging = new Charging(database);
  const merchant = await charging.createMerchant();
  ({ merchantId } = merchant);
  const slug = await charging.createGroup({}, merchant);
  const { rows } = await database.pool.query<{ id: string }>(
    "select id from pocket_groups where slug = $1",
    [slug],
  );
  groupId = rows[0]!.id;
});

afterAll(() => database.close());

function instant(micros: number): Instant {
  const time = new Date(Math.floor(micros / 1_000)).toISOString().slice(0, 23);
  return `${time}${String(micros % 1_000).padStart(3, "0")}Z` as Instant;
}

async function keepPast(phoneNumber: string, past: readonly Past[], now: number): Promise<void> {
  const { pool } = database;
  await pool.query(
    `insert into pockets (pocket_group_id, id, phone_number, balance) values ($1, $2, $3, 0)`,
    [groupId, newId(), phoneNumber],
  );
  for (const { kind, at, amount, fate } of past) {
    const [id, token, time] = [newId(), newId(), instant(at)];
    if (kind !== "HOLD") {
      await pool.query(
        `insert into pocket_ledger (pocket_group_id, id, token, merchant_id, kind, phone_number,
           amount, balance_after, created_at) values ($1, $2, $3, $4, $5, $6, $7, 1000, $8)`,
        [
          ...[groupId, id, token, merchantId, kind, phoneNumber],
          ...[kind === "CHARGE" ? amount : -amount, time],
        ],
      );
      continue;
    }
    const isOpen = fate === "OPEN" || fate === "EXPIRED_STORED_AS_OPEN";
    const captured = fate === "CAPTURED" ? Math.ceil(amount / 2) : 0;
    const expiresAt = fate === "EXPIRED_STORED_AS_OPEN" ? instant(now) : null;
    await pool.query(
      `insert into pocket_holds (pocket_group_id, id, token, merchant_id, phone_number, amount,
         captured_amount, status, expires_at, closed_at, created_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
      [
        ...[groupId, id, token, merchantId, phoneNumber, amount, captured],
        ...[isOpen ? "OPEN" : fate, expiresAt, isOpen ? null : time, time],
      ],
    );
    // The hold's own row and its capture, which count no second time.
    await pool.query(
      `insert into pocket_ledger (pocket_group_id, id, token, merchant_id, kind, phone_number,
         amount, balance_after, created_at) values ($1, $2, $3, $4, 'HOLD', $5, 0, 1000, $6)`,
      [groupId, newId(), newId(), merchantId, phoneNumber, time],
    );
    if (captured === 0) continue;
    await pool.query(
      `insert into pocket_ledger (pocket_group_id, id, token, merchant_id, kind, phone_number,
         amount, balance_after, pocket_hold_id, created_at)
       values ($1, $2, $3, $4, 'DEBIT', $5, $6, 1000, $7, $8)`,
      [groupId, newId(), newId(), merchantId, phoneNumber, -captured, id, instant(now)],
    );
  }
}

function countedIn(past: readonly Past[]): Counted[] {
  return past.flatMap(({ kind, at, amount, fate }) => {
    if (kind !== "HOLD") return [{ kind, at, amount }];
    const counts = { OPEN: amount, EXPIRED_STORED_AS_OPEN: 0, RELEASED: 0 };
    const held = fate === "CAPTURED" ? Math.ceil(amount / 2) : counts[fate];
    return held === 0 ? [] : [{ kind: "DEBIT" as const, at, amount: held }];
  });
}

/** Whether a time is in the window of a limit, by definition. */
function isInWindow(limit: PeriodLimit, segments: readonly Segment[], at: number, now: number) {
  const { period, hours } = limit;
  if (period === "ROLLING_HOURS") return at > now - hours! * HOUR;
  return at >= expectedStart(segments, now, period);
}

/** The refusals of one item by each limit, in the plain model. */
function refusalsOf(
  limits: readonly PeriodLimit[],
  segments: readonly Segment[],
  counted: readonly Counted[],
  item: Counted,
  resetsAt: (limit: PeriodLimit, first: number) => Instant,
): PeriodRefusal[] {
  return limits.flatMap((limit): PeriodRefusal[] => {
    if (limit.kind !== item.kind) return [];
    const within = counted.filter(
      ({ kind, at }) => kind === limit.kind && isInWindow(limit, segments, at, item.at),
    );
    const isSum = limit.measure === "SUM";
    const used = isSum ? within.reduce((sum, { amount }) => sum + amount, 0) : within.length;
    const wanted = isSum ? item.amount : 1;
    if (used + wanted <= limit.limit) return [];
    const remaining = Math.max(0, limit.limit - used);
    if (wanted > limit.limit) return [{ remaining, resetsAt: null }];
    return [{ remaining, resetsAt: resetsAt(limit, Math.min(...within.map(({ at }) => at))) }];
  });
}

const amount = fc.integer({ min: 1, max: 50 });
const kind = fc.constantFrom("CHARGE" as const, "DEBIT" as const);
const limit: fc.Arbitrary<PeriodLimit> = fc
  .record({
    kind,
    measure: fc.constantFrom("SUM" as const, "COUNT" as const),
    period: fc.constantFrom("DAY" as const, "MONTH" as const, "ROLLING_HOURS" as const),
    hours: fc.constantFrom(1, 23, 24, 25, 500),
    most: fc.integer({ min: 1, max: 120 }),
  })
  .map(({ hours, most, ...one }) => ({
    ...one,
    hours: one.period === "ROLLING_HOURS" ? hours : null,
    limit: one.measure === "COUNT" ? Math.ceil(most / 20) : most,
  }));

/** A zone, and a time near one of its clock changes or anywhere. */
const place = fc
  .record({
    zone: fc.constantFrom(...ZONES),
    change: fc.nat(1_000),
    anywhere: fc.integer({ min: SINCE, max: UNTIL }),
    distance: fc.integer({ min: -2 * DAY, max: 2 * DAY }),
  })
  .map(({ zone, change, anywhere, distance }) => {
    const changes = zone.segments.filter(({ from }) => from > SINCE && from < UNTIL);
    const anchor = changes[change % Math.max(1, changes.length)]?.from ?? anywhere;
    return { ...zone, now: anchor + distance };
  });

const past = fc.record({
  kind: fc.constantFrom("CHARGE" as const, "DEBIT" as const, "HOLD" as const),
  age: fc.oneof(
    fc.integer({ min: 0, max: 2 * DAY }),
    fc.integer({ min: 0, max: 40 * DAY }),
    fc.constantFrom(0, 1, HOUR - 1, HOUR, HOUR + 1, DAY - 1, DAY, DAY + 1),
  ),
  amount,
  fate: fc.constantFrom(
    "OPEN" as const,
    "EXPIRED_STORED_AS_OPEN" as const,
    "RELEASED" as const,
    "CAPTURED" as const,
  ),
});

it("decides as a plain model does, in every time zone and around clock changes", async () => {
  await fc.assert(
    fc.asyncProperty(
      place,
      fc.array(limit, { minLength: 1, maxLength: 4 }),
      fc.array(past, { maxLength: 12 }),
      fc.array(fc.record({ kind, amount }), { minLength: 1, maxLength: 6 }),
      async ({ name, segments, now }, periodLimits, history, wanted) => {
        const phoneNumber = newPhoneNumber() as PhoneNumber;
        const done = history.map(({ age, ...one }) => ({ ...one, at: now - age }));
        await keepPast(phoneNumber, done, now);
        const limits = { periodLimits, timeZone: name } as unknown as GroupLimits;
        const items = wanted.map((one): LedgerItem => ({
          ...{ ...one, token: newId(), phoneNumber, writtenPhoneNumber: phoneNumber },
          ...{ reference: null, note: null, metadata: {}, problem: null },
        }));
        const usage = await inTransaction(database.pool, (tx) =>
          store.periodUsage(tx, groupId, limits, items, instant(now)),
        );
        const endOf = (unit: "DAY" | "MONTH"): number => {
          const start = expectedStart(segments, now, unit);
          const beyond = start + (unit === "DAY" ? 36 : 45 * 24) * HOUR;
          const end = expectedStart(segments, beyond, unit);
          expect(expectedStart(segments, end - 1, unit)).toBe(start);
          return end;
        };
        const resetsAt = ({ period, hours }: PeriodLimit, first: number): Instant =>
          instant(period === "ROLLING_HOURS" ? first + hours! * HOUR : endOf(period));
        const counted = countedIn(done);
        for (const one of wanted) {
          const item = { ...one, at: now };
          const expected = refusalsOf(periodLimits, segments, counted, item, resetsAt);
          const refusal = usage.take(one.kind, phoneNumber, one.amount);
          if (expected.length === 0) {
            expect(refusal).toBeNull();
            counted.push(item);
          } else {
            const times = expected.map((each) => each.resetsAt);
            const latest = times.includes(null) ? null : times.toSorted().at(-1);
            expect(refusal?.resetsAt).toBe(latest);
            expect(expected).toContainEqual(refusal);
          }
        }
      },
    ),
    { numRuns: runs(60) },
  );
});
