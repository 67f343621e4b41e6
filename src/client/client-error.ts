/** A failure that the person who runs the command can act on: its message says what to do. */
export class ClientError extends Error {
  override readonly name = "ClientError";
}

/** A failure that may pass: the server is unreachable, overloaded or restarting. The same request can be sent again. */
export class TemporaryFailure extends Error {
  override readonly name = "TemporaryFailure";

  /** @param retryAfterMs how long the server asks clients to wait; null if it did not say. */
  constructor(
    message: string,
    readonly retryAfterMs: number | null = null,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
