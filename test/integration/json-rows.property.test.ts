import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Caller } from "../../src/callers/caller.js";
import { readRows } from "../../src/database/database.js";
import { sql } from "../../src/database/sql.js";
import { Connection } from "../../src/listing/connection.js";
import { encodeCursor } from "../../src/listing/cursor.js";
import { type JsonMember, type JsonSelection, objectOf } from "../../src/listing/json-selection.js";
import { type ListArguments, ListQuery } from "../../src/listing/list-query.js";
import { jsonColumns, positionIn } from "../../src/listing/page-columns.js";
import type { PageSelection } from "../../src/listing/page-selection.js";
import { toOne, withRelated } from "../../src/listing/to-one.js";
import { EVERYTHING } from "../../src/listing/visible.js";
import type { Instant } from "../../src/shared/instant.js";
import { type TestDatabase, createTestDatabase } from "../support/database.js";
import { runs } from "../support/runs.js";
import { type Thing, createThings, replaceThings, thingRecord } from "../support/things.js";

const CALLER: Caller = { tokenId: "", merchantId: null, employeeId: null, scopes: ["OPERATOR"] };
const RELATIONS = { owner: toOne(thingRecord, ["id", "ownerId"]) };
const DEFINITION = {
  record: thingRecord,
  visibleTo: () => EVERYTHING,
  scopes: [],
  toOne: RELATIONS,
};
/** Every field whose values a response shows as they are stored. */
const FIELDS = Object.keys(thingRecord.fields).filter((name) => name !== "metadata");

const SIZE = 5;

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await createThings(database);
});

afterAll(() => database.close());

const IDS = Array.from({ length: 12 }, (_, index) => {
  return `0198${String(index).padStart(4, "0")}-0000-7000-8000-000000000000`;
});
const text = fc
  .oneof(
    fc.constantFrom("", '"', "\\", "\\u0000", "'", "\u2028", "\u007f", "\b\f\n\r\t\u0001", "null"),
    fc.string({ unit: "binary" }),
  )
  // PostgreSQL stores no such character.
  .map((one) => one.replaceAll("\0", ""));
const instant = fc
  .integer({ min: 0, max: 10_000_000 - 1 })
  .map((micros) => `2024-12-31T23:59:5${(micros / 1_000_000).toFixed(6)}Z` as Instant);
const things = fc
  .array(
    fc.record({
      createdAt: instant,
      endedAt: fc.option(instant),
      name: fc.option(text),
      code: text,
      currency: fc.constantFrom("IRR", "JPY"),
      amount: fc.oneof(fc.maxSafeInteger(), fc.constantFrom(0, -(2 ** 53 - 1), 2 ** 53 - 1)),
      isOpen: fc.boolean(),
      // One of them refers to nothing.
      ownerId: fc.option(fc.constantFrom(...IDS.slice(0, 3), IDS.at(-1)!)),
      metadata: fc.constant({}),
    }),
    { maxLength: IDS.length - 1 },
  )
  .map((rows): Thing[] => rows.map((row, index) => ({ id: IDS[index]!, ...row })));

function member(name: string, related: JsonSelection | null = null): JsonMember {
  return { name, isNullable: true, related };
}

const names = fc.shuffledSubarray(["__typename", ...FIELDS], { minLength: 1 });
const selection = fc
  .tuple(names, fc.option(names), fc.nat())
  .map(([own, ofOwner, place]): JsonSelection => {
    const members = own.map((name) => member(name));
    if (ofOwner !== null) {
      const owner = { typeName: "Thing", members: ofOwner.map((name) => member(name)) };
      members.splice(place % (members.length + 1), 0, member("owner", owner));
    }
    return { typeName: "Thing", members };
  });
const sort = fc.constantFrom<ListArguments["sort"]>(
  null,
  [{ field: "amount", direction: "ASC" }],
  [{ field: "name", direction: "DESC" }],
);
const filter = fc.constantFrom(null, { isOpen: { eq: true } });
const args: fc.Arbitrary<ListArguments> = fc.oneof(
  fc.record({ sort, filter, first: fc.constant(SIZE) }),
  fc.record({ sort, filter, last: fc.constant(SIZE) }),
  fc.record({
    sort,
    filter,
    page: fc.record({ number: fc.constantFrom(1, 2), size: fc.constant(SIZE) }),
  }),
);

/** The object that GraphQL would create from a row. */
function expectedOf(
  row: Thing,
  { members, typeName }: JsonSelection,
  all: readonly Thing[],
): object {
  const values = members.map(({ name, related }) => {
    if (name === "__typename") return [name, typeName];
    if (related === null) return [name, row[name as keyof Thing]];
    const owner = all.find(({ id }) => id === row.ownerId);
    return [name, owner ? expectedOf(owner, related, all) : null];
  });
  return Object.fromEntries(values) as object;
}

function selectionOf(json: JsonSelection): PageSelection {
  const columnsOf = ({ members }: JsonSelection): Set<string> =>
    new Set(members.flatMap((one) => (one.related || one.name === "__typename" ? [] : [one.name])));
  const related = json.members.flatMap((one) =>
    one.related ? [[one.name, columnsOf(one.related)] as const] : [],
  );
  const key = JSON.stringify(json);
  return { key, fields: columnsOf(json), related: new Map(related), scopes: [], json };
}

function listOf(given: ListArguments): ListQuery<typeof thingRecord> {
  return new ListQuery<typeof thingRecord>(database.pool, DEFINITION, CALLER, given, null);
}

describe("records that are read as JSON", () => {
  it("have the same bytes and positions as records whose fields are resolved", async () => {
    const property = fc.asyncProperty(things, selection, args, async (rows, json, given) => {
      await replaceThings(database, rows);
      const list = listOf(given);
      const read = await list.jsonSlice([], selectionOf(json));
      const nodes = await new Connection(list, [], () => undefined).nodes();
      if (read === null) {
        const objects = nodes.map((row) => objectOf(row, json));
        expect(objects).toEqual(nodes.map((row) => expectedOf(row, json, rows)));
        return;
      }
      expect(read.rows.map((row) => row.json)).toEqual(
        nodes.map((row) => JSON.stringify(expectedOf(row, json, rows))),
      );
      const cursorOf = (row: object): string => encodeCursor(thingRecord, list.order, row);
      expect(read.rows.map(positionIn).map(cursorOf)).toEqual(nodes.map(cursorOf));
      const total = given.filter ? rows.filter(({ isOpen }) => isOpen).length : rows.length;
      expect(read.hasMore).toBe(total > SIZE * (given.page?.number ?? 1));
    });
    await fc.assert(property, { numRuns: runs(150) });
  });

  it.each([
    ["a value", [member("id"), member("name")], "name"],
    ["a related record", [{ ...member("owner"), isNullable: false }], "owner"],
  ])("are refused if %s is missing that must not be", async (_, members) => {
    await replaceThings(database, [
      {
        ...{ id: IDS[0]!, createdAt: "2024-12-31T23:59:59.000000Z" as Instant, endedAt: null },
        ...{ name: null, code: "", currency: "IRR", amount: 0, isOpen: true, ownerId: IDS[1]! },
        metadata: {},
      },
    ]);
    const strict = {
      ...thingRecord,
      fields: { ...thingRecord.fields, name: { ...thingRecord.fields.name, isNullable: false } },
    };
    const ofOwner = { typeName: "Thing", members: [member("name")] };
    const json = {
      typeName: "Thing",
      members: members.map((one) => (one.name === "owner" ? { ...one, related: ofOwner } : one)),
    };
    const order = [{ field: "id", direction: "ASC" }] as const;
    const { columns, joined, select, row } = jsonColumns(
      strict,
      order,
      selectionOf(json),
      RELATIONS,
    );
    const { rest } = withRelated({ select: columns, rest: sql`from things` }, sql`1`, joined);
    const statement =
      select === null ? sql`select ${columns} from things` : sql`select ${select} ${rest}`;
    await expect(readRows(database.pool, row, statement)).rejects.toThrow(
      "the column json is null",
    );
  });
});
