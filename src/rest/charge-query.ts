import { parse } from "qs";
import type { ListArguments } from "../listing/list-query.js";
import { camelCase } from "./attributes.js";
import { type Operators, type Values, readConditions } from "./charge-filter.js";
import { namesIn } from "./filter-values.js";
import { CHARGE_ATTRIBUTES, INCLUDES, SORTABLE } from "./payment-charge-attributes.js";
import { type RestError, refuse } from "./rest-error.js";

/** The query of a list, in the shape that its schema allows. */
export interface ChargeQuery {
  readonly filter?: Readonly<Record<string, Operators>>;
  readonly sort?: Values;
  readonly page?: { readonly number?: string; readonly size?: string };
  readonly meta?: Readonly<Record<string, readonly string[]>>;
  readonly include?: Values;
  readonly fields?: Readonly<Record<string, Values>>;
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
      arrayLimit: MAX_PARAMETERS,
      throwOnLimitExceeded: true,
      plainObjects: true,
    });
  } catch {
    const limit = String(MAX_PARAMETERS);
    throw refuse(
      400,
      "BAD_USER_INPUT",
      `The query has more than ${limit} parameters, or a number above ${limit} in brackets.`,
    );
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
  return {
    filter: { and: Object.entries(filter).flatMap(readConditions) },
    sort: readSort(sort),
    page: { number: Number(page.number ?? 1), size: Number(page.size ?? 20) },
  };
}

export function readSort(sort: Values | undefined): ListArguments["sort"] {
  return namesIn(sort).map((key) => {
    const direction = key.startsWith("-") ? "DESC" : "ASC";
    const name = key.replace(/^-/, "");
    return { field: camelCase(oneOf(SORTABLE, name, "sort")), direction };
  });
}

export type Include = (typeof INCLUDES)[number];

/** The relations to include with the charge. @throws RestError for unknown relations. */
export function readIncludes({ include }: ChargeQuery): Set<Include> {
  return new Set(namesIn(include).map((name) => oneOf(INCLUDES, name, "include")));
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
  const names = new Set(namesIn(asked).map((name) => oneOf(all, name, `fields[${type}]`)));
  return all.filter((name) => names.has(name));
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
