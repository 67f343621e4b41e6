import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from "graphql";
import { MAX_AMOUNT, isAmount } from "../shared/amount.js";
import { parseCurrency } from "../shared/currency.js";
import { parseInstant } from "../shared/instant.js";
import { parseUuid } from "../shared/uuid.js";
import { isWholeNumber } from "../shared/whole-number.js";

/** A scalar that is a string in GraphQL and in TypeScript. Its parser returns null for an invalid string. */
function stringScalar(
  name: string,
  specifiedByURL: string,
  description: string,
  expected: string,
  parse: (text: string) => string | null,
): GraphQLScalarType {
  const read = (value: unknown, node?: ValueNode): string => {
    const parsed = typeof value === "string" ? parse(value) : null;
    if (parsed === null) throw refusal(name, value, expected, node);
    return parsed;
  };
  return new GraphQLScalarType({
    name,
    specifiedByURL,
    description,
    serialize: (value) => value,
    parseValue: (value) => read(value),
    parseLiteral: (node) => read(node.kind === Kind.STRING ? node.value : literal(node), node),
  });
}

/** @param node the literal, whose place in the document the error reports. */
function refusal(name: string, value: unknown, expected: string, node?: ValueNode): GraphQLError {
  const message = `${show(value)} is not valid for ${name}: ${expected}.`;
  return new GraphQLError(message, { nodes: node ?? null });
}

export const DateTime = stringScalar(
  "DateTime",
  "https://scalars.graphql.org/chillicream/date-time.html",
  "An instant as an RFC 3339 date-time. Output is always in UTC with microseconds, such as `2024-12-02T09:22:05.398979Z`. Input may have any offset and up to six decimals. The year must be from 1900 to 9999 in UTC.",
  "expected an RFC 3339 date-time with an offset, from 1900 to 9999 in UTC, such as 2024-12-02T09:22:05.398979Z",
  parseInstant,
);

export const Uuid = stringScalar(
  "UUID",
  "https://scalars.graphql.org/chillicream/uuid.html",
  "A UUID of any version. Output is in canonical lower case; input may be in upper case.",
  "expected a UUID, such as 01988f7a-d22b-7c3d-977f-27af99c2a5a5",
  parseUuid,
);

export const Currency = stringScalar(
  "Currency",
  "https://www.iso.org/iso-4217-currency-codes.html",
  "An ISO 4217 alphabetic currency code in upper case, such as `IRR` or `USD`. Input may be in any case. Stored records can have a code that ISO 4217 has since withdrawn. New values must be active codes with a minor unit, which `XAU` does not have.",
  "expected an ISO 4217 code, such as IRR or USD",
  parseCurrency,
);

export const Amount = new GraphQLScalarType({
  name: "Amount",
  // The integers that JSON programs exchange exactly, which no specification at scalars.graphql.org describes.
  specifiedByURL: "https://www.rfc-editor.org/rfc/rfc8259#section-6",
  description:
    "An integer amount in the currency's minor unit, such as cents, within ±9007199254740991 (2^53-1). Output is a JSON integer. Input is a number with an integer value, such as `5`, `5.0` or `5e3`, or a string of digits. A number that is not an integer is refused, however close it is to one.",
  serialize: (value) => value,
  parseValue: (value) => readAmount(value),
  parseLiteral: (node) => readAmount(amountLiteral(node), node),
});

/** Parses a number from its digits, because a double would round it. */
function amountLiteral(node: ValueNode): unknown {
  if (node.kind === Kind.STRING) return node.value;
  const isNumber = node.kind === Kind.INT || node.kind === Kind.FLOAT;
  const amount = isNumber && isWholeNumber(node.value) ? Number(node.value) : null;
  return isAmount(amount) ? amount : literal(node);
}

function readAmount(value: unknown, node?: ValueNode): number {
  const amount = typeof value === "string" && /^-?[0-9]{1,16}$/.test(value) ? Number(value) : value;
  if (isAmount(amount)) return amount === 0 ? 0 : amount; // no negative zero
  throw refusal("Amount", value, `expected an integer within ±${String(MAX_AMOUNT)}`, node);
}

/** An output-only scalar, for values that lists compute. */
function answerScalar(
  name: string,
  specifiedByURL: string,
  description: string,
): GraphQLScalarType {
  return new GraphQLScalarType({
    name,
    specifiedByURL,
    description,
    serialize: (value) => value,
    parseValue: () => {
      throw new GraphQLError(`${name} is an output type and cannot be sent.`);
    },
  });
}

export const BigIntString = answerScalar(
  "BigInt",
  "https://www.w3.org/TR/xmlschema11-2/#integer",
  "An exact integer of any size, as a string of digits. Sums of amounts can exceed the integers that JSON clients represent exactly.",
);

export const Decimal = answerScalar(
  "Decimal",
  "https://www.w3.org/TR/xmlschema11-2/#decimal",
  "An exact decimal number, as a string such as `12500.0000`.",
);

/** A number or name in a document, which messages show as written. */
class Written {
  constructor(readonly text: string) {}
}

/** The value of a literal that the scalar does not take, for its message. */
function literal(node: ValueNode): unknown {
  switch (node.kind) {
    case Kind.LIST:
      return [];
    case Kind.OBJECT:
      return {};
    case Kind.NULL:
      return null;
    case Kind.BOOLEAN:
      return node.value;
    case Kind.VARIABLE:
      return new Written(`$${node.name.value}`);
    case Kind.STRING:
    case Kind.INT:
    case Kind.FLOAT:
    case Kind.ENUM:
      return new Written(node.value);
  }
}

/** Describes a value with bounded length and work: JSON values may be large, and deeper than the stack. */
function show(value: unknown): string {
  if (value instanceof Written) return shortened(value.text);
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  // Beyond the exact integers, the parser has already rounded the number.
  if (typeof value === "number" && Math.abs(value) > MAX_AMOUNT) return "a number of this size";
  const text =
    typeof value === "string" ? JSON.stringify(value.slice(0, SHOWN_LENGTH)) : String(value);
  return shortened(text);
}

function shortened(text: string): string {
  return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text;
}

const SHOWN_LENGTH = 60;
