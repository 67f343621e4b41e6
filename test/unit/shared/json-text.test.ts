import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findJsonFault } from "../../../src/shared/json-text.js";
import { isWholeNumber } from "../../../src/shared/whole-number.js";
import { decimal, wholeValueOf } from "../../support/decimals.js";

describe("isWholeNumber", () => {
  it("agrees with exact arithmetic", () => {
    fc.assert(
      fc.property(decimal, (text) => {
        expect(isWholeNumber(text)).toBe(wholeValueOf(text) !== null);
      }),
      { numRuns: 5_000 },
    );
  });

  it.each(["0", "-0", "0.0", "0e9", "1.0", "1e3", "1.50e1", "100e-2", "1e99999999999999999999"])(
    "treats %s as an integer",
    (text) => {
      expect(isWholeNumber(text)).toBe(true);
    },
  );

  it.each([
    "0.99999999999999999",
    "9007199254740991.4",
    "1e-400",
    "1.05e1",
    "1e-99999999999999999",
  ])("treats %s as a fraction", (text) => {
    expect(isWholeNumber(text)).toBe(false);
  });
});

describe("findJsonFault", () => {
  it("finds a number exactly if JSON.parse would read another integer or none", () => {
    fc.assert(
      fc.property(decimal, fc.constantFrom("", "[1,", '{"a":', '["\\"",'), (number, before) => {
        const read = Number(number);
        const isWrong =
          !Number.isFinite(read) || (Number.isInteger(read) && wholeValueOf(number) === null);
        const fault = isWrong ? { kind: "number", text: number } : null;
        expect(findJsonFault(`${before}${number} ,0.5]`)).toEqual(fault);
      }),
      { numRuns: 5_000 },
    );
  });

  const unit = fc.oneof(
    fc.constantFrom("\\", '"', "a", "\n", "\u2028", "\ud83d\ude00", "1e400", "\\ud800"),
    fc.constantFrom("\ud800", "\udbff", "\udc00", "\udfff", "\ud7ff", "\ue000"),
  );

  it("finds half of a surrogate pair exactly where a string contains one", () => {
    const texts = fc.array(fc.string({ unit, maxLength: 8 }), { maxLength: 4 });
    fc.assert(
      fc.property(texts, fc.boolean(), (values, escapesAll) => {
        const json = JSON.stringify(values);
        const sent = escapesAll ? json.replace(/[^\0-~]/g, escaped) : json;
        const isBroken = values.some((value) => /\p{Surrogate}/u.test(value));
        expect(findJsonFault(sent)?.kind ?? null).toBe(isBroken ? "surrogate" : null);
      }),
      { numRuns: 5_000 },
    );
  });

  it("finds brackets of both kinds nested deeper than 200, only outside strings", () => {
    const nested = (depth: number): string =>
      Array.from({ length: depth }, (_, at) => (at % 2 ? "[" : '{"[":')).join("") +
      "1" +
      Array.from({ length: depth }, (_, at) => ((depth - at) % 2 ? "}" : "]")).join("");
    for (const depth of [1, 199, 200]) {
      expect(() => JSON.parse(nested(depth)) as unknown).not.toThrow();
      expect(findJsonFault(nested(depth))).toBeNull();
      expect(findJsonFault(`[${nested(depth - 1)},${nested(depth - 1)}]`)).toBeNull();
    }
    expect(findJsonFault(nested(201))?.kind).toBe("nesting");
    expect(findJsonFault(JSON.stringify('\\"['.repeat(1_000)))).toBeNull();
  });

  it.each(["", '"', '"\\', '"\\u', '"\\ud8', "-", "1e", "1e+", "--", '"\\ud83d\\u', "nul"])(
    "accepts any string, such as %j",
    (text) => {
      expect(() => findJsonFault(text)).not.toThrow();
    },
  );
});

function escaped(sign: string): string {
  return `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0").toUpperCase()}`;
}
