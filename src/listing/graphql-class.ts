import { Field, ID, Int, ObjectType, registerEnumType } from "type-graphql";
import { enumTypeOf } from "../graphql/enum-type.js";
import { Computed } from "../graphql/lazy.js";
import { Amount, Currency, DateTime, Uuid } from "../graphql/scalars.js";
import { minorUnitsOf } from "../shared/currency.js";
import type { Field as FieldDefinition, FieldKind, FieldUses } from "../records/field.js";
import type { RecordDefinition } from "../records/record.js";

/** A class that type-graphql makes a GraphQL type of. */
export type GraphqlClass<T extends object = object> = new (...args: never[]) => T;

/** A class under a name of its own, for a type that is made from a description. */
export function namedClass(name: string, base: GraphqlClass = class {}): GraphqlClass {
  return { [name]: class extends base {} }[name] as GraphqlClass;
}

/** An object type whose fields are plain values. */
export function plainType(name: string, description: string): GraphqlClass {
  const type = namedClass(name);
  ObjectType(name, { description, simpleResolvers: true })(type);
  return type;
}

/** Declares a field, by its GraphQL type. A method of the class that has its name resolves it. */
export function add(
  type: GraphqlClass,
  name: string,
  of: () => unknown,
  description: string,
  nullable = false,
): void {
  const prototype = type.prototype as object;
  // A field that is a method of the class is resolved by calling it.
  const method = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(prototype) as object, name);
  const decorate = Field(of as () => typeof String, { description, nullable });
  if (method) decorate(prototype, name, method);
  else decorate(prototype, name);
}

/** Declares the field next to a currency that has its number of minor-unit digits. */
export function addMinorUnits(
  type: GraphqlClass,
  name: string,
  { kind }: { kind: FieldKind },
): void {
  if (kind !== "currency") return;
  const field = `${name}MinorUnits`;
  const description =
    `The number of decimal digits of amounts in \`${name}\`, by ISO 4217. Divide an amount by 10 to this power: 12345 is 123.45 for 2, 12345 for 0, and 12.345 for 3. ` +
    `Null when there is no currency, or when it has no minor unit, such as \`XDR\`.`;
  add(type, field, () => Int, description, true);
  Computed((record) => {
    const code = record[name];
    return typeof code === "string" ? minorUnitsOf(code) : null;
  })(type.prototype as object, field);
}

/** The fields that lists may put to a use, with their names. */
export function fieldsThat(
  record: RecordDefinition,
  use: keyof FieldUses,
): [string, FieldDefinition<unknown>][] {
  return Object.entries(record.fields).filter(([, { uses }]) => uses[use]);
}

/**
 * An enum whose names are those of the fields, and whose values are the fields.
 *
 * @param use what naming a field does, as the beginning of its description.
 */
export function enumOf(
  name: string,
  description: string,
  use: string,
  fields: readonly [string, FieldDefinition<unknown>][],
): object {
  const named = fields.map(
    ([field, definition]) => [enumNameOf(field, definition), field, definition] as const,
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

/** `createdAt` is CREATED_AT; `pocketGroupId`, which stands for a relation, is POCKET_GROUP. */
function enumNameOf(field: string, { isReference }: FieldDefinition<unknown>): string {
  const name = isReference ? field.replace(/Id$/, "") : field;
  return name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

/** The GraphQL type of a single value of a kind. */
export function scalarOf(kind: FieldKind): object {
  if (typeof kind === "object" && "enumeration" in kind) return enumTypeOf(kind.enumeration);
  const scalar = typeof kind === "object" ? undefined : SCALARS[kind];
  if (scalar === undefined) throw new TypeError("this kind has no type of single values");
  return scalar;
}

const SCALARS: Partial<Record<FieldKind & string, object>> = {
  id: ID,
  uuid: Uuid,
  text: String,
  phoneNumber: String,
  currency: Currency,
  amount: Amount,
  integer: Int,
  boolean: Boolean,
  dateTime: DateTime,
};
