import { type ApolloServer, type BaseContext, HeaderMap } from "@apollo/server";
import type { FastifyReply, FastifyRequest } from "fastify";
import { acceptedTypes } from "./header-values.js";
import type { ReadOperation } from "./persisted-operations.js";

/** Passes parsed requests to Apollo. It builds no URL from `Host`, so a malformed host cannot fail here. */
export function answerByApollo<Context extends BaseContext>(
  apollo: ApolloServer<Context>,
  read: (request: FastifyRequest) => ReadOperation,
  context: (request: FastifyRequest, reply: FastifyReply) => Promise<Context>,
) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const { search, body: sent } = read(request);
    const { status, headers, body } = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: {
        method: request.method,
        headers: headersOf(request),
        search,
        body: sent,
      },
      context: () => context(request, reply),
    });
    for (const [name, value] of headers) reply.header(name, value);
    // Only `@defer` and `@stream` cause incremental responses, and the schema has neither.
    if (body.kind !== "complete") throw new Error("Apollo returned an incremental response");
    return reply.code(status ?? 200).send(body.string);
  };
}

/** The headers that Apollo reads, to refuse forged requests and to choose the response's media type. */
function headersOf({ headers }: FastifyRequest): HeaderMap {
  const map = new HeaderMap();
  const { accept, authorization, "content-type": contentType } = headers;
  if (contentType) map.set("content-type", contentType);
  if (accept) map.set("accept", withoutParameters(accept));
  for (const name of PREFLIGHT_HEADERS) {
    const value = headers[name];
    if (value) map.set(name, Array.isArray(value) ? value.join(", ") : value);
  }
  if (isAddedByBrowsers(authorization)) map.delete("authorization");
  return map;
}

/**
 * A page's script can set these headers only after a preflight. `headersOf` omits an `Authorization` header that a
 * browser may have added by itself.
 */
export const PREFLIGHT_HEADERS = [
  "authorization",
  "x-apollo-operation-name",
  "apollo-require-preflight",
];

/** The schemes of credentials that a browser stores and adds to requests of any page, without a preflight. */
const BROWSER_SCHEMES: ReadonlySet<string> = new Set(["basic", "digest", "negotiate", "ntlm"]);

/** Whether an `Authorization` header may come from the browser and not from the page's script. */
function isAddedByBrowsers(authorization = ""): boolean {
  const [scheme = ""] = authorization.trim().split(/[\s,]/, 1);
  return BROWSER_SCHEMES.has(scheme.toLowerCase());
}

/** Removes the parameters: Apollo compares them as strings, case-sensitive, and always responds in UTF-8. */
function withoutParameters(accept: string): string {
  const types = acceptedTypes(accept).map(({ essence, parameters }) => {
    const weight = parameters.get("q");
    return weight === undefined ? essence : `${essence};q=${weight}`;
  });
  return types.length > 0 ? types.join(", ") : accept;
}
