import type { FastifyRequest } from "fastify";

/** The operation as sent, with unvalidated members. */
export interface SentOperation {
  readonly query?: unknown;
  readonly extensions?: unknown;
  readonly documentId?: unknown;
  readonly doc_id?: unknown;
  readonly id?: unknown;
}

export function sentOf({ method, body, query }: FastifyRequest): SentOperation {
  return ((method === "GET" ? query : body) as SentOperation | null | undefined) ?? {};
}

/** The hash of a persisted query in the extensions, of any type. */
export function sentHashOf(request: FastifyRequest): unknown {
  const { extensions } = sentOf(request);
  const read = (request.method === "GET" ? parsed(extensions) : extensions) as
    { readonly persistedQuery?: { readonly sha256Hash?: unknown } | null } | null | undefined;
  return read?.persistedQuery?.sha256Hash;
}

/** The query string with its question mark. URLs with a fragment are refused before. */
export function searchOf({ url }: FastifyRequest): string {
  const at = url.indexOf("?");
  return at === -1 ? "" : url.slice(at);
}

/** @returns undefined for invalid JSON, which Apollo refuses. */
function parsed(text: unknown): unknown {
  try {
    return typeof text === "string" ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}
