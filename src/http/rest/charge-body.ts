import { fieldOf } from "../../listing/record.js";
import type { UpdatePaymentCharge } from "../../payments/change-payment-charge.js";
import type { CreatePaymentCharge } from "../../payments/payment-charge.js";
import { paymentChargeRecord } from "../../payments/payment-charge.record.js";
import { parseCurrency } from "../../shared/currency.js";
import { parseInstant } from "../../shared/instant.js";
import type { Outcome, UserError } from "../../shared/user-error.js";
import { parseUuid } from "../../shared/uuid.js";
import {
  type ValueKind,
  attributeSchema,
  camelCase,
  snakeCase,
  valueKindOf,
} from "./attributes.js";
import { closedObject } from "./json-api.js";
import { CHANGEABLE, CHARGE_ATTRIBUTES, SETTABLE } from "./payment-charge-attributes.js";
import { type Problem, RestError, refuse } from "./rest-error.js";

/** The body of a write, in the shape that its schema allows. */
export interface ChargeBody {
  readonly data: {
    readonly id?: string;
    readonly type: string;
    readonly attributes?: Readonly<Record<string, unknown>>;
  };
}

/** The input of the service that creates. @throws RestError for values that are none of their kind. */
export function creationOf(
  { data }: ChargeBody,
  idempotencyKey: string | undefined,
): CreatePaymentCharge {
  return { ...readAttributes(data), ...readKey(idempotencyKey) };
}

/** The input of the service that changes. @throws RestError as above, and for another charge's id. */
export function changeOf({ data }: ChargeBody, id: string): UpdatePaymentCharge {
  if (data.id !== undefined && data.id.toLowerCase() !== id.toLowerCase()) {
    const detail = `data.id must be the id of the path, ${id}.`;
    throw refuse(409, "CONFLICT", detail, { pointer: "/data/id" });
  }
  return readAttributes(data);
}

function readKey(header: string | undefined): { idempotencyKey?: string } {
  if (header === undefined) return {};
  const idempotencyKey = parseUuid(header);
  if (idempotencyKey !== null) return { idempotencyKey };
  const detail = "Idempotency-Key must be a UUID.";
  throw refuse(400, "BAD_USER_INPUT", detail, { header: "Idempotency-Key" });
}

function readAttributes({ attributes = {} }: ChargeBody["data"]): Record<string, unknown> {
  const problems: Problem[] = [];
  const values = Object.entries(attributes).map(([name, value]) => {
    const field = camelCase(name);
    if (typeof value !== "string") return [field, value];
    const kind = valueKindOf(fieldOf(paymentChargeRecord, field));
    const { read, expected } = READERS[kind] ?? PLAIN;
    const known = read(value);
    if (known === null) problems.push(refused("INVALID", name, `${name} must be ${expected}.`));
    return [field, known];
  });
  if (problems.length > 0) throw new RestError(problems);
  return Object.fromEntries(values) as Record<string, unknown>;
}

interface Reader {
  /** Answers null for a text that is no value. */
  readonly read: (text: string) => string | null;
  readonly expected: string;
}

const PLAIN: Reader = { read: (text) => text, expected: "a text" };
const READERS: Readonly<Partial<Record<ValueKind, Reader>>> = {
  enumeration: { read: (text) => text.toUpperCase(), expected: "one of its names" },
  currency: { read: parseCurrency, expected: "an ISO 4217 code, such as usd" },
  dateTime: {
    read: parseInstant,
    expected: "a time with an offset, such as 2024-12-02T09:22:05.398979+00:00",
  },
};

function refused(code: string, name: string, detail: string): Problem {
  return { status: 422, code, detail, source: { pointer: `/data/attributes/${name}` } };
}

/** @throws RestError with every value that a rule refuses. */
export function doneOrRefused<T>(outcome: Outcome<T>): T {
  if (outcome.isDone) return outcome.value;
  throw new RestError(outcome.userErrors.map(problemOf));
}

function problemOf({ code, message, field: [field = ""] }: UserError): Problem {
  const detail = inSnakeCase(message);
  if (field === "idempotencyKey") {
    return { status: 422, code, detail, source: { header: "Idempotency-Key" } };
  }
  return refused(code, snakeCase(field), detail);
}

/** The rules name fields as GraphQL does. */
function inSnakeCase(message: string): string {
  return message.replace(/\b[a-z]+(?:[A-Z][a-z]+)+\b/g, (word) => {
    const name = snakeCase(word);
    return (CHARGE_ATTRIBUTES as readonly string[]).includes(name) ? name : word;
  });
}

/** What may be sent: a value, or null for none; the rules say where null may stand. */
function writableSchema(name: string): object {
  const field = fieldOf(paymentChargeRecord, camelCase(name));
  // Ids, times and currencies are read by the rules, which tell more of what is wrong with one.
  const { format, ...schema } = attributeSchema({ ...field, isNullable: true });
  return schema;
}

function bodySchema(attributes: readonly string[], id: object): object {
  const properties = attributes.map((name) => [name, writableSchema(name)]);
  const data = closedObject(
    {
      id,
      type: { const: "payment_charges" },
      attributes: closedObject(Object.fromEntries(properties) as Record<string, object>, []),
    },
    ["type"],
  );
  return closedObject({ data });
}

export const CREATION_BODY = bodySchema(SETTABLE, {
  not: {},
  description: "Made by the server: it cannot be given.",
});
export const CHANGE_BODY = bodySchema(CHANGEABLE, {
  type: "string",
  description: "The charge's id, as in the path.",
});
