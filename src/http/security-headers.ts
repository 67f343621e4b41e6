import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import type { FastifyReply, FastifyRequest } from "fastify";
import helmet from "helmet";

/**
 * Responses are data: a browser that shows one as a page must not run or load anything. The server's own
 * pages, the playground and `/docs`, have policies that allow what they need.
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
  // CORS decides what other origins may read; this header would only hide that the server exists.
  crossOriginResourcePolicy: { policy: "cross-origin" },
  frameguard: { action: "deny" },
  // The server does not know what its subdomains serve.
  strictTransportSecurity: { maxAge: 31_536_000, includeSubDomains: false },
});

/** Sets helmet's headers. Call it first, so that every response has them, including errors. */
export function setSecurityHeaders(request: FastifyRequest, reply: FastifyReply): void {
  setHeadersOf(request.raw, reply.raw);
}

/** The same headers, for responses that are written without Fastify. */
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
