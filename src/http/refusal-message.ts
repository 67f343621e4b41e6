import type { FastifyError, FastifyRequest } from "fastify";
import { HttpError } from "./http-error.js";
import { bodyTypeOf } from "./request-body.js";

/** By Fastify's code, because its own messages are written for the developers of a server. */
const MESSAGES: Readonly<Record<string, (request: FastifyRequest) => string>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: () => "The body is not valid JSON.",
  FST_ERR_CTP_EMPTY_JSON_BODY: () => "The body is empty. Send JSON.",
  FST_ERR_CTP_BODY_TOO_LARGE: ({ routeOptions: { bodyLimit } }) =>
    `The body exceeds ${String(bodyLimit)} bytes.`,
  FST_ERR_CTP_INVALID_MEDIA_TYPE: (request) => {
    const type = request.headers["content-type"];
    const sent = type === undefined ? "has no Content-Type" : `is ${JSON.stringify(type)}`;
    return `The body ${sent}. Send ${bodyTypeOf(request)}.`;
  },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: () =>
    "The body is longer or shorter than its Content-Length.",
  FST_ERR_BAD_URL: () => "The path is not valid. Percent-encode its characters as UTF-8.",
};

/**
 * The message of a refused request, for the client. It is always one of ours: of any other error, only the HTTP status
 * is public.
 */
export function refusalMessage(error: FastifyError | HttpError, request: FastifyRequest): string {
  if (error instanceof HttpError) return error.message;
  return MESSAGES[error.code]?.(request) ?? "The request is malformed.";
}
