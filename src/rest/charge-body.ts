import { fieldOf } from "../records/record.js";
import type { UpdatePaymentCharge } from "../payments/charges/change-payment-charge.js";
import type { CreatePaymentCharge } from "../payments/charges/payment-charge.js";
import { paymentChargeRecord } from "../payments/charges/payment-charge.record.js";
import { parseCurrency } from "../shared/currency.js";
import { upperCaseCode } from "../shared/fold-case.js";
import { parseInstant } from "../shared/instant.js";
import type { Metadata } from "../shared/merchant-data.js";
import type { Outcome, UserError } from "../shared/user-error.js";
import { parseUuid } from "../shared/uuid.js";
import { stringOf } from "../http/header-values.js";
import {
  entriesOf,
  type ValueKind,
  attributeSchema,
  camelCase,
  inRestWords,
  snakeCase,
  valueKindOf,
} from "./attributes.js";
import {
  RELATIONSHIPS_SCHEMA,
  type Relationships,
  pointerOf,
  withRelated,
} from "./charge-relationships.js";
import { closedObject } from "./json-api.js";
import { CHANGE_EXAMPLE, CREATION_EXAMPLE } from "./examples.js";
import { named } from "./openapi.js";
import { CHANGEABLE, CHARGE_ATTRIBUTES, SETTABLE } from "./payment-charge-attributes.js";
import { type Problem, RestError, refuse } from "./rest-error.js";

type Attributes = Readonly<Record<string, unknown>>;

/** The body of a write, in the shape that its schema allows. */
export interface ChargeBody {
  readonly data: {
    readonly id?: string;
    readonly type: string;
    readonly attributes?: Attributes;
    readonly relationships?: Relationships;
  };
}

/** The input for creating a charge. @throws RestError for an invalid idempotency key. */
export function creationOf(
  { data }: ChargeBody,
  idempotencyKey: string | undefined,
): CreatePaymentCharge {
  return { ...readAttributes(data), ...readKey(idempotencyKey) };
}

/**
 * The input for updating a charge. Attributes that an update cannot change are sent to be compared, so that a client
 * can send back a whole document. A caller who cannot read secrets has read null instead, which then means no change.
 *
 * @throws RestError if the body has another charge's id.
 */
export function changeOf(
  { data }: ChargeBody,
  id: string,
  canReadSecrets: boolean,
): UpdatePaymentCharge {
  if (data.id !== undefined && data.id.toLowerCase() !== id.toLowerCase()) {
    const detail = `data.id must be the id in the path, ${id}.`;
    throw refuse(409, "CONFLICT", detail, { pointer: "/data/id" });
  }
  const { providerSecret, ...values } = readAttributes(data);
  const isUnread = providerSecret === undefined || (providerSecret === null && !canReadSecrets);
  const [changed, unchanged] = [true, false].map((isChangeable) => {
    const entries = Object.entries(values);
    return Object.fromEntries(entries.filter(([field]) => CHANGES.has(field) === isChangeable));
  });
  return {
    ...changed,
    ...(isUnread ? {} : { providerSecret: providerSecret as string | null }),
    ...(unchanged ? { unchanged: mapStored(unchanged) } : {}),
  };
}

const CHANGES: ReadonlySet<string> = new Set(CHANGEABLE.map(camelCase));

/** Ids in the form in which they are stored, for comparing. */
function mapStored(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const entries = Object.entries(values).map(([field, value]) => {
    const isId = valueKindOf(fieldOf(paymentChargeRecord, field)) === "uuid";
    return [field, isId && typeof value === "string" ? (parseUuid(value) ?? value) : value];
  });
  return Object.fromEntries(entries) as Record<string, unknown>;
}

function readKey(header: string | undefined): { idempotencyKey?: string } {
  if (header === undefined) return {};
  const idempotencyKey = parseUuid(stringOf(header));
  if (idempotencyKey !== null) return { idempotencyKey };
  const detail = "Idempotency-Key must be a UUID.";
  throw refuse(400, "BAD_USER_INPUT", detail, { header: "Idempotency-Key" });
}

/** The body has passed its schema, so every attribute is known and readable. */
function readAttributes({
  attributes = {},
  relationships = {},
}: ChargeBody["data"]): Record<string, unknown> {
  const values = Object.entries(withRelated(attributes, relationships)).map(([name, value]) => {
    const field = camelCase(name);
    const kind = valueKindOf(fieldOf(paymentChargeRecord, field));
    if (kind === "metadata") return [field, entriesOf(value as Metadata | null)];
    const read = READERS[kind];
    return [field, typeof value === "string" && read ? (read(value) ?? value) : value];
  });
  return Object.fromEntries(values) as Record<string, unknown>;
}

/** Converts the kinds of values that REST writes differently from GraphQL. Others are passed on unchanged. */
const READERS: Readonly<Partial<Record<ValueKind, (text: string) => string | null>>> = {
  enumeration: upperCaseCode,
  currency: parseCurrency,
  dateTime: parseInstant,
};

/** @throws RestError with every value that the rules refuse. */
export function valueOrThrow<T>(outcome: Outcome<T>, { data }: ChargeBody): T {
  if (outcome.isDone) return outcome.value;
  throw new RestError(outcome.userErrors.map((error) => problemOf(error, data)));
}

function problemOf(
  { code, message, field: [field = "", ...path] }: UserError,
  { attributes = {}, relationships = {} }: ChargeBody["data"],
): Problem {
  const pointer = pointerOf(snakeCase(field), attributes, relationships);
  const source =
    field === "idempotencyKey"
      ? { header: "Idempotency-Key" }
      : { pointer: pointer + withinMetadata(path, attributes) };
  return { status: 422, code, detail: inRestWords(message), source };
}

/** The end of a pointer to a text of the metadata. Rules name the text by its index, and the body by its key. */
function withinMetadata([index]: readonly string[], { metadata }: Attributes): string {
  if (index === undefined) return "";
  const key = entriesOf(metadata as Metadata | null | undefined)?.[Number(index)]?.key ?? "";
  return `/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

/** The schema of a writable attribute. It always allows null; the rules decide where null is valid. */
function writableSchema(name: string): object {
  const field = fieldOf(paymentChargeRecord, camelCase(name));
  return attributeSchema({ ...field, isNullable: true });
}

/** The schema of an attribute that an update compares. The rules report every value other than the charge's. */
function comparedSchema(name: string): object {
  const { type, description } = attributeSchema({
    ...fieldOf(paymentChargeRecord, camelCase(name)),
    isNullable: true,
  });
  return { type, readOnly: true, description };
}

const IGNORED = { description: "Ignored." };

function bodySchema(
  title: string,
  properties: readonly (readonly [string, object])[],
  id: object,
  example: object,
): object {
  const data = closedObject(
    {
      id,
      type: { type: "string", const: "payment_charges" },
      attributes: named(`${title}Attributes`, closedObject(Object.fromEntries(properties), [])),
      relationships: RELATIONSHIPS_SCHEMA,
      links: IGNORED,
      meta: IGNORED,
    },
    ["type"],
  );
  const ignored = { included: IGNORED, jsonapi: IGNORED, links: IGNORED, meta: IGNORED };
  return { ...named(title, closedObject({ data, ...ignored }, ["data"])), examples: [example] };
}

export const CREATION_HEADERS = {
  type: "object",
  properties: {
    "idempotency-key": {
      type: "string",
      description: "Any UUID. A retry with the same key and the same body returns the same charge.",
    },
  },
};
const CREATED = SETTABLE.map((name) => [name, writableSchema(name)] as const);
export const CREATION_BODY = bodySchema(
  "CreatePaymentCharge",
  CREATED,
  { not: {}, description: "Generated by the server. It must not be sent." },
  CREATION_EXAMPLE,
);

const CHANGED = CHANGEABLE.map((name) => [name, writableSchema(name)] as const);
const COMPARED = CHARGE_ATTRIBUTES.map((name) => [name, comparedSchema(name)] as const);
// An attribute that is in both lists can be changed.
export const CHANGE_BODY = bodySchema(
  "UpdatePaymentCharge",
  [...COMPARED, ...CHANGED],
  { type: "string", format: "uuid", description: "The charge's id, as in the path." },
  CHANGE_EXAMPLE,
);
