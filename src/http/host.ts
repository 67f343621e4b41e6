import type { IncomingMessage } from "node:http";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { isAddress, parseHost } from "../shared/host.js";
import { HEALTH_PATHS } from "./health.js";
import { HttpError } from "./http-error.js";

const HEALTH: ReadonlySet<string> = new Set(Object.values(HEALTH_PATHS));
const ABSOLUTE_FORM = /^https?:\/\/([^/?#]*)(.*)$/is;

/**
 * The path and query of a request target. The host in a target in absolute form overrides `Host`
 * (RFC 9112, 3.2.2).
 */
export function pathOf(request: IncomingMessage): string {
  const { url = "" } = request;
  const [whole, authority, path = ""] = ABSOLUTE_FORM.exec(url) ?? [];
  if (whole === undefined) return url;
  request.headers.host = authority;
  return path.startsWith("/") ? path : `/${path}`;
}

/**
 * Refuses malformed hosts with 400 and hosts that are not the server's with 421, before any other work.
 * This prevents DNS rebinding attacks, in which the request has the attacker's host name.
 *
 * @param allowed hosts as `parseHost` returns them; undefined for every host.
 */
export function checkHosts(http: FastifyInstance, allowed: readonly string[] | undefined): void {
  const hosts = allowed === undefined ? undefined : new Set(allowed);
  http.addHook("onRequest", (request, _reply, done) => {
    done(refusalOf(request, hosts));
  });
}

function refusalOf(
  request: FastifyRequest,
  allowed: ReadonlySet<string> | undefined,
): HttpError | undefined {
  const { headers, httpVersion, rawHeaders } = request.raw;
  if (countOf("host", rawHeaders) > 1)
    return malformed("The request has more than one Host header.");
  // Health probes may use HTTP/1.0, which has no Host.
  const needsHost = httpVersion !== "1.0" || (allowed !== undefined && !isOpen(request, ""));
  if (headers.host === undefined) {
    return needsHost ? malformed("The request has no Host header.") : undefined;
  }
  // `request.host` may be a trusted proxy's X-Forwarded-Host, which a page can also send: check both.
  for (const text of new Set([headers.host, request.host])) {
    const host = parseHost(text);
    if (host === null)
      return malformed("The request's Host header is not a host name or an address.");
    if (allowed !== undefined && !allowed.has(host) && !isOpen(request, host)) {
      const message = `This server does not accept requests for the host ${host}. If the name is correct, add it to ALLOWED_HOSTS.`;
      return new HttpError(421, message);
    }
  }
  return undefined;
}

/** Probes and Prometheus connect to a container's IP address. DNS rebinding needs a name, so an address is safe. */
function isOpen({ routeOptions: { url = "" } }: FastifyRequest, host: string): boolean {
  return HEALTH.has(url) || (url === "/metrics" && isAddress(host));
}

function malformed(message: string): HttpError {
  return new HttpError(400, `${message} Send the server's host name or address, with its port.`);
}

/** @param raw header names and values, alternating. */
function countOf(name: string, raw: readonly string[]): number {
  return raw.filter((text, at) => at % 2 === 0 && text.toLowerCase() === name).length;
}
