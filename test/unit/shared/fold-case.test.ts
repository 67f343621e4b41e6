import { describe, expect, it } from "vitest";
import { upperCaseCode, foldCase } from "../../../src/shared/fold-case.js";

describe("foldCase", () => {
  it.each([
    ["ΟΔΟΣ", "οδος"],
    ["ΑΣ@", "ασ@"],
    ["İ", "i\u0307"],
    ["Ǆ", "ǅ"],
  ])("makes %s and %s equal", (a, b) => {
    expect(foldCase(a)).toBe(foldCase(b));
  });

  it.each([
    ["I", "ı"],
    ["İ", "i"],
    ["ß", "ss"],
    ["ſ", "s"],
    ["é", "e\u0301"],
  ])("keeps %s and %s different", (a, b) => {
    expect(foldCase(a)).not.toBe(foldCase(b));
  });
});

describe("upperCaseCode", () => {
  it.each(["processing", "Processing", "PROCESSING"])("reads %s in any case", (text) => {
    expect(upperCaseCode(text)).toBe("PROCESSING");
  });

  it.each(["proceßing", "faıled", "uſd", "ﬃ", "İrr"])(
    "never reads a letter of %s as another letter",
    (text) => {
      expect(upperCaseCode(text)).not.toMatch(/^[A-Z]+$/);
    },
  );
});
