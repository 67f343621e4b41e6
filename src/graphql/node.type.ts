import { type GraphQLSchema, isInterfaceType } from "graphql";
import { Field, ID, InterfaceType } from "type-graphql";

@InterfaceType("Node", {
  description:
    "A record with an id that no other record has, of any type. `node` and `nodes` find records by it.",
})
export class NodeType {
  @Field(() => ID, { description: "The record's unique id, a UUID." })
  id!: string;
}

/** A row, with the name of its GraphQL type. */
export type TypedRow = object & { readonly __typename: string };

/** Resolves the type of a `Node` synchronously: type-graphql itself would return a promise. */
export function resolveNodes(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap()).filter(isInterfaceType))
    type.resolveType = ({ __typename }: TypedRow) => __typename;
}
