/** A request that HTTP itself is enough to refuse. Every path reports it in its own form. */
export class HttpError extends Error {
  override readonly name = "HttpError";

  constructor(
    readonly statusCode: 400 | 406 | 413 | 415 | 421,
    message: string,
  ) {
    super(message);
  }
}
