import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { sendAsset } from "./compressed-asset.js";
import { acceptsPage } from "./header-values.js";
import { PLAYGROUND_FILES, openPlaygroundAssets } from "./playground-assets.js";
import { PLAYGROUND_POLICY, type PlaygroundStart, playgroundPage } from "./playground-page.js";

export type { PlaygroundStart } from "./playground-page.js";

/** Serves GraphiQL at `/playground`, and at `/graphql` for browsers. */
export function addPlayground(http: FastifyInstance, start: () => PlaygroundStart): void {
  const assets = openPlaygroundAssets();
  http.get("/playground", (_request, reply) => sendPage(reply, start()));
  http.addHook("onRequest", async (request, reply) => {
    if (isPageOfGraphql(request)) await sendPage(reply, start());
  });
  for (const name of PLAYGROUND_FILES) {
    // The asset is already compressed.
    http.get(`/playground/${name}`, { compress: false }, async (request, reply) =>
      // Web workers do not inherit the page's policy, so send it with every file.
      sendAsset(request, secure(reply).header("cache-control", "no-cache"), await assets.get(name)),
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

function secure(reply: FastifyReply): FastifyReply {
  return reply
    .header("content-security-policy", PLAYGROUND_POLICY)
    .header("cross-origin-resource-policy", "same-origin");
}
