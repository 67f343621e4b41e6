/** An operation that failed. */
interface FailedOperation {
  readonly isQuery: boolean;
  readonly variables: unknown;
  /** The code of the first GraphQL error; undefined if no GraphQL response arrived. */
  readonly code: unknown;
}

/**
 * Whether the same operation may be sent again. The server may have executed a mutation whose response was lost.
 * Repeating it is safe only with the tokens of charges or with an idempotency key.
 */
export function mayRepeat({ isQuery, variables, code }: FailedOperation): boolean {
  if (code === "RATE_LIMITED") return true; // the server did nothing
  if (code !== undefined && code !== "SERVICE_UNAVAILABLE") return false;
  const { input } = Object(variables) as {
    input?: { charges?: unknown; idempotencyKey?: unknown };
  };
  return isQuery || Boolean(input?.charges ?? input?.idempotencyKey);
}
