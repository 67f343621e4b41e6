import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { editableMoney, formatMoney, parseMoney } from "../../console/src/shared/money.js";

const CURRENCIES = { 0: "JPY", 2: "USD", 3: "KWD" };
const LANGUAGES = ["en", "en-GB", "de", "fr", "fa", "ar-EG", "de-CH", "sv", "es"];

describe("an amount that a person types in the console", () => {
  it.each([
    ["en", "12.50", 2, 1_250],
    ["en", "1,250", 2, 125_000],
    ["en", "12.5", 2, 1_250],
    ["en", "12", 3, 12_000],
    ["en", "0.99", 2, 99],
    ["de", "12,50", 2, 1_250],
    ["de", "1.250", 2, 125_000],
    ["de", "1.250,5", 2, 125_050],
    ["fr", "1 250,00", 2, 125_000],
    ["fr", "12.5", 2, 1_250],
    ["fa", "۱۲٫۵", 2, 1_250],
    ["fa", "۱٬۲۵۰", 2, 125_000],
    ["en", "۱۲۵۰", 0, 1_250],
    ["en", "۱۲٫۵", 2, 1_250],
    ["de", "۱٬۲۵۰٫۵", 2, 125_050],
  ])("is read in its language: %s %s", (language, text, minorUnits, amount) => {
    expect(parseMoney(text, minorUnits, language)).toBe(amount);
  });

  it.each([
    ["en", "12,50"],
    ["en", "1,5"],
    ["en", "1'5"],
    ["en", "1 2"],
    ["en", "1_0"],
    ["en", "1,25,000"],
    ["en", "1.2.3"],
    ["en", "12.505"],
    ["de", "12.50"],
    ["de", "1.5"],
    ["fa", "۱۲٬۵"],
    ["en", "-5"],
    ["en", "1e3"],
    ["en", ""],
    ["en", "."],
  ])("is refused if its separators are ambiguous: %s %s", (language, text) => {
    expect(parseMoney(text, 2, language)).toBeNull();
  });

  it("is the same amount that the console writes, in every language", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...LANGUAGES),
        fc.maxSafeNat(),
        fc.constantFrom<keyof typeof CURRENCIES>(0, 2, 3),
        (language, amount, minorUnits) => {
          const currency = CURRENCIES[minorUnits];
          const written = formatMoney(amount, currency, minorUnits, language);
          const digits = written.replaceAll(/[A-Z]{3}|\p{Cf}/gu, "").trim();
          expect(parseMoney(digits, minorUnits, language)).toBe(amount);
          const editable = editableMoney(amount, minorUnits, language);
          expect(parseMoney(editable, minorUnits, language)).toBe(amount);
        },
      ),
    );
  });
});
