import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readRows } from "../../src/database/database.js";
import { column, rowOf } from "../../src/database/row.js";
import { join, sql } from "../../src/database/sql.js";
import { type TimeBucketUnit, bucketStart } from "../../src/listing/bucket.js";
import { type TestDatabase, createTestDatabase } from "../support/database.js";
import { oneIn } from "../support/runs.js";
import { type Segment, expectedStart, segmentsOf } from "../support/local-time.js";

const UNITS: readonly TimeBucketUnit[] = ["HOUR", "DAY", "WEEK", "MONTH", "YEAR"];
const MINUTE = 60_000_000;
const HOUR = 60 * MINUTE;
const AROUND = [0, 1, 30 * MINUTE, HOUR, 24 * HOUR];
const SINCE = Date.UTC(1970, 0) * 1_000;

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database.close());

/** The bucket starts of instants, given as numbers of microseconds. */
async function startsOf(
  timeZone: string,
  units: readonly TimeBucketUnit[],
  instants: readonly number[],
): Promise<number[][]> {
  const micros = (value: ReturnType<typeof sql>): ReturnType<typeof sql> =>
    sql`(extract(epoch from ${value}) * 1000000)::bigint`;
  const columns = units.map((unit) => micros(bucketStart(sql`at`, { unit, timeZone })));
  const rows = await readRows(
    database.pool,
    rowOf({ starts: column.textArray() }),
    sql`select array[${join(columns, ", ")}]::text[] as starts
      from unnest(${instants}::float8[]) with ordinality as given(micros, position)
      cross join lateral (select 'epoch'::timestamptz + micros * interval '1 microsecond' as at) as instant
      order by position`,
  );
  return rows.map(({ starts }) => starts.map(Number));
}

/** Tells whether PostgreSQL and Temporal agree on the offsets. Their time zone versions may differ. */
async function agrees(timeZone: string, segments: readonly Segment[]): Promise<boolean> {
  const changes = segments.flatMap(({ from, offset }, index) => {
    const before = { at: from - 1, offset: segments[index - 1]?.offset };
    return index === 0 ? [{ at: from, offset }] : [before, { at: from, offset }];
  });
  const rows = await readRows(
    database.pool,
    rowOf({ offset: column.bigint() }),
    sql`select (extract(epoch from (at at time zone ${timeZone}::text) - (at at time zone 'UTC')) * 1000000)::bigint as offset
      from unnest(${changes.map(({ at }) => at)}::float8[]) with ordinality as given(micros, position)
      cross join lateral (select 'epoch'::timestamptz + micros * interval '1 microsecond' as at) as instant
      order by position`,
  );
  return rows.every(({ offset }, index) => offset === changes[index]!.offset);
}

/** The errors in the starts of sorted instants; empty when all are right. */
function faultsOf(
  units: readonly TimeBucketUnit[],
  segments: readonly Segment[],
  instants: readonly number[],
  starts: readonly number[][],
): string[] {
  return units.flatMap((unit, column) =>
    instants.flatMap((at, row) => {
      const start = starts[row]![column]!;
      const wrong = [
        start > at && "begins after its member",
        row > 0 && start < starts[row - 1]![column]! && "goes back",
        start !== expectedStart(segments, at, unit) && "differs from the definition",
      ].filter((text) => text !== false);
      const time = new Date(at / 1_000).toISOString();
      return wrong.map(
        (text) => `${unit} of ${time}: ${new Date(start / 1_000).toISOString()} ${text}`,
      );
    }),
  );
}

const inOrder = (instants: Iterable<number>): number[] =>
  [...new Set(instants)].sort((a, b) => a - b);

/** Changes by half an hour, of whole days, at midnight, to another standard time, around a month of fasting. */
const ODD_ZONES = [
  ...["Asia/Tehran", "Australia/Lord_Howe", "Pacific/Apia", "America/St_Johns", "Asia/Kathmandu"],
  ...["Africa/Casablanca", "Africa/Cairo", "Antarctica/Troll", "Asia/Gaza", "America/Caracas"],
  ...["Europe/Dublin", "America/New_York", "Pacific/Kwajalein", "America/Sao_Paulo", "Asia/Beirut"],
];

describe("the buckets of all zones", () => {
  it("are half-open, disjoint, without gaps, and contain their members", async () => {
    const faults: string[] = [];
    const shapes = new Set<string>();
    const zones = [...new Set([...ODD_ZONES, ...oneIn(10, Intl.supportedValuesOf("timeZone"))])];
    let agreeing = 0;
    for (const zone of zones) {
      const segments = segmentsOf(zone);
      if (!(await agrees(zone, segments))) continue;
      agreeing++;
      const changes = newChanges(segments, shapes);
      if (changes.length === 0) continue;
      const found = await faultsOfZone(zone, segments, changes);
      faults.push(...found.map((fault) => `${zone}: ${fault}`));
    }
    expect(faults.slice(0, 20)).toEqual([]);
    expect(agreeing).toBeGreaterThan(0.9 * zones.length);
  }, 180_000);
});

/** One example of each kind of clock change since 1970, by local time before and after, and the day. */
function newChanges(segments: readonly Segment[], shapes: Set<string>): number[] {
  return segments.flatMap(({ from, offset }, index) => {
    const before = segments[index - 1];
    if (before === undefined || from < SINCE) return [];
    const local = new Date((from + before.offset) / 1_000);
    const edge = Math.min(local.getUTCDate(), 3) + Math.max(local.getUTCDate(), 27);
    const isNear = [from - before.from, (segments[index + 1]?.from ?? Infinity) - from].map(
      (distance) => distance < 40 * 24 * HOUR,
    );
    const clock = [before.offset, offset, local.toISOString().slice(10), local.getUTCDay()];
    const shape = JSON.stringify([clock, edge, local.getUTCMonth() % 11 === 0, isNear]);
    return shapes.has(shape) ? [] : (shapes.add(shape), [from]);
  });
}

async function faultsOfZone(
  zone: string,
  segments: readonly Segment[],
  changes: readonly number[],
): Promise<string[]> {
  const instants = inOrder(
    changes.flatMap((from) => AROUND.flatMap((by) => [from - by, from + by])),
  );
  const starts = await startsOf(zone, UNITS, instants);
  const faults = faultsOf(UNITS, segments, instants, starts);

  // A start is the first instant of its bucket; the instant before it belongs to the previous bucket.
  for (const [column, unit] of UNITS.entries()) {
    const own = inOrder(starts.map((row) => row[column]!));
    const edges = inOrder(own.flatMap((start) => [start - 1, start]));
    const again = await startsOf(zone, [unit], edges);
    faults.push(...faultsOf([unit], segments, edges, again));
    const startAt = new Map(edges.map((at, index) => [at, again[index]![0]!]));
    for (const start of own) {
      if (startAt.get(start) === start && startAt.get(start - 1)! < start) continue;
      faults.push(`${unit} of ${new Date(start / 1_000).toISOString()} is no start`);
    }
  }
  return faults;
}
