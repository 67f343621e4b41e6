import { type Sql, sql } from "../database/sql.js";
import { countryPlans, planOfCountry } from "../shared/numbering-plan.js";
import {
  INTERNATIONAL_PREFIX,
  numbersWrittenAs,
  withoutSeparators,
} from "../shared/phone-number.js";
import { DEFAULT_PHONE_NUMBER_REGION } from "../shared/phone-number-region.js";

/**
 * Strings to search for, each with a text operator, or `regex` for regular expressions. A number that matches any of
 * them is found.
 */
export type TextSearch = readonly (readonly [operator: string, texts: readonly string[]])[];

/**
 * The search for an operator on phone numbers, in the comparable form: the digits of the number in international form.
 * A number, or its beginning, is found in every form in which it can be written, internationally or in its own country.
 *
 * @param asWritten whether the numbers are stored as they were written. Of the national forms, their comparable form
 *   knows only those of the default region.
 */
export function phoneNumberSearch(
  operator: string,
  values: readonly string[],
  asWritten = false,
): TextSearch {
  const texts = values.map((value) => withoutSeparators(value.replaceAll(".", "")));
  // Drop strings of only separators, which match no number. Keep the empty string, which matches every number.
  const read = texts.filter((text, index) => text !== "" || values[index] === "");
  const whole = [
    ...new Set(read.flatMap((text) => [internationalDigits(text), ...numbersWrittenAs(text)])),
  ];
  switch (operator) {
    case "prefix":
      return [
        ["prefix", read.map(internationalDigits)],
        ["regex", nationalBeginnings(read, asWritten)],
        ["eql", whole],
      ];
    case "suffix":
      return [
        ["suffix", read],
        ["eql", whole],
      ];
    case "match":
      return [
        ["match", read],
        ["prefix", read.filter((text) => NAMED_COUNTRY.test(text)).map(internationalDigits)],
        [
          "regex",
          nationalBeginnings(
            read.filter((text) => NAMED_TRUNK.test(text)),
            asWritten,
          ),
        ],
        ["eql", whole],
      ];
    default:
      return [["eql", whole]];
  }
}

/** Beginnings that can only be the beginning of a number: after an international prefix, and after the prefix `0`. */
const NAMED_COUNTRY = /^(?:\+|00)[1-9]/;
const NAMED_TRUNK = /^0[1-9][0-9]/;

function internationalDigits(text: string): string {
  return text.replace(INTERNATIONAL_PREFIX, "");
}

/** The pattern, if any, of the international digits of all numbers that are dialed with such a beginning. */
function nationalBeginnings(texts: readonly string[], asWritten: boolean): string[] {
  const dialed = texts.filter((text) => DIGITS.test(text) && !INTERNATIONAL_PREFIX.test(text));
  if (dialed.length === 0) return [];
  const patterns = [...callingCodes(asWritten)].map(([prefix, codes]) => {
    const beginnings = dialed.flatMap((text) => {
      if (prefix.startsWith(text)) return [""];
      return prefix !== "" && text.startsWith(prefix) ? [text, text.slice(prefix.length)] : [text];
    });
    return `(?:${[...codes].join("|")})(?:${beginnings.join("|")})`;
  });
  return [`^(?:${patterns.join("|")})`];
}

const DIGITS = /^[0-9]+$/;

/** The calling codes of the countries with each national prefix. */
function callingCodes(asWritten: boolean): Map<string, Set<string>> {
  const codes = new Map<string, Set<string>>();
  const plans = asWritten ? [planOfCountry(DEFAULT_PHONE_NUMBER_REGION)] : countryPlans().values();
  for (const { nationalPrefix, callingCode } of plans) {
    codes.set(nationalPrefix, (codes.get(nationalPrefix) ?? new Set()).add(callingCode));
  }
  return codes;
}

/** The comparable form of a number that is stored as the merchant wrote it. */
export function readWrittenNumber(column: Sql): Sql {
  const digits = sql`regexp_replace(${column}, '[^0-9+]', '', 'g')`;
  const mobile = sql`regexp_replace(${digits}, '^(?:[+]98|0098|98|0)?(9[0-9]{9})$', '98\\1')`;
  return sql`regexp_replace(${mobile}, '^([+]|00)', '')`;
}
