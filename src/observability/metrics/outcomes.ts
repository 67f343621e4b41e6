const OUTCOMES = new Set([
  "ok",
  "UNAUTHENTICATED",
  "FORBIDDEN",
  "NOT_FOUND",
  "BAD_USER_INPUT",
  "BAD_REQUEST",
  "RATE_LIMITED",
  "TOO_MANY_SUBSCRIPTIONS",
  "SUBSCRIBER_TOO_SLOW",
  "SERVICE_UNAVAILABLE",
  "INTERNAL_SERVER_ERROR",
  "GRAPHQL_PARSE_FAILED",
  "GRAPHQL_VALIDATION_FAILED",
  "OPERATION_RESOLUTION_FAILURE",
  "PERSISTED_QUERY_NOT_FOUND",
  "PERSISTED_QUERY_NOT_SUPPORTED",
  "PERSISTED_QUERY_NOT_IN_LIST",
]);

/** The label of an outcome: `ok`, or an error code of this server or of Apollo. Any other code counts as `OTHER`. */
export function outcomeLabel(outcome: string): string {
  return OUTCOMES.has(outcome) ? outcome : "OTHER";
}
