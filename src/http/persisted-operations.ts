import { GraphQLError } from "graphql";
import { LRUCache } from "lru-cache";
import { type PersistedDocuments, sha256 } from "../graphql/persisted-documents.js";
import { badRequest } from "./http-error.js";
import type { CheckedOperation } from "./sent-operation.js";

/** The number and the characters of the documents that clients have sent with their SHA-256. */
const AUTOMATIC = { max: 10_000, maxSize: 10_000_000 };

/** The documents that operations refer to: the operator's by an id, and those of earlier operations by SHA-256. */
export class PersistedOperations {
  private readonly automatic = new LRUCache<string, string>({
    ...AUTOMATIC,
    sizeCalculation: ({ length }) => length,
  });

  /** @param isExclusive whether only the operator's documents are executed. */
  constructor(
    private readonly documents: PersistedDocuments | undefined,
    private readonly isExclusive: boolean,
  ) {}

  /**
   * The document that an operation contains or refers to. An operation with its own text refers to none.
   *
   * @throws GraphQLError if there is none, if it must not be executed, or if its SHA-256 is not the operation's.
   */
  documentOf({ query, hash, version, ids }: CheckedOperation): string {
    const persisted = query === undefined ? this.find([hash, ...ids]) : undefined;
    if (persisted !== undefined) return persisted;
    if (this.isExclusive && (query === undefined || this.documents?.includes(query) !== true))
      throw notPersisted("This server executes only its persisted documents, and this is not one");
    if (hash !== undefined && version !== 1)
      throw badRequest("extensions.persistedQuery.version must be 1.");
    if (query !== undefined) {
      if (hash === undefined || hash === sha256(query)) return query;
      throw badRequest("extensions.persistedQuery.sha256Hash is not the SHA-256 of the query.");
    }
    const automatic = hash === undefined ? undefined : this.automatic.get(hash);
    if (automatic !== undefined) return automatic;
    if (hash !== undefined) throw notFound();
    if (ids.length > 0) throw notPersisted("No persisted document of this server has this id");
    throw badRequest("The request has no query. Send one, or the hash of a persisted query.");
  }

  /** Keeps the document of an executed operation that has both its text and its SHA-256. */
  keep({ query, hash }: CheckedOperation): void {
    if (query === undefined || hash === undefined || this.automatic.has(hash)) return;
    // Not the original: it may be a part of a longer string, which would be kept with it.
    this.automatic.set(hash, Buffer.from(query).toString());
  }

  private find(ids: readonly unknown[]): string | undefined {
    return ids
      .map((id) => (typeof id === "string" ? this.documents?.find(id) : undefined))
      .find((text) => text !== undefined);
  }
}

function notPersisted(problem: string): GraphQLError {
  const message = `${problem}. Send the id of a persisted document, or ask the operator to add yours.`;
  const extensions = { code: "PERSISTED_QUERY_NOT_IN_LIST", http: { status: 400 } };
  return new GraphQLError(message, { extensions });
}

/** The error that asks a client for the text, in the words of the protocol of automatic persisted queries. */
function notFound(): GraphQLError {
  const headers = new Map([["cache-control", "private, no-cache, must-revalidate"]]);
  const extensions = { code: "PERSISTED_QUERY_NOT_FOUND", http: { status: 200, headers } };
  return new GraphQLError("PersistedQueryNotFound", { extensions });
}
