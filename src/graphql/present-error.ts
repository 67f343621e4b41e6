import { type FormattedExecutionResult, GraphQLError, type GraphQLFormattedError } from "graphql";
import type { ApolloServerPlugin, GraphQLRequestContextWillSendResponse } from "@apollo/server";
import { hasTimedOut, isExhausted, isUnavailable } from "../database/failure.js";
import { ClientGoneError } from "../shared/deadline.js";
import { AppError, RateLimitedError } from "../shared/errors.js";
import { shown } from "../shared/shown-text.js";
import { exceededBy, messageOf } from "./exceeded.js";
import type { Context } from "./context.js";

/** What HTTP says beside the GraphQL errors when nothing could be answered. */
const HTTP_STATUS: Readonly<Record<string, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  BAD_USER_INPUT: 400,
  BAD_REQUEST: 400,
  RATE_LIMITED: 429,
  SERVICE_UNAVAILABLE: 503,
  INTERNAL_SERVER_ERROR: 500,
};

/** Codes that graphql-js and Apollo Server give to malformed requests; their messages are public. */
const PUBLIC_CODES =
  /^(GRAPHQL_|BAD_USER_INPUT$|BAD_REQUEST$|OPERATION_RESOLUTION_FAILURE$|PERSISTED_QUERY_)/;

type ErrorContext = Pick<Context, "requestId" | "log">;

/**
 * The one place where errors become what a client sees. Faults of the request keep their code and
 * message; an unreachable database is SERVICE_UNAVAILABLE; anything else is a defect: it is logged
 * whole, and shown only as INTERNAL_SERVER_ERROR with the request's id. A message that repeats much of
 * the client's request is shortened.
 */
export function presentError(error: GraphQLError, context: ErrorContext): GraphQLFormattedError {
  const { message, ...rest } = presentWhole(error, context);
  return { message: shown(message), ...rest };
}

function presentWhole(
  error: GraphQLError,
  { requestId, log }: ErrorContext,
): GraphQLFormattedError {
  const cause = error.originalError ?? error;
  const place = {
    ...(error.locations ? { locations: error.locations } : {}),
    ...(error.path ? { path: error.path } : {}),
  };
  if (cause instanceof AppError) {
    if (cause instanceof ClientGoneError) log.debug("a client did not wait for its answer");
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
    // An argument whose variable has no value, or null, which graphql-js meets as late as this.
    return { message: cause.message, ...place, extensions: { code: "BAD_USER_INPUT" } };
  }
  if (error.originalError === undefined) {
    // graphql-js itself refuses what it cannot do, such as a subscription.
    return { message: error.message, ...place, extensions: { code: "BAD_REQUEST" } };
  }
  if (isExhausted(cause)) {
    log.error({ err: cause }, "the database has no disk or memory left");
    const message =
      "The database has no room left. Try again later; a charge is safe to send again.";
    return { message, ...place, extensions: { code: "SERVICE_UNAVAILABLE", requestId } };
  }
  if (isUnavailable(cause)) {
    const isLate = hasTimedOut(cause);
    log.error({ err: cause }, `the database ${isLate ? "took too long" : "could not be reached"}`);
    const message = isLate
      ? "The database took too long. Ask for less at a time, or try again; a charge is safe to send again."
      : "The database cannot be reached at the moment. Try again; a charge is safe to send again.";
    return { message, ...place, extensions: { code: "SERVICE_UNAVAILABLE", requestId } };
  }
  log.error({ err: cause, path: error.path }, "a request met a defect");
  const message = `Something went wrong on the server. The log has more under the request id ${requestId}.`;
  return { message, ...place, extensions: { code: "INTERNAL_SERVER_ERROR", requestId } };
}

/** As `presentError`, for what was thrown before or beside GraphQL. */
export function presentFailure(failure: unknown, context: ErrorContext): PresentedError {
  const originalError = failure instanceof Error ? failure : new Error(String(failure));
  const { message, extensions } = presentError(new GraphQLError("", { originalError }), context);
  const code = String(extensions?.["code"]);
  return { message, extensions: { ...extensions, code }, status: HTTP_STATUS[code] ?? 500 };
}

export interface PresentedError {
  readonly message: string;
  readonly extensions: Readonly<Record<string, unknown>> & { readonly code: string };
  readonly status: number;
}

/** The header `Retry-After` of an answer with these errors, of which any may ask for patience. */
export function retryAfterOf(
  errors: readonly Pick<GraphQLFormattedError, "extensions">[],
): string | undefined {
  const waits = errors
    .map(({ extensions }) => extensions?.["retryAfterSeconds"])
    .filter((seconds) => typeof seconds === "number");
  return waits.length === 0 ? undefined : String(Math.max(...waits));
}

/** The HTTP status of an answer: of its first error when it holds no data at all, else 200. */
export function statusOf(result: FormattedExecutionResult): number | undefined {
  const hasData = Object.values(result.data ?? {}).some((value) => value !== null);
  const code = result.errors?.[0]?.extensions?.["code"];
  return hasData || typeof code !== "string" ? undefined : HTTP_STATUS[code];
}

/** Presents every error of an answer, and sets its HTTP status. */
export function presentErrors(): ApolloServerPlugin<Context> {
  return { requestDidStart: () => Promise.resolve({ willSendResponse: present }) };
}

/** What is wrong with a document in several places in the same way is one error with all the places. */
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
    result.errors = onceEach(errors.map((error) => presentError(error, contextValue)));
    const status = statusOf(result);
    // Apollo's own word, such as 405 for a mutation by GET, says more than the code's.
    if (status !== undefined) response.http.status ??= status;
    if (status === 401) response.http.headers.set("www-authenticate", "Token");
    const retryAfter = retryAfterOf(result.errors);
    if (retryAfter !== undefined) response.http.headers.set("retry-after", retryAfter);
  }
  return Promise.resolve();
}
