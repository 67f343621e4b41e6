import { parse } from "qs";
import type { ListArguments } from "../listing/list-query.js";
import { fieldOf } from "../records/record.js";
import { paymentChargeRecord } from "../payments/charges/payment-charge.record.js";
import { isAmount } from "../shared/amount.js";
import { upperCaseCode } from "../shared/fold-case.js";
import { parseInstant } from "../shared/instant.js";
import { parseUuid } from "../shared/uuid.js";
import { type ValueKind, camelCase, namesOf, valueKindOf } from "./attributes.js";
import { CHARGE_ATTRIBUTES, INCLUDES, SORTABLE } from "./payment-charge-attributes.js";
import { type RestError, refuse } from "./rest-error.js";

/** The query of a list, in the shape that its schema allows. */
export interface ChargeQuery {
  /** `filter[status]=x` is short for `filter[status][eq]=x`. */
  readonly filter?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly sort?: string;
  readonly page?: { readonly number?: string; readonly size?: string };
  readonly meta?: Readonly<Record<string, readonly string[]>>;
  readonly include?: string;
  readonly fields?: Readonly<Record<string, string>>;
}

const MAX_PARAMETERS = 200;

/** Reads a query string with brackets into objects. */
export function readQuery(url: string): unknown {
  const start = url.indexOf("?");
  if (start === -1) return {};
  // The parser would silently drop such a parameter.
  const unread = [...new URLSearchParams(url.slice(start)).keys()].find((key) =>
    key.includes("__proto__"),
  );
  if (unread !== undefined) {
    throw refuse(400, "BAD_USER_INPUT", `${unread} is not a known parameter.`, {
      parameter: unread,
    });
  }
  let query: Record<string, unknown>;
  try {
    query = parse(url.slice(start + 1), {
      depth: 3,
      parameterLimit: MAX_PARAMETERS,
      throwOnLimitExceeded: true,
      plainObjects: true,
    });
  } catch {
    const limit = String(MAX_PARAMETERS);
    throw refuse(400, "BAD_USER_INPUT", `The query has more than ${limit} parameters.`);
  }
  const { meta } = query;
  return { ...query, ...(isObject(meta) ? { meta: mapValues(meta, asList) } : {}) };
}

const asList = (value: unknown): unknown => (typeof value === "string" ? [value] : value);

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function mapValues<T, U>(
  of: Readonly<Record<string, T>>,
  change: (value: T) => U,
): Record<string, U> {
  return Object.fromEntries(Object.entries(of).map(([name, value]) => [name, change(value)]));
}

/** The arguments of the list, in GraphQL's form. @throws RestError with the parameter. */
export function listArguments({ filter = {}, sort, page = {} }: ChargeQuery): ListArguments {
  const fields = Object.entries(filter).map(([name, operators]) => {
    const parameter = `filter[${name}]`;
    const operands =
      typeof operators === "string"
        ? [["eq", readOperand(name, "eq", operators, parameter)]]
        : Object.entries(operators).map(([operator, text]) => [
            camelCase(operator),
            readOperand(name, operator, text, `${parameter}[${operator}]`),
          ]);
    return [camelCase(name), Object.fromEntries(operands) as object];
  });
  return {
    filter: Object.fromEntries(fields) as Record<string, unknown>,
    sort: readSort(sort),
    page: { number: Number(page.number ?? 1), size: Number(page.size ?? 20) },
  };
}

function readSort(sort: string | undefined): ListArguments["sort"] {
  return listOf(sort).map((key) => {
    const direction = key.startsWith("-") ? "DESC" : "ASC";
    const name = key.replace(/^-/, "");
    if (!SORTABLE.includes(name)) throw unknown("sort", name, SORTABLE);
    return { field: camelCase(name), direction };
  });
}

/** Splits values at commas, of which any may match. A bound is a single value. */
function readOperand(name: string, operator: string, text: string, parameter: string): unknown {
  const field = fieldOf(paymentChargeRecord, camelCase(name));
  const kind = valueKindOf(field);
  const read = (one: string): unknown => {
    const value = READERS[kind](one);
    const isThere =
      kind !== "enumeration" || !/eql?$/.test(operator) || namesOf(field).includes(String(value));
    if (value !== null && isThere) return value;
    const names = namesOf(field).join(", ").toLowerCase();
    const expected = kind === "enumeration" ? `one of ${names}` : EXPECTED[kind];
    const detail = `${parameter} must be ${expected}; it is ${JSON.stringify(one.slice(0, 60))}.`;
    throw refuse(400, "BAD_USER_INPUT", detail, { parameter });
  };
  const isBound = kind === "boolean" || /^[gl]te?$/.test(operator);
  return isBound ? read(text) : text.split(",").map(read);
}

/** The parsers for each kind of value. They return null for an invalid string. */
const READERS: Readonly<Record<ValueKind, (text: string) => unknown>> = {
  uuid: parseUuid,
  integer: (text) => (/^-?\d{1,16}$/.test(text) && isAmount(Number(text)) ? Number(text) : null),
  // An unescaped + of an offset arrives as a space.
  dateTime: (text) => parseInstant(text.replace(/ (?=\d\d:?\d\d$)/, "+")),
  boolean: (text) => (text === "true" ? true : text === "false" ? false : null),
  enumeration: upperCaseCode,
  currency: upperCaseCode,
  text: (text) => text,
};

const EXPECTED: Readonly<Record<Exclude<ValueKind, "enumeration">, string>> = {
  uuid: "a UUID",
  integer: "a whole number",
  dateTime:
    "a time with an offset, from 1900 to 9999 in UTC, such as 2024-12-02T09:22:05.398979+00:00",
  boolean: "true or false",
  currency: "a currency",
  text: "a text",
};

export type Include = (typeof INCLUDES)[number];

/** The relations to include with the charge. @throws RestError for unknown relations. */
export function readIncludes({ include }: ChargeQuery): Set<Include> {
  return new Set(listOf(include).map((name) => oneOf(INCLUDES, name, "include")));
}

/**
 * The attributes to return for a type of resource.
 *
 * @param all every attribute that the type has.
 * @throws RestError for unknown attributes.
 */
export function readFields(
  { fields }: ChargeQuery,
  type: string,
  all: readonly string[] = CHARGE_ATTRIBUTES,
): readonly string[] {
  const asked = fields?.[type];
  if (asked === undefined) return all;
  const names = new Set(listOf(asked).map((name) => oneOf(all, name, `fields[${type}]`)));
  return all.filter((name) => names.has(name));
}

function listOf(text: string | undefined): string[] {
  return (text ?? "").split(",").filter((part) => part !== "");
}

function oneOf<T extends string>(all: readonly T[], name: string, parameter: string): T {
  const found = all.find((one) => one === name);
  if (found === undefined) throw unknown(parameter, name, all);
  return found;
}

function unknown(parameter: string, name: string, all: readonly string[]): RestError {
  const detail = `${parameter} contains the unknown name ${JSON.stringify(name.slice(0, 60))}. The known names are ${all.join(", ")}.`;
  return refuse(400, "BAD_USER_INPUT", detail, { parameter });
}
