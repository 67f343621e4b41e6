import { createHash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { request } from "undici";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { accepted, createCharge } from "../support/payments.js";
import { TestServer } from "../support/server.js";

const ALLOWED = "https://app.example.com";
const WITH_PORT = "http://127.0.0.1:8080";
const REST_PATHS = ["/api/boomerang/payment_charges", "/pockets/any-group/charge/"];

let closed: TestServer;
let listed: TestServer;
let local: TestServer;
let open: TestServer;

beforeAll(async () => {
  closed = await TestServer.start();
  listed = await TestServer.start({ corsOrigins: [ALLOWED, WITH_PORT] });
  local = await TestServer.start({ corsOrigins: ["localhost", ALLOWED] });
  open = await TestServer.start({ corsOrigins: ["*"] });
});
afterAll(async () => {
  await closed.stop();
  await listed.stop();
  await local.stop();
  await open.stop();
});

/** A response as sent over the network, not decompressed. */
interface RawAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

async function send(
  server: TestServer,
  { path = "/graphql", ...options }: Parameters<typeof request>[1] & { path?: string },
): Promise<RawAnswer> {
  const answer = await request(new URL(path, server.url), options);
  const body = Buffer.from(await answer.body.arrayBuffer());
  return { status: answer.statusCode, headers: answer.headers, body };
}

/** Sends a request as a browser does for a page's script. */
function sendFrom(origin: string, server: TestServer, path = "/graphql"): Promise<RawAnswer> {
  if (path !== "/graphql") return send(server, { path, headers: { origin } });
  return send(server, {
    method: "POST",
    headers: { origin, "content-type": "application/json" },
    body: JSON.stringify({ query: "{ __typename }" }),
  });
}

/** The preflight that a browser sends before a page of another origin may send a token or JSON. */
function preflight(
  origin: string,
  server: TestServer,
  path = "/graphql",
  method = "POST",
): Promise<RawAnswer> {
  return send(server, {
    path,
    method: "OPTIONS",
    headers: {
      origin,
      "access-control-request-method": method,
      "access-control-request-headers": "authorization,content-type",
    },
  });
}

function accessControlOf({ headers }: RawAnswer): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => name.startsWith("access-control-")),
  );
}

/** The items of a list header. */
function listIn({ headers }: RawAnswer, name: string): string[] {
  const value = String(headers[name] ?? "").toLowerCase();
  return value.split(",").map((item) => item.trim());
}

describe("by default, a page of another origin", () => {
  it.each(["/graphql", ...REST_PATHS])("may read no answer of %s", async (path) => {
    expect(accessControlOf(await sendFrom(ALLOWED, closed, path))).toEqual({});
  });

  it.each(["/graphql", ...REST_PATHS])("is refused by a preflight to %s", async (path) => {
    const answer = await preflight(ALLOWED, closed, path);
    expect(accessControlOf(answer)).toEqual({});
    expect(answer.status).toBeGreaterThanOrEqual(400);
  });
});

describe("with a list of origins", () => {
  it.each([ALLOWED, WITH_PORT])("a page of %s may read answers", async (origin) => {
    const answer = await sendFrom(origin, listed);
    expect(answer.status).toBe(200);
    expect(answer.headers["access-control-allow-origin"]).toBe(origin);
  });

  it.each(["/graphql", ...REST_PATHS])(
    "a listed page may send a token and JSON to %s",
    async (path) => {
      const answer = await preflight(ALLOWED, listed, path);
      expect(answer.status).toBeLessThan(300);
      expect(answer.headers["access-control-allow-origin"]).toBe(ALLOWED);
      expect(listIn(answer, "access-control-allow-headers")).toEqual(
        expect.arrayContaining(["authorization", "content-type"]),
      );
      expect(listIn(answer, "access-control-allow-methods")).toEqual(
        expect.arrayContaining(["get", "post"]),
      );
    },
  );

  it("a listed page may change a payment charge by REST", async () => {
    const path = `${REST_PATHS[0]!}/01988f7a-0005-7000-8000-000000000000`;
    const answer = await preflight(ALLOWED, listed, path, "PUT");
    expect(answer.headers["access-control-allow-origin"]).toBe(ALLOWED);
    expect(listIn(answer, "access-control-allow-methods")).toContain("put");
  });

  it.each(REST_PATHS)("a listed page may read the errors of %s too", async (path) => {
    const answer = await sendFrom(ALLOWED, listed, path);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.headers["access-control-allow-origin"]).toBe(ALLOWED);
  });

  it.each([
    ["another host", "https://other.example.com"],
    ["a host below the listed one", "https://www.app.example.com"],
    ["a host that ends alike", "https://evilapp.example.com"],
    ["a host that begins alike", "https://app.example.com.evil.example"],
    ["another scheme", "http://app.example.com"],
    ["a port of its own", "https://app.example.com:8443"],
    ["another port", "http://127.0.0.1:8081"],
    ["no port", "http://127.0.0.1"],
    ["another name for the same address", "http://localhost:8080"],
    ["the host in another case", "https://APP.example.com"],
    ["a slash behind its origin", "https://app.example.com/"],
    ["no origin, as a file or a sandbox", "null"],
    ["a star for an origin", "*"],
  ])("a page that has %s may neither read nor send", async (_, origin) => {
    for (const answer of [await sendFrom(origin, listed), await preflight(origin, listed)]) {
      expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
    }
  });

  it("a cache does not reuse one page's response for another page", async () => {
    for (const origin of [ALLOWED, "https://other.example.com"]) {
      expect(listIn(await sendFrom(origin, listed), "vary")).toContain("origin");
    }
  });

  it("a page can read the request's id, Location and Retry-After", async () => {
    const answer = await sendFrom(ALLOWED, listed);
    expect(answer.headers["x-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
    expect(listIn(answer, "access-control-expose-headers").toSorted()).toEqual([
      "location",
      "retry-after",
      "x-request-id",
    ]);
  });

  it("no page may send the browser's stored credentials, such as cookies", async () => {
    for (const answer of [await sendFrom(ALLOWED, listed), await preflight(ALLOWED, listed)]) {
      expect(answer.headers["access-control-allow-credentials"]).toBeUndefined();
    }
  });

  it("other clients than browsers are not affected", async () => {
    const { data } = await listed.send(null, "{ __typename }");
    expect(data).toEqual({ __typename: "Query" });
  });
});

describe("with localhost, the default in development", () => {
  const pages = (host: string): string[] =>
    ["", ":1", ":3000", ":65535"].flatMap((port) => [
      `http://${host}${port}`,
      `https://${host}${port}`,
    ]);

  it.each(["localhost", "127.0.0.1", "[::1]", "app.localhost", "a.b-c.localhost"])(
    "a page of %s on any port may read and send",
    async (host) => {
      for (const origin of pages(host)) {
        for (const answer of [await sendFrom(origin, local), await preflight(origin, local)]) {
          expect(answer.status).toBeLessThan(300);
          expect(answer.headers["access-control-allow-origin"]).toBe(origin);
          expect(answer.headers["access-control-allow-credentials"]).toBeUndefined();
        }
      }
    },
  );

  it.each([
    ...["localhost.evil.example", "evillocalhost", "127.0.0.1.evil.example", "127.0.0.10"],
    ...["localhost@evil.example", "192.168.0.1", "evil.example#localhost", ".localhost"],
  ])("a page of %s may neither read nor send", async (host) => {
    for (const origin of [...pages(host), `ftp://${host}`, `http://localhost:80/${host}`]) {
      for (const answer of [await sendFrom(origin, local), await preflight(origin, local)]) {
        expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
      }
    }
  });

  it("allows the configured origins too, and each answer names only its own page", async () => {
    expect(accessControlOf(await sendFrom(ALLOWED, local))).toMatchObject({
      "access-control-allow-origin": ALLOWED,
    });
    expect(listIn(await sendFrom(ALLOWED, local), "vary")).toContain("origin");
    expect(accessControlOf(await sendFrom("https://b.example", local))).not.toHaveProperty(
      "access-control-allow-origin",
    );
  });
});

describe("a GraphQL request that a browser could send without a preflight", () => {
  const QUERY = "{ viewer { scopes } }";
  const url = (query = QUERY): string => `/graphql?query=${encodeURIComponent(query)}`;
  const URQL = {
    accept:
      "application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed",
  };

  function outcomeOf({ status, body }: RawAnswer): unknown[] {
    const { errors, data } = JSON.parse(body.toString()) as {
      data?: object | null;
      errors?: { message: string; extensions: { code: string } }[];
    };
    const blocked = errors?.some(({ message }) => message.includes("Cross-Site")) ?? false;
    return [status, blocked ? "blocked" : (errors?.[0]?.extensions.code ?? Object.keys(data!)[0])];
  }

  it("is answered if its Authorization header proves a preflight, and refused otherwise", async () => {
    const { token } = await closed.createMerchant();
    const cases: [Record<string, string>, unknown[]][] = [
      [{ authorization: `Token ${token}`, ...URQL }, [200, "viewer"]],
      [{ authorization: `Bearer ${token}` }, [200, "viewer"]],
      [{ authorization: `bearer   ${token}`, accept: "*/*" }, [200, "viewer"]],
      // Not understood, but a page cannot send it without a preflight either.
      [{ authorization: token }, [401, "UNAUTHENTICATED"]],
      [{ authorization: "Bearer undefined" }, [401, "UNAUTHENTICATED"]],
      [{ authorization: "BasicAuth x" }, [401, "UNAUTHENTICATED"]],
      [{}, [400, "blocked"]],
      [{ authorization: "" }, [400, "blocked"]],
      [{ authorization: "Basic dTpw" }, [400, "blocked"]],
      [{ authorization: "BASIC" }, [400, "blocked"]],
      [{ authorization: `basic dTpw, Token ${token}` }, [400, "blocked"]],
      [{ authorization: "Negotiate YII=" }, [400, "blocked"]],
      [{ authorization: "Basic dTpw", "apollo-require-preflight": "1" }, [401, "UNAUTHENTICATED"]],
    ];
    for (const [headers, expected] of cases) {
      const answer = await send(closed, { path: url(), headers });
      expect([headers, ...outcomeOf(answer)]).toEqual([headers, ...expected]);
    }
    // The browser's own credentials do not count as failed attempts of the user's address.
    const basic = { authorization: "Basic dTpw" };
    for (let attempt = 0; attempt < 30; attempt++)
      await send(closed, { path: url(), headers: basic });
    const after = await send(closed, { path: url(), headers: { authorization: `Token ${token}` } });
    expect(after.status).toBe(200);
  });

  it("changes nothing with a token: mutations by GET, and bodies that are not called JSON", async () => {
    const { token } = await closed.createMerchant();
    const authorization = `Token ${token}`;
    const mutation = `mutation { createCustomer(input: { name: "A" }) { customer { id } } }`;
    const got = await send(closed, { path: url(mutation), headers: { authorization } });
    expect(outcomeOf(got)).toEqual([405, "BAD_REQUEST"]);
    const body = JSON.stringify({ query: mutation });
    for (const type of [
      "text/plain",
      "text/plain;charset=UTF-8",
      "application/x-www-form-urlencoded",
      "multipart/form-data; boundary=x",
    ]) {
      const headers = { authorization, "content-type": type };
      const answer = await send(closed, { method: "POST", path: "/graphql", headers, body });
      expect([type, ...outcomeOf(answer)]).toEqual([type, 415, "BAD_REQUEST"]);
    }
    const { rows } = await closed.database.pool.query("select from customers");
    expect(rows).toEqual([]);
  });

  it.each(["/graphql", "/graphql/stream"])("is refused by HEAD: %s", async (path) => {
    const { token } = await closed.createMerchant();
    for (const accept of ["*/*", "text/event-stream"]) {
      const headers = { authorization: `Token ${token}`, accept };
      const target = `${path}?query=${encodeURIComponent(QUERY)}`;
      const answer = await send(closed, { method: "HEAD", path: target, headers });
      expect([answer.status, answer.headers.allow]).toEqual([405, "GET, POST"]);
    }
  });

  it("is answered for a page of an allowed origin, after a preflight that allows the header", async () => {
    const { token } = await listed.createMerchant();
    const asked = await preflight(ALLOWED, listed, url(), "GET");
    expect(listIn(asked, "access-control-allow-headers")).toContain("authorization");
    expect(listIn(asked, "access-control-allow-methods")).toContain("get");
    const headers = { origin: ALLOWED, authorization: `Token ${token}`, ...URQL };
    const answer = await send(listed, { path: url(), headers });
    expect(outcomeOf(answer)).toEqual([200, "viewer"]);
    expect(answer.headers["access-control-allow-origin"]).toBe(ALLOWED);
  });
});

describe("with the origin *", () => {
  it.each([ALLOWED, "http://localhost:1", "null"])("a page of %s may call", async (origin) => {
    for (const answer of [await sendFrom(origin, open), await preflight(origin, open)]) {
      expect(answer.status).toBeLessThan(300);
      expect(answer.headers["access-control-allow-origin"]).toBe("*");
      expect(answer.headers["access-control-allow-credentials"]).toBeUndefined();
    }
  });
});

describe("compression", () => {
  const LARGE = `{ __schema { types { name description fields { name description } } } }`;
  const SMALL = "{ __typename }";

  function ask(query: string, acceptEncoding?: string): Promise<RawAnswer> {
    return send(closed, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(acceptEncoding === undefined ? {} : { "accept-encoding": acceptEncoding }),
      },
      body: JSON.stringify({ query }),
    });
  }

  it.each([
    ["br", "br", brotliDecompressSync],
    ["gzip", "gzip", gunzipSync],
    ["gzip, deflate, br", "br", brotliDecompressSync],
    ["br;q=0, gzip", "gzip", gunzipSync],
  ])(
    "sends a client that accepts %j a large answer as %s, the same to the byte",
    async (acceptEncoding, encoding, unpack) => {
      const plain = await ask(LARGE);
      const packed = await ask(LARGE, acceptEncoding);
      expect(plain.headers["content-encoding"]).toBeUndefined();
      expect(packed.status).toBe(200);
      expect(packed.headers["content-encoding"]).toBe(encoding);
      expect(packed.headers["content-type"]).toBe(plain.headers["content-type"]);
      expect(unpack(packed.body).equals(plain.body)).toBe(true);
      expect(packed.body.length).toBeLessThan(plain.body.length / 4);
    },
  );

  it.each([undefined, "identity", "deflate, zstd;q=0.5", "br;q=0, gzip;q=0"])(
    "sends a client that accepts the encodings %j a large answer uncompressed",
    async (acceptEncoding) => {
      const answer = await ask(LARGE, acceptEncoding);
      expect(answer.status).toBe(200);
      expect(answer.headers["content-encoding"]).toBeUndefined();
      expect(answer.body.length).toBeGreaterThan(50_000);
      expect(JSON.parse(answer.body.toString())).toHaveProperty("data.__schema.types");
    },
  );

  it("does not compress a small response, whatever the client accepts", async () => {
    const answer = await ask(SMALL, "br, gzip");
    expect(answer.headers["content-encoding"]).toBeUndefined();
    expect(JSON.parse(answer.body.toString())).toMatchObject({ data: { __typename: "Query" } });
  });

  it("keeps caches from serving a compressed response to a client that cannot read it", async () => {
    expect(listIn(await ask(LARGE, "br"), "vary")).toContain("accept-encoding");
  });

  it("compresses a large list without loss, including non-Latin text", async () => {
    const { token } = await closed.createMerchant();
    const description = "شارژ کیف پول – charge ✓ ";
    for (let index = 0; index < 30; index++) {
      const input = { amountInCents: 1_000 + index, description: description.repeat(5) };
      await accepted(createCharge(closed, token, input));
    }
    const list = {
      method: "POST",
      body: JSON.stringify({
        query: "{ paymentCharges(first: 100) { nodes { id amountInCents description } } }",
      }),
    } as const;
    const headers = { authorization: `Token ${token}`, "content-type": "application/json" };
    const plain = await send(closed, { ...list, headers });
    const packed = await send(closed, {
      ...list,
      headers: { ...headers, "accept-encoding": "br" },
    });
    expect(packed.headers["content-encoding"]).toBe("br");
    const unpacked = brotliDecompressSync(packed.body).toString();
    expect(unpacked).toBe(plain.body.toString());
    expect(JSON.parse(unpacked)).toHaveProperty("data.paymentCharges.nodes.length", 30);
    expect(unpacked).toContain(description);
  });
});

describe("a persisted query", () => {
  interface Body {
    data?: unknown;
    errors?: { message: string; extensions: { code: string } }[];
  }

  function persisted(query: string): { sha256Hash: string; version: 1 } {
    return { version: 1, sha256Hash: createHash("sha256").update(query).digest("hex") };
  }

  async function ask(body: object, token?: string): Promise<{ status: number; body: Body }> {
    const authorization = token === undefined ? {} : { authorization: `Token ${token}` };
    const response = await fetch(closed.url, {
      method: "POST",
      headers: { "content-type": "application/json", ...authorization },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as Body };
  }

  const byHash = (query: string, variables = {}): ReturnType<typeof ask> =>
    ask({ variables, extensions: { persistedQuery: persisted(query) } });
  const register = (query: string, variables = {}, token?: string): ReturnType<typeof ask> =>
    ask({ query, variables, extensions: { persistedQuery: persisted(query) } }, token);

  it("returns PERSISTED_QUERY_NOT_FOUND for an unknown hash, with the message that clients expect", async () => {
    const { body } = await byHash("query NeverSent { __typename }");
    expect(body.data).toBeUndefined();
    expect(body.errors).toMatchObject([
      { message: "PersistedQueryNotFound", extensions: { code: "PERSISTED_QUERY_NOT_FOUND" } },
    ]);
  });

  it("can be sent by its hash after it was registered, also with other variables", async () => {
    const query = "query Named($name: String!) { __type(name: $name) { name } }";
    expect(await register(query, { name: "Pocket" })).toMatchObject({
      status: 200,
      body: { data: { __type: { name: "Pocket" } } },
    });
    expect(await byHash(query, { name: "Merchant" })).toMatchObject({
      status: 200,
      body: { data: { __type: { name: "Merchant" } } },
    });
  });

  it("requires the header apollo-require-preflight for a GET by hash", async () => {
    const query = "query Got { __typename }";
    await register(query);
    const url = new URL(closed.url);
    url.searchParams.set("extensions", JSON.stringify({ persistedQuery: persisted(query) }));
    const answer = await fetch(url, { headers: { "apollo-require-preflight": "true" } });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ data: { __typename: "Query" } });

    // Without such a header there is no preflight, so any page can make a browser send this GET.
    const simple = await fetch(url);
    expect(simple.status).toBe(400);
    expect(await simple.json()).not.toHaveProperty("data");
  });

  it("needs version 1 of the protocol", async () => {
    const query = "query Versioned { __typename }";
    const { sha256Hash } = persisted(query);
    for (const persistedQuery of [{ sha256Hash }, { version: 2, sha256Hash }])
      for (const body of [{}, { query }])
        expect(await ask({ ...body, extensions: { persistedQuery } })).toMatchObject({
          status: 400,
          body: { errors: [{ message: "extensions.persistedQuery.version must be 1." }] },
        });
    expect((await byHash(query)).body).not.toHaveProperty("data");
  });

  const NO_HASHES: [unknown][] = [[{ toString: 1 }], [{}], [["a"]], [1], [null], [false]];
  it.each(NO_HASHES)("cannot be referred to by %j", async (sha256Hash) => {
    const extensions = { persistedQuery: { version: 1, sha256Hash } };
    expect((await ask({ extensions })).status).toBe(400);
    expect((await ask({ query: "{ __typename }", extensions })).status).toBe(400);
    const url = new URL(closed.url);
    url.searchParams.set("extensions", JSON.stringify(extensions));
    const answer = await fetch(url, { headers: { "apollo-require-preflight": "true" } });
    expect(answer.status).toBe(400);
  });

  it("is refused by GET if it is a mutation", async () => {
    const query = `mutation Change { updateMerchant(id: "1", input: {}) { merchant { id } } }`;
    const { token } = await closed.createMerchant();
    await register(query, {}, token);
    const url = new URL(closed.url);
    url.searchParams.set("extensions", JSON.stringify({ persistedQuery: persisted(query) }));
    const authorization = `Token ${token}`;
    const answer = await fetch(url, {
      headers: { "apollo-require-preflight": "true", authorization },
    });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.headers.get("allow")).toBe("POST");
    const { data, errors } = (await answer.json()) as Body;
    expect(data).toBeUndefined();
    expect(errors?.[0]?.message).toBe("A mutation cannot be sent by GET. Send it by POST.");
  });

  it("is refused with another document's hash, and replaces no document", async () => {
    const query = "query Mine { __typename }";
    const other = "query Forged { __schema { queryType { name } } }";
    const { status, body } = await ask({
      query: other,
      extensions: { persistedQuery: persisted(query) },
    });
    expect(status).toBe(400);
    expect(body.data).toBeUndefined();
    expect(body.errors).toMatchObject([
      { message: "extensions.persistedQuery.sha256Hash is not the SHA-256 of the query." },
    ]);
    expect((await byHash(query)).body.errors).toMatchObject([
      { message: "PersistedQueryNotFound" },
    ]);
  });

  it("requires the same token and scopes as a full document", async () => {
    const query = "query Private { paymentCharges { totalCount } }";
    expect(await register(query)).toMatchObject({ status: 401 });
    const { token } = await closed.createMerchant();
    const known = await register(query, {}, token);
    expect(known.body.data).toEqual({ paymentCharges: { totalCount: 0 } });
    expect(await byHash(query)).toMatchObject({ status: 401 });
  });

  it("is evicted when many large documents arrive, since the store is bounded", async () => {
    // Valid, cheap to parse, and close to the maximum length of a document.
    const large = (index: number): string =>
      `{ __typename } # ${String(index)} ${"-".repeat(240_000)}`;
    const { token } = await closed.createMerchant();
    const used = "query Used { __typename }";
    await register(used);
    expect((await register(large(0), {}, token)).body.data).toEqual({ __typename: "Query" });
    expect((await byHash(large(0))).body.data).toEqual({ __typename: "Query" });
    for (let index = 1; index <= 45; index++) {
      expect((await register(large(index), {}, token)).status).toBe(200);
      expect((await byHash(used)).status).toBe(200);
    }
    expect((await byHash(large(0))).body.errors).toMatchObject([
      { message: "PersistedQueryNotFound" },
    ]);
    // The newest documents, and the one in constant use, are still cached.
    expect((await byHash(large(45))).body.data).toEqual({ __typename: "Query" });
    expect((await byHash(used)).body.data).toEqual({ __typename: "Query" });
  });
});
