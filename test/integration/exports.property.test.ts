import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Caller } from "../../src/callers/caller.js";
import { csvFormat } from "../../src/exports/csv-format.js";
import type { ExportedFields } from "../../src/exports/export-columns.js";
import type { ExportEnd, ExportFormat } from "../../src/exports/export-format.js";
import { ExportService } from "../../src/exports/export.service.js";
import { ndjsonFormat } from "../../src/exports/ndjson-format.js";
import { Connection } from "../../src/listing/connection.js";
import { ListQuery } from "../../src/listing/list-query.js";
import type { SortKey } from "../../src/listing/order.js";
import { EVERYTHING } from "../../src/listing/visible.js";
import type { WholeListArguments } from "../../src/listing/whole-list.js";
import { minorUnitsOf } from "../../src/shared/currency.js";
import type { Instant } from "../../src/shared/instant.js";
import { type TestDatabase, createTestDatabase } from "../support/database.js";
import { readCsv, readNdjson, textOfCell } from "../support/exports.js";
import { runs } from "../support/runs.js";
import { type Thing, createThings, replaceThings, thingRecord } from "../support/things.js";

const CALLER: Caller = { tokenId: "", merchantId: null, employeeId: null, scopes: ["OPERATOR"] };
const DEFINITION = { record: thingRecord, visibleTo: () => EVERYTHING, scopes: [] };

let database: TestDatabase;
let exporter: ExportService;

beforeAll(async () => {
  database = await createTestDatabase();
  await createThings(database);
  exporter = new ExportService(database, 1);
});

afterAll(async () => {
  await exporter.close();
  await database.close();
});

const TEXTS = [
  ...["", " ", "a", "A", "=1+1", "+1", "-1", "@a", "\t=", "\r", "\n=1", "'=1", "''-", "'a", "a'"],
  ...["＝1+1", "＋1", "－1", "＠a", "'＝1", "a;b", "a\tb"],
  ...['"', '""', "a,b", 'a",b', "a\nb", "a\r\nb", "#end", "😀", "é", "ı", "\\", "{}", "null"],
];
const INSTANTS = [
  "2024-03-30T22:59:59.999999Z",
  "2024-03-30T23:00:00.000000Z",
  "2025-01-01T00:00:00.000001Z",
] as Instant[];
const IDS = Array.from({ length: 40 }, (_, index) => {
  return `0198${String(index).padStart(4, "0")}-0000-7000-8000-000000000000`;
});

const thing = fc.record({
  createdAt: fc.constantFrom(...INSTANTS),
  endedAt: fc.option(fc.constantFrom(...INSTANTS)),
  name: fc.option(fc.oneof(fc.constantFrom(...TEXTS), fc.string({ unit: "binary" }))).map((text) =>
    // PostgreSQL stores no such character.
    text === null ? null : text.replaceAll("\0", ""),
  ),
  code: fc.constantFrom("", "a", "b"),
  currency: fc.constantFrom("IRR", "JPY", "KWD"),
  amount: fc.constantFrom(0, 1, 99, 100, 12_345, 2 ** 53 - 1),
  isOpen: fc.boolean(),
  ownerId: fc.option(fc.constantFrom(...IDS.slice(0, 2))),
  metadata: fc.dictionary(fc.constantFrom("a", "=b", "c"), fc.constantFrom(...TEXTS)),
});
const things = fc
  .array(thing, { maxLength: IDS.length, size: "max" })
  .map((rows): Thing[] => rows.map((row, index) => ({ id: IDS[index]!, ...row })));

const condition = fc.oneof(
  fc.record({ code: fc.record({ eq: fc.subarray(["a", "b"]) }) }),
  fc.record({ amount: fc.record({ gte: fc.constantFrom(1, 100) }) }),
  fc.record({ name: fc.record({ isNull: fc.boolean() }) }),
  fc.record({ currency: fc.record({ notEq: fc.subarray(["irr", "kwd"], { minLength: 1 }) }) }),
  fc.record({ isOpen: fc.record({ eq: fc.boolean() }) }),
);
const filter = fc.option(
  fc.oneof(
    condition,
    fc.record({ and: fc.array(condition, { maxLength: 2 }) }),
    fc.record({ or: fc.array(condition, { minLength: 1, maxLength: 2 }) }),
    fc.record({ not: condition }),
  ),
);
const sort = fc.option(
  fc.array(
    fc.record({
      field: fc.constantFrom("createdAt", "endedAt", "name", "currency", "amount"),
      direction: fc.constantFrom<SortKey["direction"]>("ASC", "DESC"),
    }),
    { minLength: 1, maxLength: 3 },
  ),
);

/** The rows of a list and their cursors, page by page. */
async function walk(args: WholeListArguments): Promise<{ cursor: string; node: Thing }[]> {
  const edges: { cursor: string; node: Thing }[] = [];
  for (let after: string | null = null; ;) {
    const query: ListQuery<typeof thingRecord> = new ListQuery<typeof thingRecord>(
      database.pool,
      DEFINITION,
      CALLER,
      { ...args, first: 7, after },
      null,
    );
    const page = await new Connection(query, [], () => undefined).edges();
    edges.push(...page);
    if (page.length < 7) return edges;
    after = page.at(-1)!.cursor;
  }
}

async function exported(
  args: WholeListArguments,
  format: (of: ExportedFields) => ExportFormat,
): Promise<{ text: string; end: ExportEnd }> {
  let text = "";
  let chosen: ExportFormat | undefined;
  const { signal } = new AbortController();
  const end = await exporter.run(
    { definition: DEFINITION, caller: CALLER, args, counts: true, format, cursorEvery: 1, signal },
    {
      begin: (given, total) => {
        chosen = given;
        expect(total).not.toBeNull();
      },
      write: (part) => {
        text += part;
        return Promise.resolve();
      },
    },
    { rows: 0, cursor: args.after ?? null },
  );
  return { text: text + chosen!.last("end", end), end };
}

const csv = (of: ExportedFields) => csvFormat(of, { hasMark: false, hasCursors: true });

/** The sums by currency, computed in another way. */
function sumsOf(rows: readonly Thing[]): Record<string, { amount: string }> {
  const currencies = [...new Set(rows.map(({ currency }) => currency))].sort();
  return Object.fromEntries(
    currencies.map((currency) => {
      const of = rows.filter((row) => row.currency === currency);
      const amount = of.reduce((sum, row) => sum + BigInt(row.amount), 0n);
      return [currency, { amount: String(amount) }];
    }),
  );
}

it("exports exactly the rows and cursors of the list's pages, for any filter and sort", async () => {
  await fc.assert(
    fc.asyncProperty(things, filter, sort, async (rows, chosenFilter, chosenSort) => {
      await replaceThings(database, rows);
      const args = { filter: chosenFilter, sort: chosenSort };
      const edges = await walk(args);
      const { text, end } = await exported(args, ndjsonFormat);
      const read = readNdjson(text);
      const expected = edges.map(({ node, cursor }) => ({ ...node, cursor }));
      expect(read.rows).toEqual(expected);
      expect(end).toEqual({
        count: edges.length,
        sums: sumsOf(edges.map(({ node }) => node)),
        cursor: edges.at(-1)?.cursor ?? null,
      });
      const middle = edges[Math.floor(edges.length / 2)];
      if (middle === undefined) return;
      const rest = await exported({ ...args, after: middle.cursor }, ndjsonFormat);
      expect(readNdjson(rest.text).rows).toEqual(expected.slice(Math.floor(edges.length / 2) + 1));
    }),
    { numRuns: runs(25) },
  );
});

it("gives back every value from CSV, with decimals of the same amount", async () => {
  await fc.assert(
    fc.asyncProperty(things, async (rows) => {
      await replaceThings(database, rows);
      const args = { sort: [{ field: "id", direction: "ASC" } as const] };
      const { text } = await exported(args, csv);
      const read = readCsv(text).rows;
      expect(read).toHaveLength(rows.length);
      for (const [index, cells] of read.entries()) {
        const row = rows[index]!;
        expect(textOfCell(cells["name"]!)).toBe(row.name ?? "");
        expect(JSON.parse(cells["metadata"]!)).toEqual(row.metadata);
        expect(cells).toMatchObject({
          id: row.id,
          createdAt: row.createdAt,
          endedAt: row.endedAt ?? "",
          code: row.code,
          currency: row.currency,
          amount: String(row.amount),
          isOpen: String(row.isOpen),
          ownerId: row.ownerId ?? "",
        });
        const [whole = "", fraction = ""] = cells["amountDecimal"]!.split(".");
        expect(fraction).toHaveLength(minorUnitsOf(row.currency)!);
        expect(BigInt(whole + fraction)).toBe(BigInt(row.amount));
        for (const cell of Object.values(cells))
          expect(cell).not.toMatch(/^[=+@＝＋－＠\t\r\n]|^-\D/);
      }
    }),
    { numRuns: runs(25) },
  );
});
