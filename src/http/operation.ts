import type { GraphQLResponse } from "@apollo/server";
import { Kind, type OperationDefinitionNode, OperationTypeNode } from "graphql";

/** What an operation is, in words that no client makes up. */
export interface OperationKind {
  readonly operation: "query" | "mutation" | "other";
  /** The field of the schema that it asks for, `several`, or `none` where it was not understood. */
  readonly field: string;
}

/** @param node of a document that was found valid, so that its fields are the schema's. */
export function kindOf(node: OperationDefinitionNode | undefined): OperationKind {
  if (node === undefined) return { operation: "other", field: "none" };
  const { operation, selectionSet } = node;
  return {
    operation: operation === OperationTypeNode.SUBSCRIPTION ? "other" : operation,
    field: fieldOf(selectionSet.selections),
  };
}

function fieldOf(selections: OperationDefinitionNode["selectionSet"]["selections"]): string {
  const names = selections.map((one) => (one.kind === Kind.FIELD ? one.name.value : undefined));
  const [first] = names;
  return first !== undefined && names.every((name) => name === first) ? first : "several";
}

/** `ok`, or the code of the first error as the client is told of it. */
export function outcomeOf({ body }: GraphQLResponse): string {
  const [first] = (body.kind === "single" ? body.singleResult.errors : undefined) ?? [];
  return first === undefined ? "ok" : codeOf(first.extensions);
}

export function codeOf(extensions: Readonly<Record<string, unknown>> | undefined): string {
  return String(extensions?.["code"]);
}
