/** The stable codes of a request that cannot be answered, as clients read them. */
export type ErrorCode =
  | "UNAUTHENTICATED"
  | "FORBIDDEN"
  | "NOT_FOUND"
  | "BAD_USER_INPUT"
  | "RATE_LIMITED"
  | "SERVICE_UNAVAILABLE";

/**
 * A fault of the request or of the moment, told to the caller as it is: the message is public, so it
 * says what was wrong, where, and what to do, and holds no secret.
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

/** Too much was asked for; the same request may be sent again later. */
export class RateLimitedError extends AppError {
  /** @param retryAfterSeconds whole seconds, at least 1, as the header `Retry-After` tells them. */
  constructor(
    message: string,
    readonly retryAfterSeconds: number,
  ) {
    super("RATE_LIMITED", message);
  }
}
