import { faultOfJson } from "../http/text-input.js";
import type { ListField, ListValues } from "../graphql/list-fields.js";
import { exceededByJson } from "../graphql/operation-limits/json-size.js";
import type { Filter } from "../listing/filter.js";
import type { SortKey } from "../listing/order.js";
import type { WholeListArguments } from "../listing/whole-list.js";
import { DOCUMENT_LIMITS } from "../shared/request-limits.js";
import { type Operators, readConditions } from "./charge-filter.js";
import { readSort } from "./charge-query.js";
import { LIST_QUERY } from "./charge-query-schema.js";
import { refuse } from "./rest-error.js";
import { compileLazily } from "./validator.js";
import type { Violation } from "./violation.js";

/** The query of an export, in the shape that its schema allows. */
export interface ExportQuery {
  /** JSON, or the filters of the REST list, which arrive as objects. */
  readonly filter?: string | Readonly<Record<string, Operators>>;
  readonly sort?: string;
  readonly after?: string;
  readonly bom?: "true" | "false";
  readonly count?: "true" | "false";
  readonly cursorEvery?: string;
}

const flag = (description: string): object => ({
  type: "string",
  enum: ["true", "false"],
  description: `${description} Defaults to false.`,
});

const MAX_CURSOR_DISTANCE = 100_000;

const FILTERS = {
  type: ["string", "object"],
  description:
    'The filter of the list as JSON, as the variable of a GraphQL query has it, such as `{"status":{"eq":["SUCCEEDED"]}}`. Exports of `paymentCharges` also accept the filters of `/api/boomerang/payment_charges`, such as `filter[status]=succeeded`.',
};

export const NDJSON_QUERY = {
  type: "object",
  additionalProperties: false,
  properties: {
    filter: FILTERS,
    sort: {
      type: "string",
      description:
        'The sort of the list as JSON, such as `[{"field":"CREATED_AT","direction":"ASC"}]`. Exports of `paymentCharges` also accept that of the REST list, such as `-created_at`.',
    },
    after: {
      type: "string",
      description:
        "Starts after the row with this cursor: one of an earlier export with the same list and sort, or one of GraphQL.",
    },
    count: flag(
      "Whether to count the rows first, for the header `export-total`. Counting reads all of them.",
    ),
    cursorEvery: {
      type: ["integer", "string"],
      description: `Adds the cursor of every row whose number is a multiple of this, from 1 to ${MAX_CURSOR_DISTANCE.toLocaleString("en")}, so that an export that is cut off can be continued.`,
    },
  },
};

export const CSV_QUERY = {
  ...NDJSON_QUERY,
  properties: {
    ...NDJSON_QUERY.properties,
    bom: flag("Whether the file begins with a byte order mark, by which Excel recognizes UTF-8."),
  },
};

/** The arguments of the list. @throws AppError or RestError BAD_USER_INPUT with the parameter. */
export function exportArguments(list: ListField, query: ExportQuery): WholeListArguments {
  const { filter, sort, after = null } = query;
  const isRest = list.name === "paymentCharges";
  const json = { filter: readFilter(filter, isRest), sort: readSortJson(sort, isRest) };
  const read = list.readArguments(withoutUndefined(json)) as {
    readonly filter?: Filter | null;
    readonly sort?: readonly SortKey[] | null;
  };
  const ofRest = {
    ...(typeof filter === "object" ? { filter: restFilter(filter) } : {}),
    ...(isRest && sort !== undefined && !isJson(sort) ? { sort: restSort(sort) } : {}),
  };
  return { after, ...read, ...ofRest };
}

/** @throws RestError for anything but an integer in the range. */
export function cursorDistance({ cursorEvery }: ExportQuery): number | undefined {
  if (cursorEvery === undefined) return undefined;
  const distance = /^[1-9]\d{0,5}$/.test(cursorEvery) ? Number(cursorEvery) : NaN;
  if (distance <= MAX_CURSOR_DISTANCE) return distance;
  const most = MAX_CURSOR_DISTANCE.toLocaleString("en");
  throw wrong("cursorEvery", `must be a whole number from 1 to ${most}.`);
}

function readFilter(filter: ExportQuery["filter"], isRest: boolean): unknown {
  if (typeof filter === "string") return parseJson("filter", filter);
  if (filter !== undefined && !isRest) {
    throw wrong("filter", "must be JSON. Only exports of paymentCharges accept filter[…].");
  }
  return undefined;
}

function readSortJson(sort: string | undefined, isRest: boolean): unknown {
  return sort === undefined || (isRest && !isJson(sort)) ? undefined : parseJson("sort", sort);
}

const isJson = (text: string): boolean => /^\s*[[{]/.test(text);

function parseJson(parameter: string, text: string): unknown {
  const fault = faultOfJson(text, `The parameter ${parameter}`);
  if (fault) throw fault;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw wrong(parameter, "is not valid JSON.");
  }
  const exceeded = exceededByJson(value, DOCUMENT_LIMITS);
  if (exceeded) {
    throw wrong(
      parameter,
      `has more than ${exceeded.allowed.toLocaleString("en")} values or levels.`,
    );
  }
  return value;
}

const validateRestFilter = compileLazily({
  schema: LIST_QUERY.properties.filter,
  method: "GET",
  url: "",
});

function restFilter(filter: Readonly<Record<string, Operators>>): Filter {
  const isValid = validateRestFilter(filter);
  if (isValid !== true) {
    const { errors } = validateRestFilter as { readonly errors?: readonly Violation[] | null };
    const validation = (errors ?? []).map((one) => ({
      ...one,
      instancePath: `/filter${one.instancePath}`,
    }));
    throw Object.assign(new Error("the filter is invalid"), {
      validation,
      validationContext: "querystring",
    });
  }
  return { and: Object.entries(filter).flatMap(readConditions) };
}

function restSort(sort: string): readonly SortKey[] {
  const keys = readSort(sort) ?? [];
  if (keys.some(({ field }) => field === "providerSecret")) {
    throw wrong("sort", "cannot be by provider_secret: exports do not contain it.");
  }
  return keys;
}

function withoutUndefined(values: ListValues): ListValues {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

function wrong(parameter: string, problem: string): Error {
  return refuse(400, "BAD_USER_INPUT", `${parameter} ${problem}`, { parameter });
}
