import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Metrics } from "../../src/observability/metrics/metrics.js";
import { LOOPBACK_HOSTS } from "../../src/shared/host.js";
import { type RawAnswer, sendRaw } from "../support/raw-http.js";
import { TestServer } from "../support/server.js";

const PLAYGROUND = {
  playground: () => ({ headers: '{"Authorization":"Token secret"}', tabs: [] }),
};

function get(server: TestServer, path: string, host: string, more = ""): Promise<RawAnswer> {
  const head = `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n${more}`;
  return sendRaw(server.url, `${head}\r\n`);
}

const PATHS = [
  ...["/playground", "/graphql?query=%7B__typename%7D", "/openapi.json", "/nothing", "/docs/"],
  ...["/api/boomerang/payment_charges", "/pockets/a/charge/", "/playground/playground.js"],
];

describe("a server on loopback", () => {
  let server: TestServer;

  beforeAll(async () => {
    const allowedHosts = [...LOOPBACK_HOSTS, "api.example.com", "[2001:db8::1]"];
    server = await TestServer.start({ ...PLAYGROUND, corsOrigins: ["*"], allowedHosts });
  });
  afterAll(() => server.stop());

  it.each(PATHS)(
    "answers %s with 421 for another host, and mentions ALLOWED_HOSTS",
    async (path) => {
      for (const host of [
        "evil.example",
        "evil.example:4000",
        "localhost.evil.example",
        "192.168.0.1",
      ]) {
        const answer = await get(server, path, host, "Accept: text/html\r\n");
        expect(answer.status, host).toBe(421);
        expect(answer.body).toContain("ALLOWED_HOSTS");
        expect(answer.body).not.toContain("secret");
        expect(JSON.stringify(answer.headers)).not.toContain("access-control-allow-origin");
        expect(answer.headers["content-security-policy"]).toContain("default-src 'none'");
      }
    },
  );

  it.each([
    ...["localhost", "LOCALHOST:1", "localhost.", "127.0.0.1", "127.0.0.1:4000", "[::1]:4000"],
    ...["[0:0:0:0:0:0:0:1]", "api.example.com", "API.Example.com.:443", "[2001:DB8:0::1]:80"],
  ])("answers to %s", async (host) => {
    const { status, body } = await get(server, "/playground", host);
    expect(status).toBe(200);
    expect(body).toContain("secret");
  });

  it("ignores X-Forwarded-Host", async () => {
    const forwarded = "X-Forwarded-Host: localhost\r\n";
    expect((await get(server, "/playground", "evil.example", forwarded)).status).toBe(421);
  });

  it("reports its health to probes under any name", async () => {
    for (const path of ["/health/live", "/health/ready"]) {
      expect((await get(server, path, "10.1.2.3:4000")).status).toBe(200);
    }
  });
});

describe("a server behind a trusted proxy", () => {
  it("checks both Host and X-Forwarded-Host", async () => {
    const server = await TestServer.start({
      allowedHosts: ["api.example.com", "upstream"],
      trustedProxies: ["loopback"],
    });
    try {
      for (const [host, forwarded, status] of [
        ["upstream", "api.example.com", 404],
        ["upstream", "evil.example", 421],
        ["evil.example", "api.example.com", 421],
        ["upstream", "[", 400],
      ] as const) {
        const more = `X-Forwarded-Host: ${forwarded}\r\n`;
        expect((await get(server, "/nothing", host, more)).status, forwarded).toBe(status);
      }
    } finally {
      await server.stop();
    }
  });
});

describe("a server that has no list of hosts", () => {
  it("answers to every host, and to HTTP/1.0 without one", async () => {
    const server = await TestServer.start({ allowedHosts: undefined });
    try {
      expect((await get(server, "/openapi.json", "any.example")).status).toBe(200);
      expect((await sendRaw(server.url, "GET /openapi.json HTTP/1.0\r\n\r\n")).status).toBe(200);
      expect((await get(server, "/openapi.json", "a@b")).status).toBe(400);
    } finally {
      await server.stop();
    }
  });
});

describe("metrics", () => {
  it("are served for any address, but not for another name", async () => {
    const pool = { totalCount: 0, idleCount: 0, waitingCount: 0 };
    const counted = new Metrics(pool, { states: [] });
    const server = await TestServer.start({ metrics: { counted, text: () => counted.text() } });
    try {
      expect((await get(server, "/metrics", "10.1.2.3:4000")).status).toBe(200);
      expect((await get(server, "/metrics", "evil.example")).status).toBe(421);
    } finally {
      await server.stop();
    }
  });
});
