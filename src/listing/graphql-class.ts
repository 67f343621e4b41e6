import { Field, ID, Int, ObjectType, registerEnumType } from "type-graphql";
import { enumTypeOf } from "../graphql/enum-type.js";
import { Computed } from "../graphql/lazy.js";
import { Amount, Currency, DateTime, Uuid } from "../graphql/scalars.js";
import { minorUnitsOf } from "../shared/currency.js";
import type { Field as FieldDefinition, FieldKind, FieldUses } from "../records/field.js";
import type { RecordDefinition } from "../records/record.js";

/** A class from which type-graphql creates a GraphQL type. */
export type GraphqlClass<T extends object = object> = new (...args: never[]) => T;

/** A class with the given name, for a type that is created from a description. */
export function namedClass(name: string, base: GraphqlClass = class {}): GraphqlClass {
  return { [name]: class extends base {} }[name] as GraphqlClass;
}

/** An object type whose fields are plain values, without resolvers. */
export function plainType(name: string, description: string): GraphqlClass {
  const type = namedClass(name);
  ObjectType(name, { description, simpleResolvers: true })(type);
  return type;
}

/** Declares a field with its GraphQL type. If the class has a method of that name, it resolves the field. */
export function add(
  type: GraphqlClass,
  name: string,
  of: () => unknown,
  description: string,
  nullable = false,
): void {
  const prototype = type.prototype as object;
  // type-graphql resolves a field that is a method by calling it.
  const method = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(prototype) as object, name);
  const decorate = Field(of as () => typeof String, { description, nullable });
  if (method) decorate(prototype, name, method);
  else decorate(prototype, name);
}

/** Declares the field for a currency's number of minor-unit digits. */
export function addMinorUnits(
  type: GraphqlClass,
  name: string,
  { kind }: { kind: FieldKind },
): void {
  if (kind !== "currency") return;
  const field = `${name}MinorUnits`;
  const description =
    `The number of decimal digits of amounts in \`${name}\`, from ISO 4217. To display an amount, divide it by 10 to this power: 12345 is 123.45 for 2, 12345 for 0, and 12.345 for 3. ` +
    `Null if there is no currency, or if it has no minor unit, such as \`XDR\`.`;
  add(type, field, () => Int, description, true);
  Computed(name, (record) => {
    const code = record[name];
    return typeof code === "string" ? minorUnitsOf(code) : null;
  })(type.prototype as object, field);
}

/** The fields that lists support for a use, such as sorting, with their names. */
export function fieldsThat(
  record: RecordDefinition,
  use: keyof FieldUses,
): [string, FieldDefinition<unknown>][] {
  return Object.entries(record.fields).filter(([, { uses }]) => uses[use]);
}

/**
 * An enum of fields: each value is a field's name, and its GraphQL name is in upper case.
 *
 * @param use what selecting a field does, as the beginning of its description.
 */
export function enumOf(
  name: string,
  description: string,
  use: string,
  fields: readonly [string, FieldDefinition<unknown>][],
  nameOf = enumNameOf,
): object {
  const named = fields.map(
    ([field, definition]) => [nameOf(field, definition), field, definition] as const,
  );
  const values = Object.fromEntries(named.map(([value, field]) => [value, field]));
  const valuesConfig = Object.fromEntries(
    named.map(([value, , definition]) => [
      value,
      { description: `${use}: ${definition.description}` },
    ]),
  );
  registerEnumType(values, { name, description, valuesConfig });
  return values;
}

/** `createdAt` becomes CREATED_AT; `pocketGroupId`, a relation, becomes POCKET_GROUP. */
function enumNameOf(field: string, { isReference }: FieldDefinition<unknown>): string {
  return upperSnakeCase(isReference ? field.replace(/Id$/, "") : field);
}

export function upperSnakeCase(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

/** The GraphQL type for a single value of a kind. */
export function scalarOf(kind: FieldKind): object {
  if (typeof kind === "object" && "enumeration" in kind) return enumTypeOf(kind.enumeration);
  const scalar = typeof kind === "object" ? undefined : SCALARS[kind];
  if (scalar === undefined) throw new TypeError("this kind of field has no type for single values");
  return scalar;
}

const SCALARS: Partial<Record<FieldKind & string, object>> = {
  id: ID,
  uuid: Uuid,
  text: String,
  metadata: String,
  phoneNumber: String,
  currency: Currency,
  amount: Amount,
  integer: Int,
  boolean: Boolean,
  dateTime: DateTime,
};
