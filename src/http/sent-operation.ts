import type { FastifyRequest } from "fastify";
import { badRequest } from "./http-error.js";
import { faultOfJson } from "./text-input.js";

/** The operation as sent over any transport, with unvalidated members. */
export interface SentOperation {
  readonly query?: unknown;
  readonly operationName?: unknown;
  readonly variables?: unknown;
  readonly extensions?: unknown;
  readonly documentId?: unknown;
  readonly doc_id?: unknown;
  readonly id?: unknown;
}

const MEMBERS = [
  "query",
  "operationName",
  "variables",
  "extensions",
  "documentId",
  "doc_id",
  "id",
] as const;

/**
 * The operation of an HTTP request, from its body or its URL.
 *
 * @throws GraphQLError BAD_REQUEST if the body is not one JSON object, or the URL has a parameter twice; AppError
 *   BAD_USER_INPUT for JSON in the URL that parsing would change.
 */
export function sentOf({ method, body, query }: FastifyRequest): SentOperation {
  if (method !== "GET") return inBody(body);
  const sent = query as SentOperation;
  const repeated = MEMBERS.find((name) => Array.isArray(sent[name]));
  if (repeated !== undefined)
    throw badRequest(`The parameter ${repeated} is in the URL more than once.`);
  const [variables, extensions] = [parsed("variables", sent), parsed("extensions", sent)];
  return { ...sent, variables, extensions };
}

function inBody(body: unknown): SentOperation {
  if (Array.isArray(body)) {
    const message = `A request must contain one operation, as a JSON object; this is a list of ${String(body.length)}. Send each in its own request.`;
    throw badRequest(message);
  }
  if (typeof body === "object" && body !== null) return body;
  const example = '{"query":"{ viewer { scopes } }"}';
  throw badRequest(
    `The body must be a JSON object with a query, such as ${example}, sent as application/json.`,
  );
}

/** An operation whose members have their types. */
export interface CheckedOperation {
  /** Undefined if it is absent or empty. */
  readonly query: string | undefined;
  readonly operationName: string | undefined;
  readonly variables: Record<string, unknown> | undefined;
  /** The SHA-256 of the document, and the version of the protocol by which it is sent. */
  readonly hash: string | undefined;
  readonly version: unknown;
  /** The ids of any type that may refer to a document: `documentId` of GraphQL over HTTP, `doc_id` or `id` of Relay. */
  readonly ids: readonly unknown[];
}

/** @throws GraphQLError BAD_REQUEST for a member of another type. */
export function checkedOf(sent: SentOperation): CheckedOperation {
  const { query, operationName, variables, extensions, documentId, doc_id: relayId, id } = sent;
  return {
    query: query === "" ? undefined : stringIn("query", query),
    operationName: stringIn("operationName", operationName),
    variables: objectIn("variables", variables),
    ...persistedIn(objectIn("extensions", extensions)),
    ids: [documentId, relayId, id].filter((one) => !isAbsent(one)),
  };
}

function persistedIn({ persistedQuery }: Record<string, unknown> = {}): Pick<
  CheckedOperation,
  "hash" | "version"
> {
  if (isAbsent(persistedQuery)) return { hash: undefined, version: undefined };
  const { version, sha256Hash: hash } = Object(persistedQuery) as Record<string, unknown>;
  if (typeof hash === "string") return { hash, version };
  throw badRequest("extensions.persistedQuery.sha256Hash must be a string.");
}

function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

function stringIn(name: string, value: unknown): string | undefined {
  if (isAbsent(value)) return undefined;
  if (typeof value === "string") return value;
  throw badRequest(`${name} must be a string.`);
}

function objectIn(name: string, value: unknown): Record<string, unknown> | undefined {
  if (isAbsent(value)) return undefined;
  if (typeof value === "object" && !Array.isArray(value)) return value as Record<string, unknown>;
  throw badRequest(`${name} must be a JSON object.`);
}

/** A parameter in the URL that is JSON. Other text stays as it is, and is refused later. */
function parsed(name: "variables" | "extensions", { [name]: text }: SentOperation): unknown {
  const fault = typeof text === "string" ? faultOfJson(text, `The parameter ${name}`) : null;
  if (fault) throw fault;
  try {
    return typeof text === "string" ? JSON.parse(text) : text;
  } catch {
    return text;
  }
}
