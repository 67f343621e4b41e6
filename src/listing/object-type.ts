import { Field, ObjectType } from "type-graphql";
import { Bounded } from "../graphql/bounded.js";
import { type GraphqlClass, addMinorUnits, namedClass, scalarOf } from "./graphql-class.js";
import type { RecordDefinition } from "../records/record.js";

/**
 * The GraphQL object type of a record: every shown field under its own name. Relations are added by
 * the record's resolver.
 */
export function objectType(record: RecordDefinition): GraphqlClass {
  const type = namedClass(record.name);
  // Plain values need no resolver function of their own.
  ObjectType(record.name, { description: record.description, simpleResolvers: true })(type);
  for (const [name, { kind, description, isNullable, role }] of Object.entries(record.fields)) {
    if (role !== "shown") continue;
    const isList = typeof kind === "object" && "enumList" in kind;
    // Not when it is asked for: an enum must be known before any type is made.
    const fieldType = isList ? [kind.enumList] : scalarOf(kind);
    Field(() => fieldType, { description, nullable: isNullable })(type.prototype as object, name);
    // Such a list has each value of its enum at most once.
    if (isList) Bounded(Object.keys(kind.enumList).length)(type.prototype as object, name);
    addMinorUnits(type, name, { kind });
  }
  return type;
}
