import type { GraphQLResponse } from "@apollo/server";
import { Kind, type OperationDefinitionNode, OperationTypeNode } from "graphql";

/** The kind of an operation, from a fixed set of values: clients cannot add metric labels. */
export interface OperationKind {
  readonly operation: "query" | "mutation" | "other";
  /** The root field that it selects, `several`, or `none` if the document is invalid. */
  readonly field: string;
}

/** @param node from a validated document, so that its fields exist in the schema. */
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

/** `ok`, or the code of the first error, as the client sees it. */
export function outcomeOf({ body }: GraphQLResponse): string {
  const [first] = (body.kind === "single" ? body.singleResult.errors : undefined) ?? [];
  return first === undefined ? "ok" : codeOf(first.extensions);
}

export function codeOf(extensions: Readonly<Record<string, unknown>> | undefined): string {
  return String(extensions?.["code"]);
}
