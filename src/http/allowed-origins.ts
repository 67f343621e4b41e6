import type { FastifyRequest } from "fastify";
import { HttpError } from "./http-error.js";

/** The origins of pages that may read responses: `*` for all, otherwise each as text or as a pattern. */
export type AllowedOrigins = "*" | readonly (string | RegExp)[];

/**
 * Refuses WebSockets of pages from other origins, unless CORS allows these: browsers let any page open one. Programs
 * send no `Origin`.
 *
 * @returns the error for such a request.
 */
export function refusalOfOrigin(
  { headers: { origin }, host, protocol }: FastifyRequest,
  allowed: AllowedOrigins,
): HttpError | undefined {
  if (origin === undefined || allowed === "*" || isOwn(origin, host, protocol)) return undefined;
  const isAllowed = allowed.some((one) =>
    one instanceof RegExp ? one.test(origin) : one === origin,
  );
  if (isAllowed) return undefined;
  const message =
    "This server does not accept WebSockets from pages of this origin. If the origin is correct, add it to CORS_ORIGINS.";
  return new HttpError(403, message);
}

/** A proxy may end TLS, so the page's scheme may differ from the one that the server sees. */
function isOwn(origin: string, host: string, protocol: string): boolean {
  return [protocol, "https"].some((scheme) => origin === `${scheme}://${host}`);
}
