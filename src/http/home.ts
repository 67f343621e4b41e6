import { existsSync, readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { FastifyInstance, FastifyReply } from "fastify";
import { PACKAGE_ROOT } from "../shared/package-root.js";
import { acceptsPage } from "./header-values.js";
import { HOME_POLICY, type HomePageOptions, homePage } from "./home-page.js";

const DOCUMENTATION = join(PACKAGE_ROOT, "docs");

/**
 * Serves a page at `/` to browsers; programs get the same 404 as at any other unknown path. Also serves the page's icon,
 * and the documentation as plain text.
 */
export function addHome(
  http: FastifyInstance,
  pages: Pick<HomePageOptions, "hasPlayground" | "hasConsole">,
): void {
  const guides = existsSync(DOCUMENTATION)
    ? readdirSync(DOCUMENTATION, { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".md"))
        .map((name) => name.replaceAll("\\", "/"))
    : [];
  const html = homePage({ ...pages, hasDocumentation: guides.length > 0 });
  http.get("/", async (request, reply) => {
    const others = reply.getHeader("vary");
    reply.header("vary", others === undefined ? "accept" : `${String(others)}, accept`);
    if (!acceptsPage(request.headers.accept)) {
      reply.callNotFound();
      return reply;
    }
    return reply
      .header("content-security-policy", HOME_POLICY)
      .header("cache-control", "no-cache")
      .type("text/html; charset=utf-8")
      .send(html);
  });
  const file = (path: string, type: string) => async (_: unknown, reply: FastifyReply) =>
    reply
      .type(type)
      .header("cache-control", "no-cache")
      .send(await readFile(path, "utf8"));
  const styles = join(PACKAGE_ROOT, "public/home/home.css");
  http.get("/home.css", file(styles, "text/css; charset=utf-8"));
  const icon = join(PACKAGE_ROOT, "public/playground/icon.svg");
  http.get("/favicon.ico", file(icon, "image/svg+xml"));
  for (const name of guides) {
    const path = join(DOCUMENTATION, name);
    http.get(`/documentation/${name}`, file(path, "text/plain; charset=utf-8"));
  }
}
