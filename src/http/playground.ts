import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { acceptsGzip, acceptsPage } from "./header-values.js";
import { type PlaygroundAsset, PlaygroundAssets } from "./playground-assets.js";
import { PLAYGROUND_POLICY, type PlaygroundStart, playgroundPage } from "./playground-page.js";

export type { PlaygroundStart } from "./playground-page.js";

/** Serves GraphiQL at `/playground`, and at `/graphql` for browsers. */
export function addPlayground(http: FastifyInstance, start: () => PlaygroundStart): void {
  const assets = new PlaygroundAssets();
  http.get("/playground", (_request, reply) => sendPage(reply, start()));
  http.addHook("onRequest", async (request, reply) => {
    if (isPageOfGraphql(request)) await sendPage(reply, start());
  });
  for (const name of PlaygroundAssets.names) {
    // The asset is already compressed.
    http.get(`/playground/${name}`, { compress: false }, async (request, reply) =>
      sendAsset(request, reply, await assets.get(name)),
    );
  }
}

/** Whether a browser opened `/graphql` as a page. */
function isPageOfGraphql({ method, routeOptions, headers }: FastifyRequest): boolean {
  return method === "GET" && routeOptions.url === "/graphql" && acceptsPage(headers.accept);
}

function sendPage(reply: FastifyReply, start: PlaygroundStart): FastifyReply {
  // The page contains a token: no other origin may read it, even one that may call the API.
  reply.removeHeader("access-control-allow-origin");
  return secure(reply)
    .header("content-type", "text/html; charset=utf-8")
    .header("cache-control", "no-store")
    .header("vary", "accept")
    .send(playgroundPage(start));
}

async function sendAsset(
  request: FastifyRequest,
  reply: FastifyReply,
  { contentType, gzipped, etag }: PlaygroundAsset,
): Promise<FastifyReply> {
  // Web workers do not inherit the page's policy, so send it with every file.
  secure(reply)
    .header("etag", etag)
    .header("cache-control", "no-cache")
    .header("vary", "accept-encoding");
  if (request.headers["if-none-match"]?.includes(etag)) return reply.code(304).send();
  reply.header("content-type", contentType);
  return acceptsGzip(request.headers["accept-encoding"])
    ? reply.header("content-encoding", "gzip").send(gzipped)
    : reply.send(await promisify(gunzip)(gzipped));
}

function secure(reply: FastifyReply): FastifyReply {
  return reply
    .header("content-security-policy", PLAYGROUND_POLICY)
    .header("cross-origin-resource-policy", "same-origin");
}
