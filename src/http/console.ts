import { randomBytes } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { FastifyInstance, FastifyReply } from "fastify";
import { PACKAGE_ROOT } from "../shared/package-root.js";
import { CompressedAssets, jsonInHtml, sendAsset } from "./compressed-asset.js";

/** What the console's page begins with. */
export interface ConsoleStart {
  /** The demo's token, with which the console signs in by itself; null without one. */
  readonly token: string | null;
  readonly hasPlayground: boolean;
}

const BUILT = join(PACKAGE_ROOT, "console/dist");

/**
 * Serves the console, whose addresses all begin with `/console`. It uses the public API like every other client: the
 * server has no other route for it.
 */
export function addConsole(http: FastifyInstance, start: () => ConsoleStart): void {
  const page = readFileSync(join(BUILT, "index.html"), "utf8");
  const assets = new CompressedAssets((name) => readFile(join(BUILT, "assets", name), "utf8"));
  for (const name of readdirSync(join(BUILT, "assets"))) {
    // The asset is already compressed. Its name contains a hash of its content.
    http.get(`/console/assets/${name}`, { compress: false }, async (request, reply) =>
      sendAsset(
        request,
        secure(reply, "").header("cache-control", "public, max-age=31536000, immutable"),
        await assets.get(name),
      ),
    );
  }
  http.get("/console/assets/*", (_request, reply) => {
    reply.callNotFound();
    return reply;
  });
  // The page finds out itself which of its views belongs to an address.
  for (const path of ["/console", "/console/*"]) {
    http.get(path, (_request, reply) => sendPage(reply, page, start()));
  }
}

function sendPage(reply: FastifyReply, page: string, start: ConsoleStart): FastifyReply {
  const nonce = randomBytes(16).toString("base64");
  // The page may contain a token: no other origin may read it, even one that may call the API.
  reply.removeHeader("access-control-allow-origin");
  return secure(reply, nonce)
    .header("content-type", "text/html; charset=utf-8")
    .header("cache-control", "no-store")
    .send(page.replace("__NONCE__", nonce).replace("__START__", () => jsonInHtml(start)));
}

/**
 * Allows only this server's own files and requests.
 *
 * @param nonce allows the style elements that the page's component library adds; empty for none.
 */
function secure(reply: FastifyReply, nonce: string): FastifyReply {
  return reply
    .header(
      "content-security-policy",
      [
        "default-src 'none'",
        "script-src 'self'",
        nonce === "" ? "style-src 'self'" : `style-src 'self' 'nonce-${nonce}'`,
        "img-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
      ].join("; "),
    )
    .header("cross-origin-resource-policy", "same-origin");
}
