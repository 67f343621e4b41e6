import { type ApolloServer, type BaseContext, HeaderMap } from "@apollo/server";
import type { FastifyReply, FastifyRequest } from "fastify";
import { acceptedTypes } from "./header-values.js";

/** Hands requests to Apollo as Fastify has parsed them; nothing is made from `Host`. */
export function answerByApollo<Context extends BaseContext>(
  apollo: ApolloServer<Context>,
  context: (request: FastifyRequest, reply: FastifyReply) => Promise<Context>,
) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const { status, headers, body } = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: {
        method: request.method,
        headers: headersOf(request),
        search: searchOf(request.url),
        body: request.body,
      },
      context: () => context(request, reply),
    });
    for (const [name, value] of headers) reply.header(name, value);
    // Without `@defer`, which the schema does not have, every answer is whole.
    if (body.kind !== "complete") throw new Error("Apollo has answered in parts");
    return reply.code(status ?? 200).send(body.string);
  };
}

function headersOf({ headers }: FastifyRequest): HeaderMap {
  const map = new HeaderMap();
  for (const [name, value] of Object.entries(headers)) {
    if (value) map.set(name, Array.isArray(value) ? value.join(", ") : value);
  }
  const { accept } = headers;
  if (accept) map.set("accept", withoutParameters(accept));
  return map;
}

/** Apollo compares parameters letter by letter, and answers in UTF-8 whatever they are. */
function withoutParameters(accept: string): string {
  const types = acceptedTypes(accept).map(({ essence, parameters }) => {
    const weight = parameters.get("q");
    return weight === undefined ? essence : `${essence};q=${weight}`;
  });
  return types.length > 0 ? types.join(", ") : accept;
}

/** From the question mark on; a fragment is no part of a request. */
function searchOf(url: string): string {
  const at = url.indexOf("?");
  return at === -1 ? "" : (url.slice(at).split("#", 1)[0] ?? "");
}
