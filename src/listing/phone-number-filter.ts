import { type Sql, sql } from "../database/sql.js";
import { parsePhoneNumber, withoutSeparators } from "../shared/phone-number.js";

/** Strings to search for, each with a text operator. A number that matches any of them is found. */
export type TextSearch = readonly (readonly [operator: string, texts: readonly string[]])[];

/**
 * The search for an operator on phone numbers, in the comparable form: 98 and ten digits for an Iranian mobile
 * number, otherwise the digits without the international call prefix. Numbers and their beginnings are accepted
 * in every form that a charge accepts.
 */
export function phoneNumberSearch(operator: string, values: readonly string[]): TextSearch {
  const texts = values.map((value) => withoutSeparators(value.replaceAll(".", "")));
  // Drop strings of only separators, which match no number. Keep the empty string, which matches every number.
  const read = texts.filter((text, index) => text !== "" || values[index] === "");
  const whole = read.map(wholeNumber);
  switch (operator) {
    case "prefix":
      return [["prefix", read.flatMap(beginnings)]];
    case "suffix":
      return [
        ["suffix", read],
        ["eql", whole],
      ];
    case "match":
      return [
        ["match", read],
        ["prefix", read.filter((text) => NAMED_BEGINNING.test(text)).flatMap(beginnings)],
        ["eql", whole],
      ];
    default:
      return [["eql", whole]];
  }
}

/** The beginnings of numbers whose form is clear from the digits before the subscriber number. */
const NAMED_BEGINNING = /^(?:\+[0-9]|(?:0098|0)9[0-9])/;
const ABROAD = /^(?:\+|00)/;
const BEFORE_SUBSCRIBER = ["98", "+98", "0098", "0", ""];

function wholeNumber(text: string): string {
  return parsePhoneNumber(text) ?? text.replace(ABROAD, "");
}

/** The prefixes, in the comparable form, of all numbers that begin with the string in any form. */
function beginnings(text: string): string[] {
  const found = BEFORE_SUBSCRIBER.flatMap((before) => {
    if (before.startsWith(text)) return ["989"];
    const rest = text.slice(before.length);
    return text.startsWith(before) && /^9[0-9]{0,9}$/.test(rest) ? [`98${rest}`] : [];
  });
  const plain = text.replace(ABROAD, "");
  return [...new Set([...found, ...(plain === "" && text !== "" ? [] : [plain])])];
}

/** The comparable form of a number that is stored as the merchant wrote it. */
export function readWrittenNumber(column: Sql): Sql {
  const digits = sql`regexp_replace(${column}, '[^0-9+]', '', 'g')`;
  const mobile = sql`regexp_replace(${digits}, '^(?:[+]98|0098|98|0)?(9[0-9]{9})$', '98\\1')`;
  return sql`regexp_replace(${mobile}, '^([+]|00)', '')`;
}
