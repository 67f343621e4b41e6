import { type Sql, sql } from "../database/sql.js";
import { parsePhoneNumber, withoutSeparators } from "../shared/phone-number.js";

/** Texts to look for, each by an operator on texts. A number that meets any of them is found. */
export type TextSearch = readonly (readonly [operator: string, texts: readonly string[]])[];

/**
 * What an operator on phone numbers looks for, in their one form: 98 and ten digits for an Iranian mobile
 * number, else the digits without what stands for the way out of the country. Numbers are read in every form
 * that a charge takes, and so is the beginning of one.
 */
export function phoneNumberSearch(operator: string, values: readonly string[]): TextSearch {
  const texts = values.map((value) => withoutSeparators(value.replaceAll(".", "")));
  // A text of separators alone is no part of any number, while an empty one is a part of each.
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

/** The beginning of a number, as what stands before the subscriber's own digits shows. */
const NAMED_BEGINNING = /^(?:\+[0-9]|(?:0098|0)9[0-9])/;
const ABROAD = /^(?:\+|00)/;
const BEFORE_SUBSCRIBER = ["98", "+98", "0098", "0", ""];

function wholeNumber(text: string): string {
  return parsePhoneNumber(text) ?? text.replace(ABROAD, "");
}

/** With what numbers begin in their one form when they begin with the text in another. */
function beginnings(text: string): string[] {
  const found = BEFORE_SUBSCRIBER.flatMap((before) => {
    if (before.startsWith(text)) return ["989"];
    const rest = text.slice(before.length);
    return text.startsWith(before) && /^9[0-9]{0,9}$/.test(rest) ? [`98${rest}`] : [];
  });
  const plain = text.replace(ABROAD, "");
  return [...new Set([...found, ...(plain === "" && text !== "" ? [] : [plain])])];
}

/** The one form of a number that is stored as it was written. */
export function readWrittenNumber(column: Sql): Sql {
  const digits = sql`regexp_replace(${column}, '[^0-9+]', '', 'g')`;
  const mobile = sql`regexp_replace(${digits}, '^(?:[+]98|0098|98|0)?(9[0-9]{9})$', '98\\1')`;
  return sql`regexp_replace(${mobile}, '^([+]|00)', '')`;
}
