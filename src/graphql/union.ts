import { type GraphQLSchema, isUnionType } from "graphql";
import { type ClassType, createUnionType } from "type-graphql";

interface UnionDefinition {
  readonly name: string;
  readonly description: string;
  /** The classes of its types. */
  readonly types: () => readonly object[];
  /** The name of the GraphQL type that a value is of. */
  readonly typeOf: (value: object) => string;
}

const definitions = new Map<string, UnionDefinition>();

/** A union whose types are told at once: type-graphql itself would only promise them. */
export function unionType(definition: UnionDefinition): object {
  definitions.set(definition.name, definition);
  const { name, description, types } = definition;
  return createUnionType({ name, description, types: () => types() as ClassType[] });
}

export function resolveUnions(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap()).filter(isUnionType)) {
    const definition = definitions.get(type.name);
    if (definition) type.resolveType = (value) => definition.typeOf(value as object);
  }
}
