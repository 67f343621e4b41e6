import { Field, ID, ObjectType } from "type-graphql";
import { Amount, Currency, DateTime, Uuid } from "../graphql/scalars.js";
import type { FieldKind } from "./field.js";
import type { RecordDefinition } from "./record.js";

const SCALARS = {
  id: ID,
  uuid: Uuid,
  text: String,
  currency: Currency,
  amount: Amount,
  boolean: Boolean,
  dateTime: DateTime,
};

/**
 * The GraphQL object type of a record: every field that has a description, under the same name.
 * Relations are added by the record's resolver.
 */
export function objectType(record: RecordDefinition): new () => object {
  const type = { [record.name]: class {} }[record.name] as new () => object;
  // Plain values need no resolver function of their own.
  ObjectType(record.name, { description: record.description, simpleResolvers: true })(type);
  for (const [name, { kind, description, isNullable, role }] of Object.entries(record.fields)) {
    if (role !== "shown") continue;
    Field(() => graphqlTypeOf(kind), { description, nullable: isNullable })(
      type.prototype as object,
      name,
    );
  }
  return type;
}

function graphqlTypeOf(kind: FieldKind): object {
  return typeof kind === "object" ? [kind.enumList] : SCALARS[kind];
}
