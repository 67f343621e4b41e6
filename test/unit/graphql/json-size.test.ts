import { describe, expect, it } from "vitest";
import { exceededByJson } from "../../../src/graphql/operation-limits/json-size.js";

const LARGE = 1_000_000;

describe("the size of JSON", () => {
  it.each<[unknown, number]>([
    [null, 0],
    ["[[", 0],
    [{}, 1],
    [[[], { a: [1] }], 3],
    [{ a: 1, b: { c: {} } }, 3],
  ])("counts nested lists and objects: %j", (value, nesting) => {
    expect(exceededByJson(value, { nesting, values: LARGE })).toBeUndefined();
    if (nesting === 0) return;
    const exceeded = { limit: "nesting", has: nesting, allowed: nesting - 1 };
    expect(exceededByJson(value, { nesting: nesting - 1, values: LARGE })).toEqual(exceeded);
  });

  it.each<[unknown, number]>([
    [null, 0],
    ["[[", 0],
    [{}, 0],
    [[1, null, []], 3],
    [{ a: 1, b: { c: {} } }, 3],
    [[{ a: [1, 2] }, { b: 1 }], 6],
  ])("counts items and fields: %j", (value, values) => {
    expect(exceededByJson(value, { nesting: LARGE, values })).toBeUndefined();
    if (values === 0) return;
    const exceeded = { limit: "values", has: values, allowed: values - 1 };
    expect(exceededByJson(value, { nesting: LARGE, values: values - 1 })).toEqual(exceeded);
  });

  it("is not read beyond the limits", () => {
    const deep: unknown = JSON.parse("[".repeat(100_000) + "]".repeat(100_000));
    const limits = { nesting: 100, values: LARGE };
    expect(exceededByJson(deep, limits)).toMatchObject({ limit: "nesting" });
  });
});
