import { describe, expect, it } from "vitest";
import { column, rowOf } from "../../../src/database/row.js";
import { InvariantError } from "../../../src/shared/assert.js";

const [TEXT, BIGINT, NUMERIC] = [25, 20, 1700];
const POCKET = rowOf({ slug: column.text(), balance: column.bigint() });
const NOTED = POCKET.with({ note: column.nullable(column.text()) });

const answer = (types: Record<string, number>, ...rows: object[]) => ({
  fields: Object.entries(types).map(([name, dataTypeID]) => ({ name, dataTypeID })),
  rows,
});

describe("a row type", () => {
  it("returns the rows of a statement that answers its columns, in any order, and further ones", () => {
    const rows = [{ balance: 5, slug: "a", other: 1 }];
    const types = { balance: BIGINT, other: NUMERIC, slug: TEXT };
    expect(POCKET.read(answer(types, ...rows))).toEqual(rows);
  });

  it.each([
    ["a missing column", { slug: TEXT }, "answers no column balance"],
    ["another PostgreSQL type", { slug: TEXT, balance: NUMERIC }, "balance is of the PostgreSQL"],
  ])("refuses %s, also where there are no rows", (_, types, message) => {
    const read = () => POCKET.read(answer(types));
    expect(read).toThrow(InvariantError);
    expect(read).toThrow(message);
  });

  it("refuses null in a column that is not nullable, in any row", () => {
    const types = { slug: TEXT, balance: BIGINT, note: TEXT };
    const rows = [
      { slug: "a", balance: 1, note: null },
      { slug: "b", balance: null, note: "x" },
    ];
    expect(() => NOTED.read(answer(types, ...rows))).toThrow("the column balance is null");
    expect(NOTED.read(answer(types, ...rows.slice(0, 1)))).toHaveLength(1);
  });

  it("distinguishes a row of an outer join from a missing one", () => {
    const outer = NOTED.orMissing();
    const types = { slug: TEXT, balance: BIGINT, note: TEXT };
    const missing = { slug: null, balance: null, note: null };
    const there = { slug: "a", balance: 1, note: null };
    expect(outer.read(answer(types, missing, there)).map((row) => NOTED.isWhole(row))).toEqual([
      false,
      true,
    ]);
  });
});
