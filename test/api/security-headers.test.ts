import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SECURITY_HEADERS, startWithEveryPage } from "../support/security-headers.js";
import type { TestServer } from "../support/server.js";

let server: TestServer;
let token: string;

beforeAll(async () => {
  server = await startWithEveryPage();
  token = (await server.createMerchant()).token;
});

afterAll(() => server.stop());

interface Sent {
  method?: string;
  path: string;
  headers?: Record<string, string>;
  body?: string;
}

interface Received {
  status: number | undefined;
  headers: Record<string, string | string[] | undefined>;
}

/** Sends the path unchanged, because `fetch` refuses malformed ones. */
function send({ method = "GET", path, headers = {}, body = "" }: Sent): Promise<Received> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(server.url);
    const authorized = { authorization: `Token ${token}`, ...headers };
    const sent = request({ hostname, port, method, path, headers: authorized }, (answer) => {
      answer.resume().on("end", () => {
        resolve({ status: answer.statusCode, headers: answer.headers });
      });
    });
    sent.on("error", reject).end(body);
  });
}

const JSON_TYPE = { "content-type": "application/json" };
const GRAPHQL = { method: "POST", path: "/graphql", headers: JSON_TYPE };
const CHARGES = "/api/boomerang/payment_charges";

const ANSWERS: [what: string, status: number, sent: Sent][] = [
  ["a query", 200, { ...GRAPHQL, body: '{"query":"{ __typename }"}' }],
  ["a malformed query", 400, { ...GRAPHQL, body: '{"query":"{"}' }],
  ["a body that is no JSON", 400, { ...GRAPHQL, body: "{" }],
  ["a body that is too large", 413, { ...GRAPHQL, body: `"${"x".repeat(1_000_001)}"` }],
  [
    "a bad token",
    401,
    { ...GRAPHQL, headers: { ...JSON_TYPE, authorization: "Token pct_0" }, body: "{}" },
  ],
  ["a path of nothing", 404, { path: "/nothing" }],
  ["the path /, for a program", 404, { path: "/" }],
  ["the icon", 200, { path: "/favicon.ico" }],
  ["a page of the documentation", 200, { path: "/documentation/errors.md" }],
  ["a path that cannot be read", 400, { path: "/%" }],
  ["another method", 405, { method: "DELETE", path: "/graphql" }],
  ["REST", 200, { path: CHARGES }],
  ["REST that is refused", 400, { path: `${CHARGES}?page=1` }],
  ["the OpenAPI document", 200, { path: "/openapi.json" }],
  [
    "a preflight",
    204,
    {
      ...{ method: "OPTIONS", path: "/graphql" },
      headers: { origin: "https://a.example", "access-control-request-method": "POST" },
    },
  ],
];
const PAGES: [what: string, status: number, sent: Sent][] = [
  ["the playground", 200, { path: "/playground" }],
  [
    "the playground in place of /graphql",
    200,
    { path: "/graphql", headers: { accept: "text/html" } },
  ],
  ["a script of the playground", 200, { path: "/playground/playground.js" }],
  ["the console", 200, { path: "/console" }],
  ["the page at /", 200, { path: "/", headers: { accept: "text/html" } }],
  ["the reader of the OpenAPI document", 200, { path: "/docs/" }],
];

/** Only the server's own pages may load a page that can contain a token. */
const WITH_TOKEN = /playground|console|reader/;

describe.each([...ANSWERS, ...PAGES])("%s", (what, status, sent) => {
  it("has the security headers, and no cookie", async () => {
    const answer = await send(sent);
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject({
      ...SECURITY_HEADERS,
      "cross-origin-resource-policy": WITH_TOKEN.test(what) ? "same-origin" : "cross-origin",
    });
    const policy = String(answer.headers["content-security-policy"]);
    for (const rule of ["default-src", "base-uri", "form-action", "frame-ancestors"]) {
      expect(policy).toContain(`${rule} 'none'`);
    }
    expect(policy).not.toMatch(/https?:|unsafe-eval|script-src[^;]*unsafe-inline/);
    expect(answer.headers["set-cookie"]).toBeUndefined();
    expect(answer.headers["x-powered-by"]).toBeUndefined();
  });
});

it.each(["/docs", "/docs/", "/playground", "/console"])(
  "%s, which can contain a token, is not readable by other origins",
  async (path) => {
    const { status, headers } = await send({ path, headers: { origin: "https://a.example" } });
    expect([status, headers["access-control-allow-origin"]]).toEqual([200, undefined]);
    expect(headers["cache-control"]).toBe("no-store");
  },
);

it.each(ANSWERS)(
  "%s is not treated as a page: browsers run and load nothing",
  async (_, status, sent) => {
    const answer = await send(sent);
    expect(answer.status).toBe(status);
    expect(answer.headers["content-security-policy"]).toBe(
      "default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'",
    );
  },
);

it.each([
  ["text/plain", { "content-type": "text/plain" }],
  ["a form", { "content-type": "application/x-www-form-urlencoded" }],
  ["no type", {}],
])("a foreign page cannot send a mutation without a preflight: %s", async (_, headers) => {
  const body = '{"query":"mutation { createOrder(input: {}) { order { id } } }"}';
  const answer = await send({ method: "POST", path: "/graphql", headers, body });
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(answer.status).toBeLessThan(500);
  const { rows } = await server.database.pool.query("select from orders");
  expect(rows).toEqual([]);
});
