/** A request that is refused because of its HTTP headers or body. Each route reports it in its own error format. */
export class HttpError extends Error {
  override readonly name = "HttpError";

  constructor(
    readonly statusCode: 400 | 406 | 413 | 415 | 421,
    message: string,
  ) {
    super(message);
  }
}
