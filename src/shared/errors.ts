/** The stable error codes of failed requests, as clients see them. */
export type ErrorCode =
  | "UNAUTHENTICATED"
  | "FORBIDDEN"
  | "NOT_FOUND"
  | "BAD_USER_INPUT"
  | "RATE_LIMITED"
  | "SERVICE_UNAVAILABLE";

/**
 * An error in the request, or a temporary failure. The message is public: it says what is wrong, where, and what
 * to do, and contains no secrets.
 */
export class AppError extends Error {
  override readonly name = "AppError";

  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
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
