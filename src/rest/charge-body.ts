import { fieldOf } from "../records/record.js";
import type { UpdatePaymentCharge } from "../payments/charges/change-payment-charge.js";
import type { CreatePaymentCharge } from "../payments/charges/payment-charge.js";
import { paymentChargeRecord } from "../payments/charges/payment-charge.record.js";
import { parseCurrency } from "../shared/currency.js";
import { codeInCapitals } from "../shared/fold-case.js";
import { parseInstant } from "../shared/instant.js";
import type { Outcome, UserError } from "../shared/user-error.js";
import { parseUuid } from "../shared/uuid.js";
import { stringOf } from "../http/header-values.js";
import {
  type ValueKind,
  attributeSchema,
  camelCase,
  inSnakeCase,
  snakeCase,
  valueKindOf,
} from "./attributes.js";
import { closedObject } from "./json-api.js";
import { CHANGEABLE, SETTABLE } from "./payment-charge-attributes.js";
import { type Problem, RestError, refuse } from "./rest-error.js";

/** The body of a write, in the shape that its schema allows. */
export interface ChargeBody {
  readonly data: {
    readonly id?: string;
    readonly type: string;
    readonly attributes?: Readonly<Record<string, unknown>>;
  };
}

/** The input of the service that creates. @throws RestError for a key that is none. */
export function creationOf(
  { data }: ChargeBody,
  idempotencyKey: string | undefined,
): CreatePaymentCharge {
  return { ...readAttributes(data), ...readKey(idempotencyKey) };
}

/** The input of the service that changes. @throws RestError for another charge's id. */
export function changeOf({ data }: ChargeBody, id: string): UpdatePaymentCharge {
  if (data.id !== undefined && data.id.toLowerCase() !== id.toLowerCase()) {
    const detail = `data.id must be the id of the path, ${id}.`;
    throw refuse(409, "CONFLICT", detail, { pointer: "/data/id" });
  }
  return readAttributes(data);
}

function readKey(header: string | undefined): { idempotencyKey?: string } {
  if (header === undefined) return {};
  const idempotencyKey = parseUuid(stringOf(header));
  if (idempotencyKey !== null) return { idempotencyKey };
  const detail = "Idempotency-Key must be a UUID.";
  throw refuse(400, "BAD_USER_INPUT", detail, { header: "Idempotency-Key" });
}

/** The schema has let pass what can be read alone. */
function readAttributes({ attributes = {} }: ChargeBody["data"]): Record<string, unknown> {
  const values = Object.entries(attributes).map(([name, value]) => {
    const field = camelCase(name);
    const read = READERS[valueKindOf(fieldOf(paymentChargeRecord, field))];
    return [field, typeof value === "string" && read ? read(value) : value];
  });
  return Object.fromEntries(values) as Record<string, unknown>;
}

/** What is written otherwise in GraphQL's terms; the rest is read as it is. */
const READERS: Readonly<Partial<Record<ValueKind, (text: string) => string | null>>> = {
  enumeration: codeInCapitals,
  currency: parseCurrency,
  dateTime: parseInstant,
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

/** What may be sent: a value, or null for none; the rules say where null may stand. */
function writableSchema(name: string): object {
  const field = fieldOf(paymentChargeRecord, camelCase(name));
  const { format, ...schema } = attributeSchema({ ...field, isNullable: true });
  // An id that is none names no record, which the rules tell.
  return format === "uuid" || format === undefined ? schema : { ...schema, format };
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
