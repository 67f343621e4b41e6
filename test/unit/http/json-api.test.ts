import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ExactInteger, writeJson } from "../../../src/rest/json-api.js";

const text = fc.string({
  unit: fc.constantFrom("\0", '"', "\\", "1", "-", ",", ":", "{", "}", "u0000", "\u2028", "a"),
  maxLength: 12,
});
const json = fc.jsonValue({ maxDepth: 3, stringUnit: "binary" });
const plain = fc.oneof(
  json,
  text,
  fc.dictionary(text, text),
  fc.record({ data: text, meta: json }),
);

describe("writeJson", () => {
  it("writes any value like JSON.stringify", () => {
    fc.assert(
      fc.property(plain, (value) => {
        expect(writeJson(value)).toBe(JSON.stringify(value));
      }),
      { numRuns: 1_000 },
    );
  });

  it("writes each sum of meta digit by digit, and everything else unchanged", () => {
    const digits = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n });
    const sums = fc.dictionary(text, fc.record({ sum: fc.option(digits) }), { maxKeys: 4 });
    fc.assert(
      fc.property(plain, sums, (data, of) => {
        const exact = (found: bigint | null) =>
          found === null ? null : new ExactInteger(String(found));
        const meta = Object.fromEntries(
          Object.entries(of).map(([name, { sum }]) => [name, { sum: exact(sum) }]),
        );
        const written = writeJson({ data, included: undefined, meta });
        const start = `{"data":${JSON.stringify(data)},"meta":`;
        expect(written.startsWith(start)).toBe(true);
        const names = Object.entries(of).map(
          ([name, { sum }]) => `${JSON.stringify(name)}:{"sum":${String(sum)}}`,
        );
        expect(written.slice(start.length)).toBe(`{${names.join(",")}}}`);
        expect(() => void JSON.parse(written)).not.toThrow();
      }),
      { numRuns: 1_000 },
    );
  });

  it("refuses an exact integer outside meta", () => {
    expect(() => writeJson({ data: new ExactInteger("1"), meta: {} })).toThrow(/meta/);
  });
});
