import fc from "fast-check";
import {
  type CountryCode,
  type MetadataJson,
  PhoneNumber,
  parsePhoneNumberFromString,
} from "libphonenumber-js/core";
import examples from "libphonenumber-js/mobile/examples";
import metadata from "libphonenumber-js/mobile/metadata";
import { describe, expect, it } from "vitest";
import { countryPlans } from "../../../src/shared/numbering-plan.js";
import {
  isWrittenAs,
  numbersWrittenAs,
  readPhoneNumber,
} from "../../../src/shared/phone-number.js";
import {
  describePhoneNumbers,
  parsePhoneNumberRegion,
} from "../../../src/shared/phone-number-region.js";
import { pasted } from "../../support/phone-spellings.js";
import { runs } from "../../support/runs.js";

const REGIONS = [...countryPlans().keys()] as CountryCode[];
const EXAMPLES = examples as Readonly<Record<string, string>>;

/** The library's metadata with the one rule of this server that is wider. */
const WIDENED = structuredClone<MetadataJson>(metadata);
(WIDENED.countries.IR as unknown[][])[11]![1] = ["9\\d{9}", [10]];

/** The constructor takes a country too, which its types leave out. */
const NationalNumber = PhoneNumber as unknown as new (
  country: CountryCode,
  nationalNumber: string,
  by: MetadataJson,
) => PhoneNumber;

const isMobileIn = (region: CountryCode, national: string, by = WIDENED): boolean =>
  // The constructor refuses an empty number.
  national !== "" && new NationalNumber(region, national, by).getType() === "MOBILE";

/**
 * The library's answer: a number in international form without a national prefix, or the national form if the library
 * need not guess that a calling code comes first.
 */
function readByLibrary(text: string, region: CountryCode, by = WIDENED): string | null {
  const { callingCode } = countryPlans().get(region)!;
  const digits = text.replace(/^(?:\+|00)/, "");
  const national = digits.slice(callingCode.length);
  if (digits.startsWith(callingCode) && isMobileIn(region, national, by)) return digits;
  if (digits !== text) return null;
  const parsed = parsePhoneNumberFromString(
    text,
    { defaultCountry: region, extract: false },
    by,
  ) as (PhoneNumber & { __countryCallingCodeSource?: string }) | undefined;
  if (parsed === undefined || parsed.__countryCallingCodeSource !== undefined) return null;
  return isMobileIn(region, parsed.nationalNumber, by) ? parsed.number.slice(1) : null;
}

/** The digits of a number much like the region's example, with some of them changed, dropped or added. */
const likeExample = (region: string): fc.Arbitrary<string> =>
  fc
    .record({
      changes: fc.array(fc.tuple(fc.nat(12), fc.nat(9)), { maxLength: 4 }),
      from: fc.constantFrom(0, 0, 0, 1, 3),
      end: fc.constantFrom("", "", "", "7"),
    })
    .map(({ changes, from, end }) => {
      const digits = Array.from(EXAMPLES[region]!);
      for (const [place, digit] of changes) {
        if (place < digits.length) digits[place] = String(digit);
      }
      return digits.slice(from).join("") + end;
    });

const written = fc.constantFrom(...REGIONS).chain((region) => {
  const { callingCode, nationalPrefix } = countryPlans().get(region)!;
  const codes = ["", "+", "00"].map((before) => before + callingCode);
  const heads = ["", "+", "00", "0", "15", nationalPrefix, ...codes, `+${callingCode}0`];
  return fc.record({
    region: fc.constant(region),
    text: fc
      .tuple(fc.constantFrom(...heads, callingCode + nationalPrefix), likeExample(region))
      .map((parts) => parts.join("")),
  });
});

describe("a number of a region", () => {
  it("is read as libphonenumber-js reads it, in every region", () => {
    let readCount = 0;
    const property = fc.property(written, ({ region, text }) => {
      const number = readPhoneNumber(text, region);
      if (number !== null) readCount++;
      expect(number).toBe(readByLibrary(text, region));
    });
    fc.assert(property, { numRuns: runs(2_000) });
    expect(readCount).toBeGreaterThan(200);
  });

  it("is read in Iran wherever the library alone would read it", () => {
    const property = fc.property(written, ({ text }) => {
      const number = readByLibrary(text, "IR", metadata);
      if (number !== null) expect(readPhoneNumber(text, "IR")).toBe(number);
    });
    fc.assert(property, { numRuns: runs(500) });
  });

  it("keeps Iranian operator codes that the library does not know", () => {
    expect(readByLibrary("09501234567", "IR", metadata)).toBeNull();
    for (const text of ["09501234567", "+989501234567"]) {
      expect(readPhoneNumber(text, "IR")).toBe("989501234567");
    }
    expect(readPhoneNumber("+989501234567", null)).toBe("989501234567");
  });

  it("has an example in each region, which is read in every form", () => {
    for (const region of REGIONS) {
      const number = parsePhoneNumberFromString(EXAMPLES[region]!, region, WIDENED)!;
      const stored = number.number.slice(1);
      const forms = [
        ...["E.164", "INTERNATIONAL", "NATIONAL"].map((form) => number.format(form as "E.164")),
        ...["", "00"].map((before) => before + stored),
        number.nationalNumber,
      ].map((form) => form.replaceAll(/[./]/g, " "));
      for (const form of forms) {
        expect([form, readPhoneNumber(form, region)]).toEqual([form, stored]);
        expect(numbersWrittenAs(form)).toContain(stored);
        expect(isWrittenAs(stored, form)).toBe(true);
      }
      expect(readPhoneNumber(stored, null)).toBe(stored);
      expect(stored).toMatch(/^[1-9][0-9]{6,14}$/);
    }
  });
});

describe("a number of any country", () => {
  const example = fc.constantFrom(...REGIONS).chain((region) => {
    const stored = countryPlans().get(region)!.callingCode + EXAMPLES[region]!;
    return fc.tuple(
      fc.constant(stored),
      fc
        .constantFrom("+", "00", "")
        .map((head) => head + stored)
        .chain(pasted),
    );
  });

  it("is read in international form with other digits and separators anywhere", () => {
    const property = fc.property(example, ([stored, text]) => {
      expect(readPhoneNumber(text, null)).toBe(stored);
    });
    fc.assert(property, { numRuns: runs(300) });
  });

  it("is read when its own region reads it in international form, and is then itself", () => {
    const property = fc.property(written, ({ region, text }) => {
      const number = readPhoneNumber(text, region);
      if (number === null) return;
      expect(readPhoneNumber(`+${number}`, null)).toBe(number);
      expect(readPhoneNumber(number, region)).toBe(number);
      expect(numbersWrittenAs(text)).toContain(number);
      expect(isWrittenAs(number, text)).toBe(true);
    });
    fc.assert(property, { numRuns: runs(1_000) });
  });

  it.each(["09123456789", "0151 23456789", "+80012345678", "+999 1234567", "+", "00", "1", ""])(
    "is not %j",
    (text) => {
      expect(readPhoneNumber(text, null)).toBeNull();
    },
  );
});

describe("a region", () => {
  it.each([
    ["IR", "IR"],
    ["de", "DE"],
    ["ZZ", null],
    ["TA", null],
    ["IRN", null],
    ["", null],
    ["__proto__", null],
  ])("%j is parsed as %j", (text, region) => {
    expect(parsePhoneNumberRegion(text)).toBe(region);
  });

  it("is named in messages with an example that it takes", () => {
    expect(describePhoneNumbers("IR")).toBe(
      "a mobile number of the region IR (Iran), such as +989123456789",
    );
    for (const region of [...REGIONS, null]) {
      const [, example] = /such as (\+[0-9]+)$/.exec(describePhoneNumbers(region))!;
      expect(readPhoneNumber(example!, region)).toBe(example!.slice(1));
    }
  });
});
