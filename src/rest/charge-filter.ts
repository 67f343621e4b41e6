import type { Filter } from "../listing/filter.js";
import { paymentChargeRecord } from "../payments/charges/payment-charge.record.js";
import { fieldOf } from "../records/record.js";
import { isAmount } from "../shared/amount.js";
import { upperCaseCode } from "../shared/fold-case.js";
import { parseInstant } from "../shared/instant.js";
import { parseUuid } from "../shared/uuid.js";
import { camelCase, namesOf, valueKindOf } from "./attributes.js";
import { type FilterValue, splitAtCommas } from "./filter-values.js";
import type { ComparedKind } from "./payment-charge-attributes.js";
import { refuse } from "./rest-error.js";

/** A parameter that is sent once, or several times, with or without `[]` after its name. */
export type Values = string | readonly string[];

/** The operators of an attribute in a filter. `filter[status]=x` is short for `filter[status][eq]=x`. */
export type Operators = Values | Readonly<Record<string, Values>>;

/** The conditions of one attribute, in GraphQL's form. @throws RestError with the parameter. */
export function readConditions([name, operators]: [string, Operators]): Filter[] {
  const parameter = `filter[${name}]`;
  if (name === "metadata") {
    const texts = Object.entries(operators as Readonly<Record<string, Values>>);
    return texts.map(([key, values]) => readMetadata(key, values));
  }
  if (typeof operators === "string" || isList(operators)) {
    if ([operators].flat().some((value) => typeof value !== "string")) {
      const detail = `${parameter} must have texts, or operators with texts.`;
      throw refuse(400, "BAD_USER_INPUT", detail, { parameter });
    }
    return [readCondition(name, "eq", operators, parameter)];
  }
  return Object.entries(operators).map(([operator, values]) =>
    readCondition(name, operator, values, `${parameter}[${operator}]`),
  );
}

/** The values of a metadata key, of which any may match. The word null matches charges without the key. */
function readMetadata(key: string, given: Values): Filter {
  const values = valuesOf("metadata", given);
  const isNull = ({ text, isLiteral }: FilterValue): boolean => !isLiteral && text === "null";
  const eq = values.filter((one) => !isNull(one)).map(({ text }) => text);
  const listed = { metadata: [{ key, eq }] };
  const missing = { metadata: [{ key, isNull: true }] };
  if (!values.some(isNull)) return listed;
  return values.every(isNull) ? missing : { or: [listed, missing] };
}

const isList = (values: Operators): values is readonly string[] => Array.isArray(values);

/** One operator of an attribute, of whose values any may match. A bound is a single value. */
function readCondition(name: string, operator: string, given: Values, parameter: string): Filter {
  const field = camelCase(name);
  const read = readerOf(name, operator, parameter);
  const { isNullable } = fieldOf(paymentChargeRecord, field);
  if (isBound(name, operator))
    return { [field]: { [operator]: read(oneOfThem(given, parameter)) } };
  const values = valuesOf(name, given);
  const isNull = ({ text, isLiteral }: FilterValue): boolean =>
    isNullable && /eql?$/.test(operator) && !isLiteral && text === "null";
  const listed = {
    [field]: {
      [camelCase(operator)]: values.filter((one) => !isNull(one)).map(({ text }) => read(text)),
    },
  };
  if (!values.some(isNull)) return listed;
  // No operator but this one matches a missing value, so a negated list never does.
  const isNegated = operator.startsWith("not_");
  const missing = { [field]: { isNull: !isNegated } };
  if (values.every(isNull)) return missing;
  return isNegated ? listed : { or: [listed, missing] };
}

function isBound(name: string, operator: string): boolean {
  const kind = valueKindOf(fieldOf(paymentChargeRecord, camelCase(name)));
  return kind === "boolean" || /^[gl]te?$/.test(operator);
}

function oneOfThem(given: Values, parameter: string): string {
  const [value = "", ...others] = [given].flat();
  if (others.length === 0) return value;
  const detail = `${parameter} has several values; it must have one.`;
  throw refuse(400, "BAD_USER_INPUT", detail, { parameter });
}

/** Splits values at commas, except texts that are sent one by one, which are taken as they are. */
function valuesOf(name: string, given: Values): FilterValue[] {
  if (typeof given === "string") return splitAtCommas(given);
  const kind = valueKindOf(fieldOf(paymentChargeRecord, camelCase(name)));
  return given.flatMap((text) =>
    kind === "text" || kind === "metadata" ? [{ text, isLiteral: false }] : splitAtCommas(text),
  );
}

/** @returns the function that reads a value of the attribute. It throws RestError for an invalid one. */
function readerOf(name: string, operator: string, parameter: string): (text: string) => unknown {
  const field = fieldOf(paymentChargeRecord, camelCase(name));
  const kind = valueKindOf(field) as ComparedKind;
  return (one) => {
    const value = READERS[kind](one);
    const isThere =
      kind !== "enumeration" || !/eql?$/.test(operator) || namesOf(field).includes(String(value));
    if (value !== null && isThere) return value;
    const names = namesOf(field).join(", ").toLowerCase();
    const expected = kind === "enumeration" ? `one of ${names}` : EXPECTED[kind];
    const detail = `${parameter} must be ${expected}; it is ${JSON.stringify(one.slice(0, 60))}.`;
    throw refuse(400, "BAD_USER_INPUT", detail, { parameter });
  };
}

/** The parsers for each kind of value. They return null for an invalid string. */
const READERS: Readonly<Record<ComparedKind, (text: string) => unknown>> = {
  uuid: parseUuid,
  integer: (text) => (/^-?\d{1,16}$/.test(text) && isAmount(Number(text)) ? Number(text) : null),
  // An unescaped + of an offset arrives as a space.
  dateTime: (text) => parseInstant(text.replace(/ (?=\d\d:?\d\d$)/, "+")),
  boolean: (text) => (text === "true" ? true : text === "false" ? false : null),
  enumeration: upperCaseCode,
  currency: upperCaseCode,
  text: (text) => text,
};

const EXPECTED: Readonly<Record<Exclude<ComparedKind, "enumeration">, string>> = {
  uuid: "a UUID",
  integer: "a whole number",
  dateTime:
    "a time with an offset, from 1900 to 9999 in UTC, such as 2024-12-02T09:22:05.398979+00:00",
  boolean: "true or false",
  currency: "a currency",
  text: "a text",
};
