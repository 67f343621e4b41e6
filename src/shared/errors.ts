/** The stable error codes of failed requests, as clients see them. */
export type ErrorCode =
  | "UNAUTHENTICATED"
  | "FORBIDDEN"
  | "NOT_FOUND"
  | "BAD_USER_INPUT"
  | "RATE_LIMITED"
  | "TOO_MANY_SUBSCRIPTIONS"
  | "SUBSCRIBER_TOO_SLOW"
  | "SERVICE_UNAVAILABLE";

/** A place in a document, counted from 1. */
interface Location {
  readonly line: number;
  readonly column: number;
}

/**
 * An error in the request, or a temporary failure. The message is public: it says what is wrong, where, and what
 * to do, and contains no secrets.
 */
export class AppError extends Error {
  override readonly name = "AppError";
  /** The path of the argument with the refused value, such as `filter.amount.gt`. */
  readonly argument: string | undefined;
  /** Where the value is in the GraphQL document. If omitted, the field's place is reported. */
  readonly locations: readonly Location[] | undefined;

  constructor(
    readonly code: ErrorCode,
    message: string,
    options: ErrorOptions & {
      readonly argument?: string;
      readonly locations?: readonly Location[];
    } = {},
  ) {
    super(message, options);
    this.argument = options.argument;
    this.locations = options.locations;
  }
}

/** The rate limit is exceeded. The same request can be sent again later. */
export class RateLimitedError extends AppError {
  /** @param retryAfterSeconds the value of the header `Retry-After`: an integer, at least 1. */
  constructor(
    message: string,
    readonly retryAfterSeconds: number,
  ) {
    super("RATE_LIMITED", message);
  }
}
