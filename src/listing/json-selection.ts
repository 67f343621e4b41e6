import {
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  getNamedType,
  isNullableType,
  isObjectType,
} from "graphql";
import { isRelated } from "../graphql/related.js";
import { assert } from "../shared/assert.js";
import { type Selected, TYPE_NAME, selectedFields } from "./selection.js";

/** A record as the response has it. */
export interface JsonSelection {
  readonly typeName: string;
  /** The fields of its type, in the order of the response. */
  readonly members: readonly JsonMember[];
}

export interface JsonMember {
  readonly name: string;
  readonly isNullable: boolean;
  /** The related record that the field shows; null for a field of the record itself. */
  readonly related: JsonSelection | null;
}

/** @param selected the selected fields of the type, of which none has an alias. */
export function jsonSelection(
  info: GraphQLResolveInfo,
  type: GraphQLObjectType,
  selected: Selected["fields"],
): JsonSelection {
  const fields = type.getFields();
  const members = [...selected].map(([name, nodes]): JsonMember => {
    const field = fields[name];
    const isNullable = field !== undefined && isNullableType(field.type);
    if (field === undefined || !isRelated(field)) return { name, isNullable, related: null };
    const other = getNamedType(field.type);
    assert(isObjectType(other), `${name} is not a record`);
    const related = jsonSelection(info, other, selectedFields(info, nodes).fields);
    return { name, isNullable, related };
  });
  return { typeName: type.name, members };
}

/** A row as the response has it, if the selection contains no related record. */
export function objectOf(row: object, { typeName, members }: JsonSelection): object {
  const values = row as Readonly<Record<string, unknown>>;
  const shown: Record<string, unknown> = {};
  for (const { name } of members) shown[name] = name === TYPE_NAME ? typeName : values[name];
  return shown;
}
