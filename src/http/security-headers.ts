import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
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

/**
 * Helmet's headers, which are the same for every response. Helmet itself would set each of them on the response of
 * Node.js, which then has to merge them with Fastify's.
 */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = (() => {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  setHeaders(request, response, (error?: unknown) => {
    if (error !== undefined) throw error as Error;
  });
  const headers = Object.entries(response.getHeaders());
  return Object.fromEntries(headers.map(([name, value]) => [name, String(value)]));
})();
