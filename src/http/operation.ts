import type { ApolloServerPlugin, GraphQLResponse } from "@apollo/server";
import { GraphQLError, Kind, type OperationDefinitionNode, OperationTypeNode } from "graphql";
import type { Context } from "../graphql/context.js";
import { badRequest } from "./http-error.js";

/** The kind of an operation, from a fixed set of values: clients cannot add metric labels. */
export interface OperationKind {
  readonly operation: "query" | "mutation" | "subscription" | "other";
  /** The root field that it selects, `several`, or `none` if the document is invalid. */
  readonly field: string;
}

/** @param node from a validated document, so that its fields exist in the schema. */
export function kindOf(node: OperationDefinitionNode | undefined): OperationKind {
  if (node === undefined) return { operation: "other", field: "none" };
  const { operation, selectionSet } = node;
  return { operation, field: fieldOf(selectionSet.selections) };
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

/** The code of an error that refused an operation, as the client sees it. */
export function codeIn(error: Error): string {
  return codeOf(error instanceof GraphQLError ? error.extensions : undefined);
}

function codeOf(extensions: Readonly<Record<string, unknown>> | undefined): string {
  return String(extensions?.["code"]);
}

/** Refuses kinds of operations that the request must not contain, such as a mutation in a GET request. */
export function refuseKinds(): ApolloServerPlugin<Context> {
  return {
    requestDidStart: () =>
      Promise.resolve({
        didResolveOperation: ({ operation, contextValue: { allows } }) => {
          if (operation && !allows.has(operation.operation)) throw refusalOf(operation);
          return Promise.resolve();
        },
      }),
  };
}

function refusalOf({ operation }: OperationDefinitionNode): GraphQLError {
  if (operation === OperationTypeNode.SUBSCRIPTION)
    return badRequest(
      "A subscription needs a transport that can send more than one response. Send the header `Accept: text/event-stream`, or use a WebSocket.",
    );
  const http = { status: 405, headers: new Map([["allow", "POST"]]) };
  const extensions = { code: "BAD_REQUEST", http };
  return new GraphQLError("A mutation cannot be sent by GET. Send it by POST.", { extensions });
}
