import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import type { FastifyReply, FastifyRequest } from "fastify";
import helmet from "helmet";

/**
 * An answer is data: a browser that shows one as a page runs and loads nothing of it. Pages of this
 * server's own, the playground and the reader of `/docs`, bring policies that allow what they need.
 */
const setHeaders = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
    },
  },
  // Pages of other origins may learn that a server is there; what they may read is CORS's to say.
  crossOriginResourcePolicy: { policy: "cross-origin" },
  frameguard: { action: "deny" },
  // The server does not know what else is served under its domain.
  strictTransportSecurity: { maxAge: 31_536_000, includeSubDomains: false },
});

/** Sets helmet's headers. To be called first, so that every answer has them, whatever becomes of it. */
export function setSecurityHeaders(request: FastifyRequest, reply: FastifyReply): void {
  setHeadersOf(request.raw, reply.raw);
}

/** The same headers, for answers that are written without Fastify. */
export const SECURITY_HEADERS: readonly (readonly [name: string, value: string])[] = (() => {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  setHeadersOf(request, response);
  return Object.entries(response.getHeaders()).map(([name, value]) => [name, String(value)]);
})();

function setHeadersOf(request: IncomingMessage, response: ServerResponse): void {
  setHeaders(request, response, (error?: unknown) => {
    if (error !== undefined) throw error as Error;
  });
}
