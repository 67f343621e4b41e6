import { type FormattedExecutionResult, GraphQLError, type GraphQLFormattedError } from "graphql";
import type { ApolloServerPlugin, GraphQLRequestContextWillSendResponse } from "@apollo/server";
import { hasTimedOut, isExhausted, isUnavailable } from "../database/failure.js";
import { ClientGoneError } from "../shared/deadline.js";
import { AppError, RateLimitedError } from "../shared/errors.js";
import { shown } from "../shared/shown-text.js";
import { exceededBy, messageOf } from "./exceeded.js";
import type { Context } from "./context.js";
import { inOurWords } from "./library-messages.js";

/** The HTTP status for an error code, if the response has no data. */
export const HTTP_STATUS: Readonly<Record<string, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  BAD_USER_INPUT: 400,
  BAD_REQUEST: 400,
  PERSISTED_QUERY_NOT_IN_LIST: 400,
  RATE_LIMITED: 429,
  TOO_MANY_SUBSCRIPTIONS: 429,
  // It ends a subscription, whose response has begun.
  SUBSCRIBER_TOO_SLOW: 200,
  SERVICE_UNAVAILABLE: 503,
  INTERNAL_SERVER_ERROR: 500,
};

/** Codes that graphql-js and Apollo Server give to malformed requests; their messages are public. */
const PUBLIC_CODES = /^(GRAPHQL_|BAD_USER_INPUT$|BAD_REQUEST$|OPERATION_RESOLUTION_FAILURE$)/;

type ErrorContext = Pick<Context, "requestId" | "log">;

/**
 * Converts an error to its public form; no other code does. Errors in the request keep their code and message. An
 * unavailable database is SERVICE_UNAVAILABLE. Every other error is a defect: it is logged completely, and the client
 * receives only INTERNAL_SERVER_ERROR with the request's id. Long messages may repeat the request and are shortened.
 */
export function presentError(error: GraphQLError, context: ErrorContext): GraphQLFormattedError {
  const { message, ...rest } = presentWhole(error, context);
  return { message: shown(inOurWords(message)), ...rest };
}

function presentWhole(
  error: GraphQLError,
  { requestId, log }: ErrorContext,
): GraphQLFormattedError {
  const cause = error.originalError ?? error;
  const locations = (cause instanceof AppError ? cause.locations : undefined) ?? error.locations;
  const place = {
    ...(locations ? { locations } : {}),
    ...(error.path ? { path: error.path } : {}),
  };
  if (cause instanceof AppError) {
    if (cause instanceof ClientGoneError) log.debug("a client disconnected before the response");
    else if (cause.code === "SERVICE_UNAVAILABLE")
      log.error({ err: cause }, "could not serve a request");
    const wait =
      cause instanceof RateLimitedError ? { retryAfterSeconds: cause.retryAfterSeconds } : {};
    return { message: cause.message, ...place, extensions: { code: cause.code, ...wait } };
  }
  const exceeded = exceededBy(error);
  if (exceeded) {
    const extensions = { code: "BAD_REQUEST", exceeded };
    return { message: messageOf(exceeded), ...place, extensions };
  }
  const code = error.extensions["code"];
  const isByGraphql = !error.originalError || error.originalError instanceof GraphQLError;
  if (isByGraphql && typeof code === "string" && PUBLIC_CODES.test(code)) {
    return { message: error.message, ...place, extensions: { code } };
  }
  if (cause !== error && cause instanceof GraphQLError && cause.nodes) {
    // An invalid argument, such as one whose variable is missing or null. graphql-js detects it during execution.
    return { message: cause.message, ...place, extensions: { code: "BAD_USER_INPUT" } };
  }
  if (error.originalError === undefined) {
    // graphql-js refuses operations that it cannot execute, such as subscriptions.
    return { message: error.message, ...place, extensions: { code: "BAD_REQUEST" } };
  }
  if (isExhausted(cause)) {
    log.error({ err: cause }, "the database has no disk or memory left");
    const message = "The database has no space left. Try again later; charges are safe to retry.";
    return { message, ...place, extensions: { code: "SERVICE_UNAVAILABLE", requestId } };
  }
  if (isUnavailable(cause)) {
    const isLate = hasTimedOut(cause);
    log.error({ err: cause }, `the database ${isLate ? "took too long" : "could not be reached"}`);
    const message = isLate
      ? "The database took too long. Request less at a time, or try again; charges are safe to retry."
      : "The database is currently unreachable. Try again; charges are safe to retry.";
    return { message, ...place, extensions: { code: "SERVICE_UNAVAILABLE", requestId } };
  }
  log.error({ err: cause, path: error.path }, "internal error");
  const message = `An internal error occurred. The server's log has the details under the request id ${requestId}.`;
  return { message, ...place, extensions: { code: "INTERNAL_SERVER_ERROR", requestId } };
}

/** Like `presentError`, for errors outside the execution of GraphQL. */
export function presentFailure(failure: unknown, context: ErrorContext): PresentedError {
  const originalError = failure instanceof Error ? failure : new Error(String(failure));
  const error = new GraphQLError(originalError.message, { originalError });
  const { message, extensions } = presentError(error, context);
  const code = String(extensions?.["code"]);
  return { message, extensions: { ...extensions, code }, status: HTTP_STATUS[code] ?? 500 };
}

export interface PresentedError {
  readonly message: string;
  readonly extensions: Readonly<Record<string, unknown>> & { readonly code: string };
  readonly status: number;
}

/** The header `Retry-After` of a response with these errors: the longest delay of any of them. */
export function retryAfterOf(
  errors: readonly Pick<GraphQLFormattedError, "extensions">[],
): string | undefined {
  const waits = errors
    .map(({ extensions }) => extensions?.["retryAfterSeconds"])
    .filter((seconds) => typeof seconds === "number");
  return waits.length === 0 ? undefined : String(Math.max(...waits));
}

/** The HTTP status of a response without data, by the code of its first error; otherwise undefined, which means 200. */
export function statusOf(result: FormattedExecutionResult): number | undefined {
  const hasData = Object.values(result.data ?? {}).some((value) => value !== null);
  const code = result.errors?.[0]?.extensions?.["code"];
  return hasData || typeof code !== "string" ? undefined : HTTP_STATUS[code];
}

/** Converts every error of a response to its public form, and sets the HTTP status. */
export function presentErrors(): ApolloServerPlugin<Context> {
  return { requestDidStart: () => Promise.resolve({ willSendResponse: present }) };
}

/** The errors of one response in their public form. */
export function presentAll(
  errors: readonly GraphQLError[],
  context: ErrorContext,
): GraphQLFormattedError[] {
  return onceEach(errors.map((error) => presentError(error, context)));
}

/** Merges validation errors with the same message into one error with all locations. */
function onceEach(errors: readonly GraphQLFormattedError[]): GraphQLFormattedError[] {
  const once = new Map<GraphQLFormattedError | string, GraphQLFormattedError[]>();
  for (const error of errors) {
    const isOfDocument = error.extensions?.["code"] === "GRAPHQL_VALIDATION_FAILED";
    const key = isOfDocument ? error.message : error;
    const same = once.get(key);
    if (same) same.push(error);
    else once.set(key, [error]);
  }
  return [...once.values()].flatMap(([first, ...others]) => {
    if (first === undefined || others.length === 0) return first ?? [];
    return { ...first, locations: [first, ...others].flatMap(({ locations = [] }) => locations) };
  });
}

function present({
  errors,
  response,
  contextValue,
}: GraphQLRequestContextWillSendResponse<Context>): Promise<void> {
  if (errors && response.body.kind === "single") {
    const result = response.body.singleResult;
    result.errors = presentAll(errors, contextValue);
    const status = statusOf(result);
    // Keep a status that is set, such as 405 for a mutation by GET: it is more specific.
    if (status !== undefined) response.http.status ??= status;
    if (status === 401) response.http.headers.set("www-authenticate", "Token");
    const retryAfter = retryAfterOf(result.errors);
    if (retryAfter !== undefined) response.http.headers.set("retry-after", retryAfter);
  }
  return Promise.resolve();
}
