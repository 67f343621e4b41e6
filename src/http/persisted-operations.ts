import type { FastifyRequest } from "fastify";
import { GraphQLError } from "graphql";
import type { PersistedDocuments } from "../graphql/persisted-documents.js";
import { searchOf, sentHashOf, sentOf } from "./sent-operation.js";

/** An operation in the form that Apollo reads. */
export interface ReadOperation {
  readonly search: string;
  readonly body: unknown;
}

/** The operations that clients may refer to by an id, besides automatic persisted queries. */
export class PersistedOperations {
  /** @param isExclusive whether all other operations are refused. */
  constructor(
    private readonly documents: PersistedDocuments,
    private readonly isExclusive: boolean,
  ) {}

  /** Replaces the id of a persisted document by its text. Any other request stays as it is. */
  read(request: FastifyRequest): ReadOperation {
    const { body } = request;
    const search = searchOf(request);
    const query = this.textFor(request);
    if (query === undefined) return { search, body };
    // Without the extensions, Apollo does not look for the hash among automatic persisted queries.
    if (request.method !== "GET")
      return { search, body: { ...(body as object), query, extensions: null } };
    const parameters = new URLSearchParams(search);
    parameters.delete("extensions");
    parameters.set("query", query);
    return { search: `?${parameters.toString()}`, body };
  }

  /** The error for an operation that is not persisted although it must be. */
  refusalOf(request: FastifyRequest): GraphQLError | undefined {
    if (this.textFor(request) !== undefined) return undefined;
    const { query } = sentOf(request);
    const hasText = typeof query === "string" && query !== "";
    if (this.isExclusive) {
      return hasText && this.documents.includes(query)
        ? undefined
        : notPersisted("This server executes only its persisted documents, and this is not one");
    }
    const isAutomatic = sentHashOf(request) !== undefined;
    return !hasText && !isAutomatic && idsOf(request).length > 0
      ? notPersisted("No persisted document of this server has this id")
      : undefined;
  }

  /** The text of the document that the request refers to; a request with its own text refers to none. */
  private textFor(request: FastifyRequest): string | undefined {
    const { query } = sentOf(request);
    if (query !== undefined && query !== null && query !== "") return undefined;
    const ids = [sentHashOf(request), ...idsOf(request)];
    return ids
      .map((id) => (typeof id === "string" ? this.documents.find(id) : undefined))
      .find((text) => text !== undefined);
  }
}

/** The ids in the parameters: `documentId` of GraphQL over HTTP, `doc_id` or `id` of Relay. */
function idsOf(request: FastifyRequest): unknown[] {
  const { documentId, doc_id: relayId, id } = sentOf(request);
  return [documentId, relayId, id].filter((one) => one !== undefined && one !== null);
}

function notPersisted(problem: string): GraphQLError {
  const message = `${problem}. Send the id of a persisted document, or ask the operator to add yours.`;
  const extensions = { code: "PERSISTED_QUERY_NOT_IN_LIST", http: { status: 400 } };
  return new GraphQLError(message, { extensions });
}
