import { GraphQLError } from "graphql";

/** A request that is refused because of its HTTP headers or body. Each route reports it in its own error format. */
export class HttpError extends Error {
  override readonly name = "HttpError";

  constructor(
    readonly statusCode: 400 | 403 | 406 | 408 | 413 | 415 | 421,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The error for a malformed GraphQL request. */
export function badRequest(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: "BAD_REQUEST", http: { status: 400 } } });
}
