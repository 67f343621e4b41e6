import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseCurrency } from "../../../src/shared/currency.js";
import { instantOf, parseInstant } from "../../../src/shared/instant.js";
import { readPhoneNumber } from "../../../src/shared/phone-number.js";
import { spelledNumber } from "../../support/phone-spellings.js";
import { newId, parseUuid, parseUuidV7 } from "../../../src/shared/uuid.js";

describe("parseInstant", () => {
  it.each([
    ["2024-12-02T09:22:05.398979Z", "2024-12-02T09:22:05.398979Z"],
    ["2024-12-02T09:22:05.398979+00:00", "2024-12-02T09:22:05.398979Z"],
    ["2024-12-02 09:22:05.39+00", "2024-12-02T09:22:05.390000Z"],
    ["2024-12-02t09:22:05z", "2024-12-02T09:22:05.000000Z"],
    ["2024-12-02T12:52:05.1+03:30", "2024-12-02T09:22:05.100000Z"],
    ["2024-12-01T23:52:05-09:30", "2024-12-02T09:22:05.000000Z"],
    ["2024-02-29T23:59:59.9999990Z", "2024-02-29T23:59:59.999999Z"],
    ["1900-01-01T00:00:00Z", "1900-01-01T00:00:00.000000Z"],
    ["1899-12-31T23:59:00-00:01", "1900-01-01T00:00:00.000000Z"],
    ["9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"],
  ])("reads %s as %s", (text, instant) => {
    expect(parseInstant(text)).toBe(instant);
  });

  it.each([
    "",
    "2024-12-02",
    "2024-12-02T09:22:05",
    "2024-02-30T00:00:00Z",
    "2023-02-29T00:00:00Z",
    "2024-13-01T00:00:00Z",
    "2024-12-02T24:00:00Z",
    "2024-12-02T09:22:60Z",
    "2024-12-02T09:22:05.1234567Z",
    "2024-12-02T09:22:05+24:00",
    "2024-12-02T09:22:05+00:60",
    "0000-12-31T00:00:00Z",
    "0001-01-01T00:00:00Z",
    "1899-12-31T23:59:59.999999Z",
    "1900-01-01T00:00:00+00:01",
    "9999-12-31T23:59:59-10:00",
    "9999-12-31T24:00:00Z",
    "9999-12-31T23:59:59-00:01",
    " 2024-12-02T09:22:05Z",
    "2024-12-02T09:22:05Z\n",
  ])("refuses %j", (text) => {
    expect(parseInstant(text)).toBeNull();
  });

  it("agrees with Date, and its strings sort by time", () => {
    const date = fc.date({
      min: new Date("1900-01-01T00:00:00Z"),
      max: new Date("9999-12-31T23:59:59.999Z"),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(date, date, (a, b) => {
        expect(parseInstant(a.toISOString())).toBe(instantOf(a));
        expect(instantOf(a) < instantOf(b)).toBe(a < b);
      }),
    );
  });
});

describe("readPhoneNumber", () => {
  const readIranian = (text: string): string | null => readPhoneNumber(text, "IR");

  it("reads every form of every number as one", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^9[0-9]{9}$/), (subscriber) => {
        for (const prefix of ["98", "+98", "0098", "0", ""]) {
          expect(readIranian(prefix + subscriber)).toBe(`98${subscriber}`);
        }
      }),
    );
  });

  it("accepts Persian, Arabic-Indic and full-width digits, with separators anywhere", () => {
    fc.assert(
      fc.property(spelledNumber, ({ stored, spellings }) => {
        expect(new Set(spellings.map(readIranian))).toEqual(new Set([stored]));
      }),
    );
  });

  it("refuses everything else", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const plain = text.replace(/[\p{Zs}\p{Pd}\p{Ps}\p{Pe}\p{Cf}\u2212]/gu, "");
        fc.pre(!/^(\+98|0098|98|0)?9[0-9]{9}$/.test(plain));
        expect(readIranian(text)).toBeNull();
      }),
    );
  });
});

describe("parseUuid and parseUuidV7", () => {
  it("parse every version, or only version 7, in lower case", () => {
    fc.assert(
      fc.property(fc.uuid(), (text) => {
        expect(parseUuid(text.toUpperCase())).toBe(text);
        expect(parseUuidV7(text.toUpperCase())).toBe(text[14] === "7" ? text : null);
      }),
    );
  });

  it.each(["", "01988f7ad22b7c3d977f27af99c2a5a5", "{01988f7a-d22b-7c3d-977f-27af99c2a5a5}", "x"])(
    "refuse %j",
    (text) => {
      expect(parseUuid(text)).toBeNull();
      expect(parseUuidV7(text)).toBeNull();
    },
  );

  it("create ascending ids of version 7", () => {
    const ids = Array.from({ length: 1_000 }, newId);
    expect(ids.map(parseUuidV7)).toEqual(ids);
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(1_000);
  });
});

describe("parseCurrency", () => {
  it("reads ISO 4217 codes in any case, and nothing else", () => {
    expect(["irr", "USD", "eUr", "jpy"].map(parseCurrency)).toEqual(["IRR", "USD", "EUR", "JPY"]);
    expect(["", "US", "USDT", "ZZQ", "toman"].map(parseCurrency)).toEqual([
      null,
      null,
      null,
      null,
      null,
    ]);
  });
});
