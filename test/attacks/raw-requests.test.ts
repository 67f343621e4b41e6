import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { INTERNAL } from "../support/internal.js";
import { type RawAnswer, sendRaw } from "../support/raw-http.js";
import { SECURITY_HEADERS, startWithEveryPage } from "../support/security-headers.js";
import { TestServer } from "../support/server.js";
import { WAIT_TIMEOUT_MS } from "../support/wait-timeout.js";
import { oneIn, runs } from "../support/runs.js";

/** To run more: `PROPERTY_RUNS=100 FUZZ_SEED=7 npx vitest run test/attacks/raw-requests.test.ts`. */
const RUNS = runs(15);
const SEED = Number(process.env["FUZZ_SEED"] ?? 1);

const PATHS = [
  ...["/graphql", "/graphql?query=%7B__typename%7D", "/health/live", "/openapi.json", "/nothing"],
  ...["/playground", "/docs", "/api/boomerang/payment_charges", "/pockets/a/charge/"],
  ...["/badje/v1/pockets/a/b/", "/api/boomerang/payment_charges/1?page[size]=1"],
];

let server: TestServer;
let token: string;

beforeAll(async () => {
  server = await startWithEveryPage();
  token = (await server.createMerchant()).token;
});

afterAll(() => server.stop());

/** The headers that SECURITY.md promises for every response. */
function expectClaimedHeaders({ headers }: RawAnswer): void {
  expect(headers).toMatchObject(SECURITY_HEADERS);
  expect(headers["content-security-policy"]).toContain("default-src 'none'");
  expect(headers["x-powered-by"]).toBeUndefined();
}

function expectDecent(answer: RawAnswer, sent: string): void {
  const what = `${sent.slice(0, 500)}\n${JSON.stringify(answer).slice(0, 1_000)}`;
  expect(answer.status, what).toBeGreaterThanOrEqual(200);
  expect(answer.status, what).toBeLessThan(500);
  if (answer.status >= 400) {
    expect(answer.body, what).not.toMatch(INTERNAL);
    if (answer.body !== "") expect(JSON.parse(answer.body), what).toBeTypeOf("object");
  }
  expectClaimedHeaders(answer);
}

interface Request {
  readonly line: string;
  readonly headers: readonly string[];
  readonly body: string;
}

function written({ line, headers, body }: Request): string {
  return `${[line, ...headers].join("\r\n")}\r\n\r\n${body}`;
}

async function expectDecentAnswer(sent: string): Promise<RawAnswer> {
  const answer = await sendRaw(server.url, sent);
  expectDecent(answer, sent);
  return answer;
}

const HOSTS = [
  ...["", " ", "localhost", "localhost:4000", "LocalHost.", "127.0.0.1", "[::1]:80", "localhost:"],
  ...["localhost:0", "localhost:99999", "localhost:123456", "localhost:a", "user@localhost"],
  ...["[fe80::1%25eth0]", "[fe80::1%eth0]", "[::1", "::1", "[", "]", "[]", ":", "a:b:c", "a..b"],
  ...[
    "evil.example",
    "%6cocalhost",
    "a b",
    "a/b",
    "a?b",
    "a#b",
    "\\",
    "<script>",
    "\xe9",
    "*",
    "-",
  ],
  ...["a".repeat(300), "localhost, evil.example", "http://localhost", '"localhost"', "0x7f.1"],
];

describe("the host of a request", () => {
  const routes = PATHS.flatMap((path) => HOSTS.map((host) => [host.slice(0, 40), path, host]));
  it("never causes a 5xx, on any route", { timeout: 120_000 }, async () => {
    for (const [, path = "", host = ""] of oneIn(4, routes)) {
      for (const version of ["1.0", "1.1"]) {
        const line = `GET ${path} HTTP/${version}`;
        const headers = [`Host: ${host}`, "Connection: close"];
        await expectDecentAnswer(written({ line, headers, body: "" }));
      }
    }
  });

  it.each(PATHS)("is answered 400 when missing or given twice, at %s", async (path) => {
    for (const headers of [[], ["Host: localhost", "Host: localhost"]]) {
      const sent = {
        line: `GET ${path} HTTP/1.1`,
        headers: [...headers, "Connection: close"],
        body: "",
      };
      expect((await expectDecentAnswer(written(sent))).status).toBe(400);
    }
    const { status } = await expectDecentAnswer(`GET ${path} HTTP/1.0\r\n\r\n`);
    expect(status).toBe(path === "/health/live" ? 200 : 400);
  });
});

it("treats a target in absolute form like its path and host, and refuses what is no target", async () => {
  const port = new URL(server.url).port;
  const query = "/graphql?query=%7B__typename%7D";
  const json = "Content-Type: application/json";
  for (const [target, status] of [
    [`http://localhost:${port}${query}`, 200],
    [`HTTP://LOCALHOST${query}`, 200],
    [`http://evil.example${query}`, 421],
    [`http://user@localhost${query}`, 400],
    [`http://${query}`, 400],
    ["http://localhost", 404],
    ["http://[", 400],
    [`//evil.example${query}`, 404],
    [`/graphql#a?${query.split("?")[1]!}`, 400],
    [`${query}#a`, 400],
    [`${query}%23%ff`, 400],
  ] as const) {
    const sent = { line: `GET ${target} HTTP/1.1`, headers: ["Host: localhost", json], body: "" };
    const answer = await expectDecentAnswer(written(sent));
    expect(answer.status, target).toBe(status);
  }
});

describe("a response that Node.js would write itself", () => {
  const POST = ["POST /graphql HTTP/1.1", "Host: localhost"];
  it.each([
    ["an unsupported expectation", 417, [...POST, "Expect: a-miracle", "Content-Length: 1"], "{"],
    ["no host", 400, ["GET /graphql HTTP/1.1"], ""],
    ["no HTTP", 400, ["hello"], ""],
    ["an unknown method", 400, ["CHARGE / HTTP/1.1", "Host: localhost"], ""],
    ["another version", 400, ["GET / HTTP/7.3", "Host: localhost"], ""],
    ["HTTP/2", 400, ["PRI * HTTP/2.0"], "SM\r\n\r\n"],
    ["a proxy's method", 405, ["CONNECT evil.example:443 HTTP/1.1", "Host: evil.example:443"], ""],
    ["two lengths", 400, [...POST, "Content-Length: 1", "Content-Length: 2"], "{}"],
    [
      "a length and chunks",
      400,
      [...POST, "Content-Length: 1", "Transfer-Encoding: chunked"],
      "0\r\n\r\n",
    ],
    [
      "a chunk without a size",
      400,
      [...POST, "Content-Type: application/json", "Transfer-Encoding: chunked"],
      "zz\r\n",
    ],
    [
      "a chunk extension that is too long",
      413,
      [...POST, "Content-Type: application/json", "Transfer-Encoding: chunked"],
      `1;${"a".repeat(20_000)}\r\n{\r\n`,
    ],
    ["headers that are too large", 431, ["GET / HTTP/1.1", `X: ${"a".repeat(20_000)}`], ""],
    ["a header's name that is too large", 431, ["GET / HTTP/1.1", `${"a".repeat(20_000)}: 1`], ""],
    ["a header without a colon", 400, ["GET / HTTP/1.1", "Host: localhost", "hello"], ""],
  ] as const)("has the security headers: %s", async (_, status, head, body) => {
    const [line = "", ...headers] = head;
    const answer = await sendRaw(server.url, written({ line, headers, body }));
    expect(answer.status, JSON.stringify(answer)).toBe(status);
    expectDecent(answer, line);
  });

  it.each([
    ["above the number of connections", { connections: 0 }, "", 503],
    [
      "when the request does not arrive in time",
      { clientTimeoutMs: 200 },
      "POST /graphql HTTP/1.1\r\nHost: localhost\r\n",
      408,
    ],
  ])("has the security headers %s", async (_, httpLimits, sent, status) => {
    const limited = await TestServer.start({ httpLimits });
    try {
      const answer = await sendRaw(limited.url, sent);
      expect(answer.status).toBe(status);
      expectClaimedHeaders(answer);
    } finally {
      await limited.stop();
    }
  });
});

describe("random requests over a socket", () => {
  const method = fc.constantFrom(
    ...["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND"],
    ...["get", "QUERY", "M-SEARCH", "CHARGE", "", "G\xe9T"],
  );
  const raw = fc
    .array(fc.integer({ min: 1, max: 255 }), { maxLength: 20 })
    .map((codes) => String.fromCharCode(...codes).replaceAll(/[\r\n]/g, ""));
  const path = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...PATHS) },
    { weight: 2, arbitrary: raw.map((text) => `/${text}`) },
    fc.constantFrom(
      "*",
      "/",
      "//a/graphql",
      "/%",
      "/%zz",
      "/graphql%00",
      "/\xe9",
      "/a b",
      "",
      "?",
      "#",
    ),
    fc.constantFrom("evil.example:443", "localhost:80", "/graphql?query=%", "/graphql#?query={a}"),
    fc
      .tuple(
        fc.constantFrom("http", "https", "ftp", "HTTP", "file"),
        fc.constantFrom(...HOSTS),
        fc.constantFrom(...PATHS),
      )
      .map(([scheme, host, rest]) => `${scheme}://${host}${rest}`),
  );
  const type = fc.constantFrom(
    ...["application/json", "Application/JSON", 'application/json;charset="UTF-8"', "text/plain"],
    ...[
      "application/json; charset=utf-16",
      'application/vnd.api+json; ext="a"',
      "a",
      "/",
      ";",
      "a/b;c",
    ],
    ...[
      "application/vnd.api+json",
      "multipart/form-data",
      'multipart/form-data; boundary="',
      "",
      "\xff/\xff",
    ],
  );
  const header = fc.oneof(
    fc.constantFrom(...HOSTS).map((host) => `Host: ${host}`),
    type.map((text) => `Content-Type: ${text}`),
    type.map((text) => `Accept: ${text};q=0.5, ${text}`),
    raw.map((text) => `Accept: ${text}`),
    raw.map((text) => `Authorization: ${text}`),
    raw.map((text) => `Idempotency-Key: "${text}"`),
    fc
      .constantFrom(
        "gzip",
        "GZIP",
        "x-gzip",
        "br",
        "deflate",
        "identity",
        "zstd",
        "gzip, gzip",
        ",",
        "*",
      )
      .map((text) => `Content-Encoding: ${text}`),
    fc.constantFrom(
      ...[
        "Expect: 100-continue",
        "Expect: x",
        "Upgrade: websocket",
        "Upgrade: h2c",
        "Connection: Upgrade",
      ],
      ...[
        "HTTP2-Settings: AAMAAABkAAQAAP__",
        "X-Forwarded-Host: evil.example",
        "Forwarded: host=a",
      ],
      ...["Content-Length: 5", "Content-Length: 0", "Content-Length: -1", "Content-Length: 1e3"],
      ...["Transfer-Encoding: chunked", "Transfer-Encoding: gzip", "Transfer-Encoding: xchunked"],
      ...["Origin: null", "Access-Control-Request-Method: POST", "TE: trailers", "Trailer: Host"],
      ...[
        "Range: bytes=0-",
        "If-None-Match: *",
        "Cookie: a=b",
        "Accept-Encoding: gzip;q=x",
        "X",
        ": a",
      ],
    ),
    raw.map((text) => `X-Raw: ${text}`),
    raw.map((text) => `${text}: 1`),
  );
  const request = fc.record({
    method,
    path,
    version: fc.constantFrom("1.1", "1.1", "1.1", "1.0", "2.0", "9"),
    hasHost: fc.boolean(),
    hasToken: fc.boolean(),
    headers: fc.array(header, { maxLength: 5 }),
    body: fc.constantFrom(
      "",
      "{}",
      '5\r\n{"a":\r\n0\r\n\r\n',
      '{"query":"{__typename}"}',
      "\x1f\x8b\x08",
      "\0\0\0",
    ),
  });

  it("get a well-formed answer below 500", { timeout: WAIT_TIMEOUT_MS + RUNS * 500 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        request,
        async ({ method, path, version, hasHost, hasToken, headers, body }) => {
          const all = [
            ...(hasHost ? ["Host: localhost"] : []),
            ...(hasToken ? [`Authorization: Token ${token}`] : []),
            ...headers,
            "Connection: close",
          ];
          // End a request that is shorter than its Content-Length.
          const end = "\r\n0\r\n\r\n".padEnd(1_100, " ");
          await expectDecentAnswer(
            written({
              line: `${method} ${path} HTTP/${version}`,
              headers: all,
              body: body + end,
            }),
          );
        },
      ),
      { numRuns: RUNS * 5, seed: SEED },
    );
    expect(server.logged.filter((line) => /"level":[56]0/.test(line))).toEqual([]);
  });
});
