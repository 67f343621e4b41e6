import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readRows } from "../../src/database/database.js";
import { column, rowOf } from "../../src/database/row.js";
import { sql } from "../../src/database/sql.js";
import { type TestDatabase, createTestDatabase } from "../support/database.js";
import { runs } from "../support/runs.js";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

const JSON_TEXT = rowOf({ json: column.text() });

const element = fc.oneof(
  fc.uuid(),
  fc.stringMatching(/^[0-9a-f-]{0,9}$/),
  fc.constantFrom("", "null", "NULL", ",", '"', "\\", "{}", " a ", "😀", "٠"),
  fc.string({ unit: "grapheme" }),
  fc.constant(null),
);

it("arrays of texts and numbers arrive in PostgreSQL as they are", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(element),
      fc.array(fc.option(fc.maxSafeInteger())),
      async (texts, numbers) => {
        const [row] = await readRows(
          database.pool,
          JSON_TEXT,
          sql`select jsonb_build_array(to_jsonb(${texts}::text[]), to_jsonb(${numbers}::bigint[]))::text as json`,
        );
        expect(JSON.parse(row!.json)).toEqual([texts, numbers]);
      },
    ),
    { numRuns: runs(100) },
  );
});
