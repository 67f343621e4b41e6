import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TestServer } from "../support/server.js";

const TOKEN = "pct_</script><script>";

let server: TestServer;
let without: TestServer;

beforeAll(async () => {
  server = await TestServer.start({ console: () => ({ token: TOKEN, hasPlayground: false }) });
  without = await TestServer.start();
});

afterAll(async () => {
  await server.stop();
  await without.stop();
});

function open(path: string, headers: Record<string, string> = {}, from = server) {
  return fetch(new URL(path, from.url), { headers });
}

describe("the console's page", () => {
  it.each(["/console", "/console/", "/console/pockets/a-group/989120000000", "/console/x?a=b"])(
    "is at %s, because the page itself finds the view of an address",
    async (path) => {
      const response = await open(path);
      expect(response.status).toBe(200);
      expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
      expect(await response.text()).toContain("<title>Pocketcharge console</title>");
    },
  );

  it("allows only this server's files and requests, and styles with a nonce of their own response", async () => {
    const pages = await Promise.all([open("/console"), open("/console")]);
    const nonces = await Promise.all(
      pages.map(async (page) => {
        const policy = page.headers.get("content-security-policy");
        const nonce = /'nonce-([^']+)'/.exec(policy ?? "")?.[1] ?? "";
        expect(policy).toBe(
          `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${nonce}'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
        );
        expect(await page.text()).toContain(`content="${nonce}"`);
        return nonce;
      }),
    );
    expect(new Set(nonces).size).toBe(2);
    expect(nonces.every((nonce) => nonce.length >= 22)).toBe(true);
  });

  it("contains the token as data, which cannot become markup", async () => {
    const html = await (await open("/console")).text();
    const start = /<script id="start"[^>]*>([^<]*)<\/script>/.exec(html)?.[1] ?? "";
    expect(JSON.parse(start)).toEqual({ token: TOKEN, hasPlayground: false });
  });

  it("loads only files that exist, and that browsers keep until their content changes", async () => {
    const html = await (await open("/console")).text();
    const files = [...html.matchAll(/(?:src|href)="(\/console\/[^"]+)"/g)].map(([, file]) => file!);
    expect(files.length).toBeGreaterThan(1);
    for (const file of files) {
      const response = await open(file);
      expect(response.status).toBe(200);
      expect(response.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
      const etag = response.headers.get("etag") ?? "";
      expect((await open(file, { "if-none-match": etag })).status).toBe(304);
    }
  });

  it("has at most 250 kB of scripts and styles at its first view, compressed", async () => {
    const html = await (await open("/console")).text();
    const files = [...html.matchAll(/(?:src|href)="(\/console\/[^"]+)"/g)].map(([, file]) => file!);
    const sizes = await Promise.all(
      files.map(async (file) => {
        const { headers } = await open(file, { "accept-encoding": "gzip" });
        expect(headers.get("content-encoding")).toBe("gzip");
        return Number(headers.get("content-length"));
      }),
    );
    expect(sizes.every((size) => size > 0)).toBe(true);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(250_000);
  });

  it("answers 404 for a file of another build, so that no page is taken for a script", async () => {
    expect((await open("/console/assets/index-00000000.js")).status).toBe(404);
    expect((await open("/console/assets/..%2findex.html")).status).toBe(404);
  });

  it("does not exist if it is off", async () => {
    expect((await open("/console", {}, without)).status).toBe(404);
    expect(await (await open("/", { accept: "text/html" }, without)).text()).not.toContain(
      "/console",
    );
  });
});
