import type { GraphQLRequest } from "@apollo/server";
import type { FastifyRequest } from "fastify";
import { badRequest } from "./http-error.js";

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

const MEMBERS = ["query", "operationName", "variables", "extensions"] as const;

/**
 * The operation of an HTTP request, from its body or its URL.
 *
 * @throws GraphQLError BAD_REQUEST if the body is not one JSON object, or the URL has a parameter twice.
 */
export function sentOf({ method, body, query }: FastifyRequest): SentOperation {
  if (method !== "GET") return inBody(body);
  const sent = query as SentOperation;
  const repeated = MEMBERS.find((name) => Array.isArray(sent[name]));
  if (repeated !== undefined)
    throw badRequest(`The parameter ${repeated} is in the URL more than once.`);
  return { ...sent, variables: parsed(sent.variables), extensions: parsed(sent.extensions) };
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

/** The hash of a persisted query in the extensions, of any type. */
export function sentHashOf({ extensions }: SentOperation): unknown {
  const read = extensions as
    { readonly persistedQuery?: { readonly sha256Hash?: unknown } | null } | null | undefined;
  return read?.persistedQuery?.sha256Hash;
}

/**
 * The operation for Apollo, which does not validate it.
 *
 * @throws GraphQLError BAD_REQUEST for a member of another type.
 */
export function requestOf({ query, operationName, variables, extensions }: SentOperation) {
  if (!isAbsent(query) && typeof query !== "string") throw badRequest("query must be a string.");
  if (!isAbsent(operationName) && typeof operationName !== "string")
    throw badRequest("operationName must be a string.");
  const request: GraphQLRequest = {};
  if (typeof query === "string" && query !== "") request.query = query;
  if (typeof operationName === "string") request.operationName = operationName;
  if (!isAbsent(variables)) request.variables = objectIn("variables", variables);
  if (!isAbsent(extensions)) request.extensions = objectIn("extensions", extensions);
  return request;
}

function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

function objectIn(name: string, value: unknown): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw badRequest(`${name} must be a JSON object.`);
}

/** A parameter in the URL that is JSON. Other text stays as it is, and is refused later. */
function parsed(text: unknown): unknown {
  try {
    return typeof text === "string" ? JSON.parse(text) : text;
  } catch {
    return text;
  }
}
