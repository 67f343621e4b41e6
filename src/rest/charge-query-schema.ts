import { fieldOf } from "../records/record.js";
import { paymentChargeRecord } from "../payments/charges/payment-charge.record.js";
import { camelCase, inRestWords, valueKindOf } from "./attributes.js";
import { named } from "./openapi.js";
import {
  CHARGE_ATTRIBUTES,
  type ComparedKind,
  OPERATORS,
  SUMMABLE,
} from "./payment-charge-attributes.js";

/** A parameter that may be sent once, or several times. */
const REPEATABLE = { type: ["string", "array"], items: { type: "string" } };

const text = (description: string): object => ({ ...REPEATABLE, description });

function group(description: string, properties: Readonly<Record<string, object>>): object {
  return { type: "object", properties, additionalProperties: false, description };
}

const INCLUDE = text(
  "The relations to include in the response, separated by commas: order, customer.",
);
const FIELDS = group("The attributes to return for each type of resource, separated by commas.", {
  payment_charges: REPEATABLE,
  orders: REPEATABLE,
  customers: REPEATABLE,
});

/** The query parameters of every payment charge path. */
export const RESOURCE_QUERY = {
  type: "object",
  additionalProperties: false,
  properties: { include: INCLUDE, fields: FIELDS },
};

function filterSchema(name: string): object {
  const field = fieldOf(paymentChargeRecord, camelCase(name));
  const kind = valueKindOf(field);
  if (kind === "metadata") return METADATA_FILTER;
  const operators = OPERATORS[kind].map((operator) => [operator, operandsOf(kind)] as const);
  const properties = Object.fromEntries(operators) as Record<string, object>;
  const conditions = group(inRestWords(field.description), properties);
  return {
    ...named(FILTERS[kind], conditions),
    // An array has texts alone, which readConditions checks: its form has no place in this schema for the document.
    type: ["object", "string", "array"],
  };
}

/** Parameters arrive as strings. The document offers numbers and booleans to generated clients as well. */
function operandsOf(kind: ComparedKind): object {
  const types = kind === "integer" || kind === "boolean" ? [kind] : [];
  return { ...REPEATABLE, type: [...types, ...REPEATABLE.type] };
}

const METADATA_FILTER = named("MetadataFilter", {
  type: "object",
  additionalProperties: REPEATABLE,
  description:
    "Texts by metadata key, as filter[metadata][key]=value, compared exactly. Several keys must all match.",
});

const FILTERS: Readonly<Record<ComparedKind, string>> = {
  uuid: "UuidFilter",
  integer: "IntegerFilter",
  dateTime: "DateTimeFilter",
  boolean: "BooleanFilter",
  enumeration: "TextFilter",
  currency: "TextFilter",
  text: "TextFilter",
};

/** The parameters of a list. */
export const LIST_QUERY = {
  ...RESOURCE_QUERY,
  properties: {
    filter: group(
      "Conditions that must all hold, as filter[attribute][operator]=value; filter[attribute]=value is short for eq. Values separated by commas match if any of them does; a text with a comma is written in double braces, as {{a, b}}, or sent by itself as filter[attribute][operator][]. null matches missing values.",
      Object.fromEntries(["id", ...CHARGE_ATTRIBUTES].map((name) => [name, filterSchema(name)])),
    ),
    sort: text(
      "The attributes to sort by, separated by commas. A leading - sorts in descending order.",
    ),
    page: group("The page of the list to return.", {
      number: {
        type: ["integer", "string"],
        pattern: "^[1-9][0-9]{0,8}$",
        description: "The page number, starting at 1.",
      },
      size: {
        type: ["integer", "string"],
        pattern: "^([1-9][0-9]?|100)$",
        description: "The number of charges per page, from 1 to 100. Defaults to 20.",
      },
    }),
    meta: group("The counts and sums to compute over the whole list.", {
      total: { type: "array", items: { type: "string", enum: ["count"] } },
      ...Object.fromEntries(
        SUMMABLE.map((name) => [name, { type: "array", items: { type: "string", enum: ["sum"] } }]),
      ),
    }),
    ...RESOURCE_QUERY.properties,
  },
};
