import { describe, expect, it } from "vitest";
import { minorUnitsOf, parseCurrency, unusableReason } from "../../../src/shared/currency.js";
import { ACTIVE, WITHDRAWN } from "../../../src/shared/iso-4217.js";

const active = ACTIVE.flatMap(([minorUnits, codes]) =>
  codes.split(/\s+/).map((code) => [code, minorUnits] as const),
);
const isActive = (code: string): boolean => active.some(([one]) => one === code);

/** Currencies for which CLDR has fewer digits than ISO 4217, because prices there have no fractions. */
const SHOWN_WITHOUT_FRACTION =
  "AFN ALL COP HUF IDR IQD IRR KPW LAK LBP MGA MMK PKR SOS SYP YER".split(" ");

const intlDigits = (currency: string): number | undefined =>
  new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions()
    .maximumFractionDigits;

describe("the table of ISO 4217", () => {
  it("has 178 active codes, each once and of three capitals", () => {
    const codes = [...active.map(([code]) => code), ...WITHDRAWN.map(([code]) => code)];
    expect(active).toHaveLength(178);
    expect(new Set(codes).size).toBe(codes.length);
    expect(codes.filter((code) => !/^[A-Z]{3}$/.test(code))).toEqual([]);
  });

  it("has minor units of 0, 2, 3 or 4 digits, or none", () => {
    const found = new Set([...active, ...WITHDRAWN].map(([, minorUnits]) => minorUnits));
    expect([...found].toSorted()).toEqual([0, 2, 3, 4, null]);
  });

  it("has the month of each withdrawal, or its year until 1990", () => {
    const wrong = WITHDRAWN.filter(
      ([, , since]) => !/^(19|20)\d\d-(0[1-9]|1[0-2])$/.test(since) && !/^19(8\d|90)$/.test(since),
    );
    expect(wrong).toEqual([]);
  });

  it("names successors that are active", () => {
    const wrong = WITHDRAWN.filter(([, , , successor]) => successor && !isActive(successor));
    expect(wrong).toEqual([]);
  });

  it.each([
    ["HRK", "2023-01", "EUR"],
    ["SLL", "2023-12", "SLE"],
    ["ZWL", "2024-09", "ZWG"],
    ["VEF", "2018-08", "VES"],
    ["ANG", "2025-03", "XCG"],
    ["CUC", "2021-06", "CUP"],
    ["BGN", "2026-01", "EUR"],
    ["MRO", "2017-12", "MRU"],
    ["STD", "2017-12", "STN"],
    ["BYR", "2017-01", "BYN"],
    ["LTL", "2014-12", "EUR"],
    ["DEM", "2002-03", "EUR"],
  ])("lists %s as withdrawn in %s and replaced by %s", (code, since, successor) => {
    expect(parseCurrency(code)).toBe(code);
    expect(unusableReason(code)).toBe(`was withdrawn from ISO 4217 in ${since}; use ${successor}`);
    expect(unusableReason(successor)).toBeNull();
  });

  it.each([
    ...Object.entries({ IRR: 2, JPY: 0, KWD: 3, CLF: 4, UYW: 4, UYI: 0, VED: 2, VES: 2, XAD: 2 }),
    ...Object.entries({ ISK: 0, UGX: 0, IQD: 3, LYD: 3, TND: 3, CLP: 0, MGA: 2, MRU: 2, KRW: 0 }),
    ...Object.entries({ VND: 0, PYG: 0, RWF: 0, XAF: 0, XOF: 0, XPF: 0, BHD: 3, JOD: 3, OMR: 3 }),
    ...Object.entries({ BOV: 2, CHE: 2, CHW: 2, COU: 2, MXV: 2, USN: 2, XCG: 2, ZWG: 2, SLE: 2 }),
  ])("counts %s in minor units of %i digits", (code, digits) => {
    expect(unusableReason(code)).toBeNull();
    expect(minorUnitsOf(code)).toBe(digits);
  });

  it.each("XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX".split(" "))(
    "accepts the code %s, which has no minor unit, but not for amounts",
    (code) => {
      expect(parseCurrency(code.toLowerCase())).toBe(code);
      expect(minorUnitsOf(code)).toBeNull();
      expect(unusableReason(code)).toBe("has no minor unit, so it cannot have amounts");
    },
  );

  it("reads every currency of Intl", () => {
    const missing = Intl.supportedValuesOf("currency").filter((code) => !parseCurrency(code));
    expect(missing).toEqual([]);
  });

  it("agrees with Intl, except for currencies that Intl shows without fractions", () => {
    const differing = active.filter(
      ([code, digits]) => digits !== null && intlDigits(code) !== digits,
    );
    expect(differing.map(([code]) => code).toSorted()).toEqual(SHOWN_WITHOUT_FRACTION);
    expect(differing.filter(([code]) => intlDigits(code) !== 0)).toEqual([]);
  });
});

describe("parseCurrency", () => {
  it("refuses letters beyond ASCII whose capitals spell a code", () => {
    expect(
      ["ﬁm", "ıqd", "iſk", "ＵＳＤ", " usd", "usd\n", "constructor"].map(parseCurrency),
    ).toEqual(Array(7).fill(null));
  });
});
