import { type GraphQLSchema, isUnionType } from "graphql";
import { type ClassType, createUnionType } from "type-graphql";

interface UnionDefinition {
  readonly name: string;
  readonly description: string;
  /** The classes of the union's types. */
  readonly types: () => readonly object[];
  /** The name of a value's GraphQL type. */
  readonly typeOf: (value: object) => string;
}

const definitions = new Map<string, UnionDefinition>();

/** A union whose types are resolved synchronously: type-graphql itself would return a promise. */
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
