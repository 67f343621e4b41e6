import { GraphQLError } from "graphql";
import type { PersistedDocuments } from "../graphql/persisted-documents.js";
import { type SentOperation, sentHashOf } from "./sent-operation.js";

/** The operations that clients may refer to by an id, besides automatic persisted queries. */
export class PersistedOperations {
  /** @param isExclusive whether all other operations are refused. */
  constructor(
    private readonly documents: PersistedDocuments,
    private readonly isExclusive: boolean,
  ) {}

  /** Replaces the id of a persisted document by its text. Any other operation stays as it is. */
  replaceId(sent: SentOperation): SentOperation {
    const query = this.textFor(sent);
    // Without the extensions, Apollo does not look for the hash among automatic persisted queries.
    return query === undefined ? sent : { ...sent, query, extensions: null };
  }

  /** The error for an operation that is not persisted although it must be. */
  refusalOf(sent: SentOperation): GraphQLError | undefined {
    if (this.textFor(sent) !== undefined) return undefined;
    const { query } = sent;
    const hasText = typeof query === "string" && query !== "";
    if (this.isExclusive) {
      return hasText && this.documents.includes(query)
        ? undefined
        : notPersisted("This server executes only its persisted documents, and this is not one");
    }
    const isAutomatic = sentHashOf(sent) !== undefined;
    return !hasText && !isAutomatic && idsOf(sent).length > 0
      ? notPersisted("No persisted document of this server has this id")
      : undefined;
  }

  /** The text of the document that the request refers to; a request with its own text refers to none. */
  private textFor(sent: SentOperation): string | undefined {
    const { query } = sent;
    if (query !== undefined && query !== null && query !== "") return undefined;
    const ids = [sentHashOf(sent), ...idsOf(sent)];
    return ids
      .map((id) => (typeof id === "string" ? this.documents.find(id) : undefined))
      .find((text) => text !== undefined);
  }
}

/** The ids in the parameters: `documentId` of GraphQL over HTTP, `doc_id` or `id` of Relay. */
function idsOf({ documentId, doc_id: relayId, id }: SentOperation): unknown[] {
  return [documentId, relayId, id].filter((one) => one !== undefined && one !== null);
}

function notPersisted(problem: string): GraphQLError {
  const message = `${problem}. Send the id of a persisted document, or ask the operator to add yours.`;
  const extensions = { code: "PERSISTED_QUERY_NOT_IN_LIST", http: { status: 400 } };
  return new GraphQLError(message, { extensions });
}
