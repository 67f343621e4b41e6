import { readdirSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TestServer } from "../support/server.js";

const BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

let server: TestServer;
let withPlayground: TestServer;

beforeAll(async () => {
  const start = { headers: "{}", tabs: [] };
  server = await TestServer.start();
  withPlayground = await TestServer.start({
    playground: () => start,
    console: () => ({ token: null, hasPlayground: true }),
  });
});

afterAll(async () => {
  await withPlayground.stop();
  await server.stop();
});

function open(path: string, accept: string, from = withPlayground): Promise<Response> {
  return fetch(new URL(path, from.url), { headers: { accept } });
}

describe("the page at /", () => {
  it("links only pages that exist, and says what the server is", async () => {
    const response = await open("/", BROWSER);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    const html = await response.text();
    expect(html).toContain("<title>Pocketcharge</title>");
    const links = [...html.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, link = ""]) => link);
    for (const link of [
      "/console",
      "/playground",
      "/docs",
      "/openapi.json",
      "/health/ready",
      "/home.css",
    ])
      expect(links).toContain(link);
    expect(links.filter((link) => link.startsWith("/documentation/")).length).toBeGreaterThan(3);
    // On a busy machine, the health check may report that the database is slow.
    for (const link of new Set(links))
      expect([200, 503]).toContain((await open(link, BROWSER)).status);
  });

  it("has a policy that allows only this server's style sheet and icon", async () => {
    const { headers } = await open("/", BROWSER);
    expect(headers.get("content-security-policy")).toBe(
      "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect(await (await open("/", BROWSER)).text()).not.toMatch(/<script|<style| style=| on\w+=/);
  });

  it.each(["application/json", "*/*", "text/html, application/json"])(
    "does not exist for programs that accept %s, as before, and caches tell them apart",
    async (accept) => {
      const response = await open("/", accept);
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({
        errors: [{ extensions: { code: "NOT_FOUND" } }],
      });
      expect(response.headers.get("vary")).toBe("accept");
      expect((await open("/", BROWSER)).headers.get("vary")).toBe("accept");
    },
  );

  it("does not link a playground that is off", async () => {
    expect(await (await open("/", BROWSER, server)).text()).not.toContain("/playground");
  });
});

it("serves an icon to browsers that request it without a page", async () => {
  const response = await open("/favicon.ico", "image/*");
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("image/svg+xml");
  expect(await response.text()).toMatch(/^<svg /);
});

it("serves every page of the documentation as text, and no other file", async () => {
  const names = readdirSync("docs").filter((name) => name.endsWith(".md"));
  expect(names.length).toBeGreaterThan(10);
  for (const name of names) {
    const response = await open(`/documentation/${name}`, BROWSER);
    expect(response.headers.get("content-type"), name).toBe("text/plain; charset=utf-8");
    expect(await response.text(), name).toMatch(/^# /);
  }
  for (const path of ["/documentation/", "/documentation/..%2fpackage.json", "/documentation/x.md"])
    expect((await open(path, BROWSER)).status, path).toBe(404);
});
