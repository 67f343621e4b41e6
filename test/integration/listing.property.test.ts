import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Caller } from "../../src/callers/caller.js";
import type { Aggregate, Aggregation } from "../../src/listing/aggregate.js";
import { Connection } from "../../src/listing/connection.js";
import type { Filter } from "../../src/listing/filter.js";
import { EVERYTHING } from "../../src/listing/visible.js";
import { type ListArguments, ListQuery } from "../../src/listing/list-query.js";
import type { SortKey } from "../../src/listing/order.js";
import { foldCase } from "../../src/shared/fold-case.js";
import type { Metadata } from "../../src/shared/merchant-data.js";
import type { Instant } from "../../src/shared/instant.js";
import { type TestDatabase, createTestDatabase } from "../support/database.js";
import { type Thing, createThings, replaceThings, thingRecord } from "../support/things.js";
import { runs } from "../support/runs.js";

const CALLER: Caller = { tokenId: "", merchantId: null, employeeId: null, scopes: ["OPERATOR"] };
const DEFINITION = { record: thingRecord, visibleTo: () => EVERYTHING, scopes: [] };

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await createThings(database);
});

afterAll(() => database.close());

function list(args: ListArguments): ListQuery<typeof thingRecord> {
  return new ListQuery(database.pool, DEFINITION, CALLER, args, null);
}

function connect(args: ListArguments): Connection<typeof thingRecord> {
  return new Connection(list(args), [], () => undefined);
}

// --- random things: few values each, so that they match; neighbours, nulls, odd characters ----------

const INSTANTS = [
  "2024-03-30T22:59:59.999999Z",
  "2024-03-30T23:00:00.000000Z",
  "2024-03-31T00:59:59.999999Z",
  "2024-03-31T01:00:00.000000Z",
  "2024-03-31T01:00:00.000001Z",
  "2024-10-27T00:30:00.000000Z",
  "2024-10-27T01:30:00.000000Z",
  "2025-01-01T00:00:00.000000Z",
] as Instant[];
const TEXTS = [
  ...["", "a", "A", "ab", "É", "é%", "100%", "1_0", "a\\b", "o'o", '"', "😀", "😀a", " a"],
  ...["İ", "i", "ı", "ΑΣ", "ας", "ασα", "ß", "SS", "B", "ä"],
];
const CODES = ["", "a", "ab", "b%", "é", "c_d"];
const KEYS = ["a", "A", "key 2", "1", '"'];
const VALUES = ["", "a", "A", "ab", "100%", "1_0", "a\\b", "😀a", "null", '{"a": 1}'];
const AMOUNTS = [0, 1, 2, 3, 5, 100, 2 ** 53 - 1];
const IDS = Array.from({ length: 30 }, (_, index) => {
  return `0198${String(index).padStart(4, "0")}-0000-7000-8000-000000000000`;
});
const OWNERS = IDS.slice(0, 2);

const thing = fc.record({
  createdAt: fc.constantFrom(...INSTANTS),
  endedAt: fc.option(fc.constantFrom(...INSTANTS)),
  name: fc.option(fc.constantFrom(...TEXTS)),
  code: fc.constantFrom(...CODES),
  currency: fc.constantFrom("IRR", "USD"),
  amount: fc.constantFrom(...AMOUNTS),
  isOpen: fc.boolean(),
  ownerId: fc.option(fc.constantFrom(...OWNERS)),
  metadata: fc
    .uniqueArray(fc.tuple(fc.constantFrom(...KEYS), fc.constantFrom(...VALUES)), {
      maxLength: 3,
      selector: ([key]) => key,
    })
    .map((entries): Metadata => Object.fromEntries(entries)),
});
const things = fc
  .array(thing, { maxLength: IDS.length, size: "max" })
  .chain((rows) =>
    fc
      .shuffledSubarray(IDS, { minLength: rows.length, maxLength: rows.length })
      .map((ids) => rows.map((row, index): Thing => ({ ...row, id: ids[index]! }))),
  );

// --- random filters ---------------------------------------------------------------------------------

const optional = { requiredKeys: [] };
const some = <T>(values: readonly T[]): fc.Arbitrary<T[]> =>
  fc.array(fc.constantFrom(...values), { maxLength: 3 });
const isNull = fc.boolean();

const ids = (values: readonly string[]): fc.Arbitrary<object> =>
  fc.record({ eq: some(values), notEq: some(values), isNull }, optional);
const times = fc.record(
  {
    eq: some(INSTANTS),
    notEq: some(INSTANTS),
    gt: fc.constantFrom(...INSTANTS),
    gte: fc.constantFrom(...INSTANTS),
    lt: fc.constantFrom(...INSTANTS),
    lte: fc.constantFrom(...INSTANTS),
    isNull,
  },
  optional,
);
const texts = (values: readonly string[]): fc.Arbitrary<object> => {
  const any = some([...values, ...values.map((value) => value.toUpperCase())]);
  return fc.record(
    {
      eq: any,
      notEq: any,
      eql: any,
      notEql: any,
      prefix: any,
      notPrefix: any,
      suffix: any,
      notSuffix: any,
      match: any,
      notMatch: any,
      isNull,
    },
    optional,
  );
};
const amounts = fc.record(
  {
    eq: some(AMOUNTS),
    notEq: some(AMOUNTS),
    gt: fc.constantFrom(...AMOUNTS),
    gte: fc.constantFrom(...AMOUNTS),
    lt: fc.constantFrom(...AMOUNTS),
    lte: fc.constantFrom(...AMOUNTS),
  },
  optional,
);
const metadataConditions = fc.array(
  fc
    .tuple(
      fc.constantFrom(...KEYS, "none", "a\0"),
      fc.record(
        {
          eq: some([...VALUES, "a\0"]),
          notEq: some(VALUES),
          prefix: some([...VALUES, "1", "a\0"]),
          notPrefix: some(VALUES),
          isNull,
        },
        optional,
      ),
    )
    .map(([key, operators]) => ({ key, ...operators })),
  { maxLength: 2 },
);
/** One or two operators of an object, because all of them together would match nothing. */
const few = (operators: fc.Arbitrary<object>): fc.Arbitrary<object> =>
  fc.tuple(operators, fc.nat(), fc.integer({ min: 1, max: 2 })).map(([all, at, size]) => {
    const entries = Object.entries(all);
    const start = entries.length === 0 ? 0 : at % entries.length;
    return Object.fromEntries(entries.slice(start, start + size));
  });
const leaf = fc
  .record({
    field: fc.constantFrom(
      ["id", few(ids([...IDS, "no id"]))] as const,
      ["ownerId", few(ids(OWNERS))] as const,
      ["createdAt", few(times)] as const,
      ["endedAt", few(times)] as const,
      ["name", few(texts(TEXTS))] as const,
      ["code", few(texts(CODES))] as const,
      ["currency", few(texts(["IRR", "USD"]))] as const,
      ["amount", few(amounts)] as const,
      ["metadata", metadataConditions] as const,
      ["isOpen", fc.record({ eq: fc.boolean() }, optional)] as const,
    ),
  })
  .chain(({ field: [name, operators] }) =>
    (operators as fc.Arbitrary<object>).map((operator): Filter => ({ [name]: operator })),
  );
const { filter } = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { depthSize: "small", maxDepth: 4, withCrossShrink: true },
    leaf,
    fc.record({ and: fc.array(tie("filter"), { maxLength: 2 }) }),
    fc.record({ or: fc.array(tie("filter"), { maxLength: 3 }) }),
    fc.record({ not: tie("filter") }),
    fc.tuple(leaf, leaf).map(([a, b]) => ({ ...a, ...b })),
  ),
}));
const sort = fc.array(
  fc.record({
    field: fc.constantFrom("createdAt", "endedAt", "name", "code", "currency", "amount"),
    direction: fc.constantFrom("ASC" as const, "DESC" as const),
  }),
  { maxLength: 3 },
);

// --- the plain model --------------------------------------------------------------------------------

/** True, false, or null for an unknown result of a missing value. */
type Truth = boolean | null;

const not = (truth: Truth): Truth => (truth === null ? null : !truth);
const all = (truths: Truth[]): Truth =>
  truths.includes(false) ? false : truths.includes(null) ? null : true;
const any = (truths: Truth[]): Truth => not(all(truths.map(not)));

function keeps(of: Filter, row: Thing): Truth {
  return all(
    Object.entries(of).map(([key, operand]) => {
      if (key === "not") return not(keeps(operand as Filter, row));
      if (key === "and") return all((operand as Filter[]).map((one) => keeps(one, row)));
      if (key === "or") return any((operand as Filter[]).map((one) => keeps(one, row)));
      if (key === "metadata") return keepsMetadata(operand as MetadataCondition[], row);
      const value = row[key as Exclude<keyof Thing, "metadata">];
      return all(
        Object.entries(operand as object).map(([operator, expected]) =>
          holds(operator, value, expected),
        ),
      );
    }),
  );
}

type MetadataCondition = Readonly<Record<string, unknown>> & { readonly key: string };

/** The value of each key is compared exactly. A missing key is a missing value. */
function keepsMetadata(conditions: readonly MetadataCondition[], { metadata }: Thing): Truth {
  return all(
    conditions.flatMap(({ key, ...operators }) => {
      const value = metadata[key];
      return Object.entries(operators).map(([operator, expected]): Truth => {
        if (operator === "isNull") return (value === undefined) === expected;
        if (value === undefined) return null;
        const texts = expected as readonly string[];
        const isEqual = texts.includes(value);
        const begins = texts.some((text) => value.startsWith(text));
        return { eq: isEqual, notEq: !isEqual, prefix: begins, notPrefix: !begins }[operator]!;
      });
    }),
  );
}

function holds(
  operator: string,
  value: string | number | boolean | null,
  expected: unknown,
): Truth {
  if (operator === "isNull") return (value === null) === expected;
  if (value === null) return null;
  if (operator.startsWith("not")) {
    const plain = operator.slice(3);
    return not(holds(plain.charAt(0).toLowerCase() + plain.slice(1), value, expected));
  }
  const folded = foldCase(String(value));
  const values = Array.isArray(expected) ? expected.map(String) : [];
  const lowered = values.map(foldCase);
  switch (operator) {
    case "gt":
      return compare(value as string, expected as string) > 0;
    case "gte":
      return compare(value as string, expected as string) >= 0;
    case "lt":
      return compare(value as string, expected as string) < 0;
    case "lte":
      return compare(value as string, expected as string) <= 0;
    case "eql":
      return values.includes(String(value));
    case "prefix":
      return lowered.some((one) => folded.startsWith(one));
    case "suffix":
      return lowered.some((one) => folded.endsWith(one));
    case "match":
      return lowered.some((one) => folded.includes(one));
    default:
      return Array.isArray(expected) ? lowered.includes(folded) : value === expected;
  }
}

const collator = new Intl.Collator("en");

/** Compares strings in the order that people expect, then by code points. Compares other values directly. */
function compare(a: string | number | null, b: string | number | null): number {
  if (a === b) return 0;
  if (a === null) return 2; // last, in either direction
  if (b === null) return -2;
  if (typeof a === "number" || typeof b === "number") return a < b ? -1 : 1;
  return Math.sign(collator.compare(a, b) || Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

function sorted(rows: Thing[], keys: readonly SortKey[]): Thing[] {
  const given = keys.length > 0 ? keys : [{ field: "createdAt", direction: "DESC" } as const];
  const last = given.filter(({ field }, at) => given.findIndex((k) => k.field === field) === at);
  const order = [...last, { field: "id", direction: last.at(-1)!.direction }];
  return [...rows].sort((a, b) => {
    for (const { field, direction } of order) {
      const key = field as "name" | "amount";
      const compared = compare(a[key], b[key]);
      if (compared !== 0) {
        return Math.abs(compared) === 2 || direction === "ASC" ? compared : -compared;
      }
    }
    return 0;
  });
}

function isOneCurrency(rows: Thing[]): boolean {
  return new Set(rows.map(({ currency: code }) => code)).size <= 1;
}

function aggregateOf(rows: Thing[]): Pick<Aggregate, "count" | "sum" | "avg" | "min" | "max"> {
  const values = rows.map(({ amount: value }) => value);
  const ended = rows.map(({ endedAt }) => endedAt).filter((value) => value !== null);
  const sum = values.reduce((total, value) => total + BigInt(value), 0n);
  const units = (sum * 20_000n + BigInt(rows.length)) / (2n * BigInt(rows.length || 1));
  const isEmpty = rows.length === 0;
  return {
    count: rows.length,
    sum: { amount: isEmpty ? null : String(sum) },
    avg: {
      amount: isEmpty
        ? null
        : `${String(units / 10_000n)}.${String(units % 10_000n).padStart(4, "0")}`,
    },
    min: { amount: isEmpty ? null : Math.min(...values), endedAt: ended.sort()[0] ?? null },
    max: { amount: isEmpty ? null : Math.max(...values), endedAt: ended.sort().at(-1) ?? null },
  };
}

const AGGREGATIONS: Aggregation[] = [
  "count",
  "sum.amount",
  "avg.amount",
  "min.amount",
  "max.amount",
  "min.endedAt",
  "max.endedAt",
];

it("lists, counts, sums and groups random records with random filters like a simple model", async () => {
  await fc.assert(
    fc.asyncProperty(things, filter, async (rows, where) => {
      await replaceThings(database, rows);
      const kept = rows.filter((row) => keeps(where, row) === true);
      const read = await connect({ filter: where, first: 100 }).nodes();
      expect(read).toEqual(sorted(kept, []));
      expect(await connect({ filter: where }).totalCount()).toBe(kept.length);

      const whole = list({ filter: where });
      const summed = whole.aggregates.load({ parent: [], aggregations: AGGREGATIONS });
      if (isOneCurrency(kept)) expect(await summed).toEqual(aggregateOf(kept));
      else await expect(summed).rejects.toMatchObject({ code: "BAD_USER_INPUT" });

      const grouping = { fields: ["currency", "name"], bucket: null, metadataKey: null };
      const groups = await whole.groups([], grouping, AGGREGATIONS);
      const expected = new Map<string, Thing[]>();
      const byKeys = sorted(kept, [
        { field: "currency", direction: "ASC" },
        { field: "name", direction: "ASC" },
      ]);
      for (const row of byKeys) {
        const key = JSON.stringify({ currency: row.currency, name: row.name });
        expected.set(key, [...(expected.get(key) ?? []), row]);
      }
      expect(groups).toEqual(
        [...expected].map(([key, members]) => ({
          key: JSON.parse(key) as object,
          aggregate: aggregateOf(members),
        })),
      );
    }),
    { numRuns: runs(120) },
  );
});

it("groups random records by the value of a metadata key like a simple model", async () => {
  await fc.assert(
    fc.asyncProperty(
      things,
      filter,
      fc.constantFrom(...KEYS, "none", "a\0"),
      async (rows, where, metadataKey) => {
        await replaceThings(database, rows);
        const grouping = { fields: ["metadata", "currency"], bucket: null, metadataKey };
        const groups = await list({ filter: where }).groups([], grouping, AGGREGATIONS);
        const expected = new Map<string, Thing[]>();
        for (const row of rows.filter((one) => keeps(where, one) === true)) {
          const value = row.metadata[metadataKey] ?? null;
          const key = JSON.stringify([value, row.currency]);
          expected.set(key, [...(expected.get(key) ?? []), row]);
        }
        const named = [...expected].map(([key, members]) => {
          const [value, code] = JSON.parse(key) as [string | null, string];
          const shared = { metadata: value, currency: code };
          return { key: shared, aggregate: aggregateOf(members) };
        });
        const inOrder = named.sort(
          (a, b) =>
            compare(a.key.metadata, b.key.metadata) || compare(a.key.currency, b.key.currency),
        );
        expect(groups).toEqual(inOrder);
      },
    ),
    { numRuns: runs(60) },
  );
});

it("returns every row exactly once when paging forwards, backwards and by number", async () => {
  await fc.assert(
    fc.asyncProperty(
      things,
      fc.oneof(fc.constant<Filter>({}), filter),
      sort,
      fc.integer({ min: 1, max: 7 }),
      async (rows, where, keys, size) => {
        await replaceThings(database, rows);
        const args = { filter: where, sort: keys };
        const expected = sorted(
          rows.filter((row) => keeps(where, row) === true),
          keys,
        );

        const forwards: Thing[] = [];
        for (let after: string | null = null; ;) {
          const page = connect({ ...args, first: size, after });
          const info = page.pageInfo();
          expect(await info.hasPreviousPage()).toBe(forwards.length > 0);
          forwards.push(...(await page.nodes()));
          expect(await info.hasNextPage()).toBe(forwards.length < expected.length);
          after = await info.endCursor();
          if (!(await info.hasNextPage())) break;
        }
        expect(forwards).toEqual(expected);

        let backwards: Thing[] = [];
        for (let before: string | null = null; ;) {
          const page = connect({ ...args, last: size, before });
          const info = page.pageInfo();
          expect(await info.hasNextPage()).toBe(backwards.length > 0);
          backwards = [...(await page.nodes()), ...backwards];
          expect(await info.hasPreviousPage()).toBe(backwards.length < expected.length);
          before = await info.startCursor();
          if (!(await info.hasPreviousPage())) break;
        }
        expect(backwards).toEqual(expected);

        const numbered: Thing[] = [];
        const pages = Math.ceil(expected.length / size);
        for (let number = 1; number <= pages + 1; number++) {
          const page = connect({ ...args, page: { number, size } });
          const info = page.pageInfo();
          numbered.push(...(await page.nodes()));
          expect(await info.hasNextPage()).toBe(number < pages);
          expect(await info.hasPreviousPage()).toBe(number > 1 && expected.length > 0);
        }
        expect(numbered).toEqual(expected);
      },
    ),
    { numRuns: runs(60) },
  );
});

it("puts timestamps into the buckets of a time zone, across both clock changes", async () => {
  const units = ["HOUR", "DAY", "WEEK", "MONTH", "YEAR"] as const;
  const zones = ["UTC", "Asia/Tehran", "Europe/Amsterdam", "America/New_York"];
  await fc.assert(
    fc.asyncProperty(
      things,
      fc.constantFrom(...units),
      fc.constantFrom(...zones),
      async (rows, unit, timeZone) => {
        await replaceThings(database, rows);
        const grouping = {
          fields: ["createdAt"],
          bucket: { unit, timeZone },
          metadataKey: null,
        };
        const groups = await list({}).groups([], grouping, ["count"]);
        // Each row belongs to one bucket: the last that starts at or before it in the zone's local time.
        const starts = groups.map(({ key }) => key["createdAt"] as Instant);
        expect(starts).toEqual([...new Set(starts)].sort());
        const counts = new Map<Instant, number>();
        for (const { createdAt } of rows) {
          const start = starts.filter((one) => one <= createdAt).at(-1)!;
          expect(labelOf(start, unit, timeZone)).toBe(labelOf(createdAt, unit, timeZone));
          counts.set(start, (counts.get(start) ?? 0) + 1);
        }
        const total = groups.map(({ aggregate }) => aggregate.count);
        expect(total).toEqual(starts.map((start) => counts.get(start)));
        for (const start of starts) expectBeginning(start, unit, timeZone);
      },
    ),
    { numRuns: runs(75) },
  );
});

function clockOf(instant: Instant, timeZone: string): Record<string, string> {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    timeZoneName: "longOffset",
  });
  const parts = format.formatToParts(new Date(instant));
  return Object.fromEntries(parts.map(({ type, value }) => [type, value]));
}

/** A value that all instants of a bucket share. A week is identified by its Monday. */
function labelOf(instant: Instant, unit: string, timeZone: string): string {
  const { year, month, day, weekday, hour, timeZoneName } = clockOf(instant, timeZone);
  const date = `${String(year)}-${String(month)}-${String(day)}`;
  if (unit === "YEAR") return String(year);
  if (unit === "MONTH") return date.slice(0, 7);
  if (unit === "DAY") return date;
  if (unit === "HOUR") return `${date} ${String(hour)} ${String(timeZoneName)}`;
  const days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].indexOf(String(weekday));
  const monday = new Date(`${date}T00:00:00Z`);
  monday.setUTCDate(monday.getUTCDate() - days);
  return monday.toISOString().slice(0, 10);
}

function expectBeginning(start: Instant, unit: string, timeZone: string): void {
  const { month, day, weekday, hour, minute, second } = clockOf(start, timeZone);
  expect([minute, second, start.slice(19)]).toEqual(["00", "00", ".000000Z"]);
  if (unit === "HOUR") return;
  expect(hour).toBe("00");
  if (unit === "WEEK") expect(weekday).toBe("Mon");
  if (unit === "MONTH" || unit === "YEAR") expect(day).toBe("01");
  if (unit === "YEAR") expect(month).toBe("01");
}
