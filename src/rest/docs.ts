import { readFileSync } from "node:fs";
import { join } from "node:path";
import swaggerUi from "@fastify/swagger-ui";
import type { FastifyInstance, FastifyReply } from "fastify";
import { jsonInHtml } from "../http/compressed-asset.js";
import { PACKAGE_ROOT } from "../shared/package-root.js";

/** The initial content of `/docs`. */
export interface DocsStart {
  /** The value of the Authorization header with which the page starts; null if the reader enters a token. */
  readonly authorization: string | null;
  /** By operation, the values of examples that do not exist on this server, and those that replace them. */
  readonly examples: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Serves the OpenAPI document at `/docs`, for people: Swagger UI with a page of our own. */
export async function addDocs(rest: FastifyInstance, start: () => DocsStart): Promise<void> {
  await rest.register(swaggerUi, {
    routePrefix: "/docs",
    staticCSP: READER_POLICY,
    theme: { css: [ownFile("docs.css")], js: [ownFile("docs.js")] },
    uiHooks: {
      onRequest: (request, reply, done) => {
        const { url } = request.routeOptions;
        if (url === "/docs" || url === "/docs/") sendPage(reply, start());
        else done();
      },
    },
  });
}

/** Allows only what the viewer needs: no other hosts and no inline scripts. */
const READER_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

function ownFile(filename: string): { filename: string; content: string } {
  return { filename, content: readFileSync(join(PACKAGE_ROOT, "public/docs", filename), "utf8") };
}

function sendPage(reply: FastifyReply, start: DocsStart): void {
  // The page contains a token: no other origin may read it, even one that may call the API.
  reply.removeHeader("access-control-allow-origin");
  reply
    .header("cross-origin-resource-policy", "same-origin")
    .header("content-type", "text/html; charset=utf-8")
    .header("cache-control", "no-store")
    .send(pageOf(start));
}

function pageOf(start: DocsStart): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>Pocketcharge over REST</title>
    <link rel="icon" type="image/png" href="/docs/static/favicon-32x32.png" />
    <link rel="stylesheet" href="/docs/static/swagger-ui.css" />
    <link rel="stylesheet" href="/docs/static/theme/docs.css" />
    <script id="start" type="application/json">${jsonInHtml(start)}</script>
    <script src="/docs/static/swagger-ui-bundle.js" defer></script>
    <script src="/docs/static/theme/docs.js" type="module"></script>
  </head>
  <body>
    <noscript>This page needs JavaScript. The document is at /openapi.json.</noscript>
    <div id="docs"></div>
  </body>
</html>
`;
}
