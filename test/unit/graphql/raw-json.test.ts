import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RawJson, jsonOf } from "../../../src/graphql/raw-json.js";
import { limitResponse } from "../../../src/graphql/operation-limits/response.js";
import { ReadBudget } from "../../../src/shared/read-budget.js";

describe("a text that is JSON already", () => {
  it("is written as it is, wherever it is in a value", () => {
    const value = fc.object({ values: [fc.string({ unit: "binary" }), fc.integer()] });
    const property = fc.property(value, value, fc.string(), (inner, around, key) => {
      const text = JSON.stringify(inner, null, 1);
      const withText = {
        first: new RawJson(text),
        around,
        [key]: [new RawJson("1.0"), new RawJson(text)],
      };
      const plain = { first: inner, around, [key]: [1, inner] };
      expect(JSON.parse(jsonOf(withText))).toEqual(JSON.parse(JSON.stringify(plain)));
      expect(jsonOf({ a: new RawJson(text), b: [new RawJson("1.0")] })).toBe(
        `{"a":${text},"b":[1.0]}`,
      );
      // For transports that write with JSON.stringify.
      expect(JSON.stringify(withText)).toBe(JSON.stringify(plain));
    });
    fc.assert(property);
  });

  it("counts with its bytes towards the limit of a response", () => {
    const data = { a: new RawJson(`"${"é".repeat(100)}"`) };
    expect(limitResponse({ data }, new ReadBudget(300)).data).toBe(data);
    expect(limitResponse({ data }, new ReadBudget(200)).errors).toHaveLength(1);
  });
});
