/** An operation that failed. */
interface FailedOperation {
  readonly isQuery: boolean;
  readonly variables: Readonly<Record<string, unknown>> | undefined;
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
  const { charges, idempotencyKey } = Object(variables?.["input"]) as Record<string, unknown>;
  return isQuery || Boolean(charges ?? idempotencyKey);
}
