import type { Field, FieldKind } from "../records/field.js";
import { type RecordDefinition, fieldOf } from "../records/record.js";
import { MAX_AMOUNT } from "../shared/amount.js";
import {
  PaymentAuthorizationStatus,
  PaymentChargeMode,
  PaymentChargeStatus,
  PaymentProvider,
} from "../payments/payment-enums.js";
import { parseCurrency } from "../shared/currency.js";
import { type Metadata, type MetadataEntry, metadataEntries } from "../shared/merchant-data.js";
import { valuesOf } from "../shared/enumeration.js";

/** A record's fields as attributes of JSON:API: in snake case, enums and currencies in lower case. */

export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

export function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/**
 * Writes the fields in a message as attributes, and statuses, modes, providers and currencies in lower case, as REST
 * takes them. Quoted text of a client stays as it is.
 */
export function inRestWords(words: string): string {
  return words.replace(
    /"(?:[^"\\]|\\.)*"|\b[a-z]+(?:[A-Z][a-z]+)+\b|\b[A-Z]+(?:_[A-Z]+)*\b/g,
    (word) => {
      if (/^[a-z]/.test(word)) return snakeCase(word);
      return NAMES.has(word) || parseCurrency(word) !== null ? word.toLowerCase() : word;
    },
  );
}

/** The names of enumerations that messages contain. */
const NAMES: ReadonlySet<string> = new Set(
  [PaymentChargeStatus, PaymentAuthorizationStatus, PaymentChargeMode, PaymentProvider].flatMap(
    (enumeration) => valuesOf<string>(enumeration),
  ),
);

/** The attribute names of the fields that GraphQL shows, except the id. */
export function attributeNames(record: RecordDefinition): string[] {
  return Object.entries(record.fields)
    .filter(([name, { role }]) => role === "shown" && name !== "id")
    .map(([name]) => snakeCase(name));
}

/** The attributes of a row, in the order of the names. */
export function attributesOf(
  record: RecordDefinition,
  row: object,
  names: readonly string[],
): Record<string, unknown> {
  const values = row as Readonly<Record<string, unknown>>;
  const attributes = names.map((name) => {
    const field = camelCase(name);
    return [name, attributeOf(fieldOf(record, field), values[field])];
  });
  return Object.fromEntries(attributes) as Record<string, unknown>;
}

function attributeOf(field: Field<unknown>, value: unknown): unknown {
  const kind = valueKindOf(field);
  if (kind === "metadata") return textsByKey(value as Metadata);
  if (typeof value !== "string") return value ?? null;
  if (kind === "dateTime") return writtenTime(value);
  return isName(kind) ? value.toLowerCase() : value;
}

/** A time as the source API writes it. */
export function writtenTime(instant: string): string {
  return instant.replace("Z", "+00:00");
}

/** The texts of metadata as an object, in the order of `metadataEntries`. */
function textsByKey(metadata: Metadata): Metadata {
  return Object.fromEntries(metadataEntries(metadata).map(({ key, value }) => [key, value]));
}

/** The texts of such an object as entries; null if there is none. */
export function entriesOf(metadata: Metadata | null | undefined): MetadataEntry[] | null {
  if (metadata == null) return null;
  return Object.entries(metadata).map(([key, value]) => ({ key, value }));
}

/** The form of a field's values in JSON. */
export type ValueKind =
  "uuid" | "integer" | "boolean" | "dateTime" | "enumeration" | "currency" | "text" | "metadata";

const VALUE_KINDS: Readonly<Record<Extract<FieldKind, string>, ValueKind>> = {
  id: "uuid",
  uuid: "uuid",
  text: "text",
  phoneNumber: "text",
  bytes: "text",
  json: "text",
  metadata: "metadata",
  currency: "currency",
  amount: "integer",
  integer: "integer",
  boolean: "boolean",
  dateTime: "dateTime",
};

export function valueKindOf({ kind }: Field<unknown>): ValueKind {
  return typeof kind === "object" ? "enumeration" : VALUE_KINDS[kind];
}

/** The names of an enumeration, in upper case as GraphQL writes them. */
export function namesOf({ kind }: Field<unknown>): string[] {
  return typeof kind === "object" && "enumeration" in kind ? valuesOf(kind.enumeration) : [];
}

/** Whether values are names, which REST writes in lower case and GraphQL in upper case. */
function isName(kind: ValueKind): boolean {
  return kind === "currency" || kind === "enumeration";
}

/** The JSON Schema of an attribute. */
export function attributeSchema(field: Field<unknown>): AttributeSchema {
  const { description, isNullable } = field;
  const { type, ...rest } = SCHEMAS[valueKindOf(field)];
  const names = namesOf(field).map((name) => name.toLowerCase());
  return {
    type: isNullable ? [type, "null"] : type,
    ...rest,
    ...(field.kind === "amount" ? { minimum: -MAX_AMOUNT, maximum: MAX_AMOUNT } : {}),
    ...(names.length > 0 ? { enum: isNullable ? [...names, null] : names } : {}),
    description: inRestWords(description),
  };
}

interface AttributeSchema {
  readonly type: string | readonly string[];
  readonly format?: string;
  readonly additionalProperties?: object;
  readonly description: string;
}

const SCHEMAS: Readonly<
  Record<ValueKind, Omit<AttributeSchema, "type" | "description"> & { readonly type: string }>
> = {
  uuid: { type: "string", format: "uuid" },
  integer: { type: "integer" },
  boolean: { type: "boolean" },
  dateTime: { type: "string", format: "date-time" },
  enumeration: { type: "string" },
  currency: { type: "string", format: "iso-4217" },
  text: { type: "string" },
  metadata: { type: "object", additionalProperties: { type: "string" } },
};

/** The schema of a resource's attributes in responses. None is required, because `fields` may leave any out. */
export function attributesSchema(record: RecordDefinition, names: readonly string[]): object {
  const properties = names.map((name) => [name, attributeSchema(fieldOf(record, camelCase(name)))]);
  return {
    type: "object",
    properties: Object.fromEntries(properties) as object,
    additionalProperties: false,
  };
}
