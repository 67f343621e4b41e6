import { once } from "node:events";
import { request } from "node:http";
import type { Socket } from "node:net";
import { type Client, createClient } from "graphql-ws";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import WebSocket from "ws";
import { CONDITIONS } from "../support/conditional-subscriptions.js";
import { Gate } from "../support/gate.js";
import { LiveServer } from "../support/live-server.js";
import { sendRaw } from "../support/raw-http.js";
import type { TestMerchant } from "../support/server.js";
import { POLL } from "../support/wait-timeout.js";

const ALLOWED = "https://app.example.com";
const PROTOCOL = "graphql-transport-ws";

let server: LiveServer;
let merchant: TestMerchant & { tokenId: string };

beforeAll(async () => {
  server = await LiveServer.start({ corsOrigins: [ALLOWED] });
  merchant = await server.createMerchant();
});
afterAll(async () => {
  await server.stop();
});

const COUNT = "subscription { count(to: 3) { number } }";
const PUSHED = "subscription { pushed { number } }";

const webSocketUrl = (on = server): string => on.url.replace(/^http/, "ws");

/** A client with its package's defaults, except that it does not retry. */
function clientWith(connectionParams?: Record<string, unknown>, on = server): Client {
  return createClient({
    url: webSocketUrl(on),
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    ...(connectionParams ? { connectionParams } : {}),
  });
}

const clientOf = (token: string, on = server): Client =>
  clientWith({ authorization: `Token ${token}` }, on);

/** Runs an operation to its end. @returns its results; rejects with the errors or the close event. */
function run(client: Client, query: string): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    const results: unknown[] = [];
    client.subscribe(
      { query },
      {
        next: (result) => results.push(result),
        // graphql-ws passes an array of errors, or a close event.
        error: reject,
        complete: () => {
          resolve(results);
        },
      },
    );
  });
}

/** The messages and the end of a plain WebSocket. */
class RawSocket {
  readonly messages: { id?: string; type: string; payload?: unknown }[] = [];
  closed: { code: number; reason: string } | undefined;

  private constructor(readonly socket: WebSocket) {
    socket.on("error", () => undefined);
    socket.on("message", (data: Buffer) => {
      this.messages.push(JSON.parse(data.toString()) as RawSocket["messages"][number]);
    });
    socket.on("close", (code, reason) => {
      this.closed = { code, reason: reason.toString() };
    });
  }

  static async open(
    options: { on?: LiveServer; headers?: Record<string, string>; protocol?: string } = {},
  ): Promise<RawSocket> {
    const { on = server, headers = {}, protocol = PROTOCOL } = options;
    const raw = new RawSocket(new WebSocket(webSocketUrl(on), protocol, { headers }));
    await once(raw.socket, "open");
    return raw;
  }

  /** Opens a connection with a valid token. */
  static async begin(token = merchant.token, on = server): Promise<RawSocket> {
    const raw = await RawSocket.open({ on });
    raw.send({ type: "connection_init", payload: { authorization: `Token ${token}` } });
    await expect.poll(() => raw.messages.length, POLL).toBe(1);
    return raw;
  }

  send(message: object | string): void {
    this.socket.send(typeof message === "string" ? message : JSON.stringify(message));
  }

  subscribe(id: string, query: string): void {
    this.send({ id, type: "subscribe", payload: { query } });
  }

  async whenClosed(): Promise<{ code: number; reason: string } | undefined> {
    await expect.poll(() => this.closed, POLL).toBeDefined();
    return this.closed;
  }
}

/** @returns a function that returns the server's side of the last WebSocket. */
function serverSideOf(on: LiveServer): () => Socket {
  let last: Socket | undefined;
  on.http.server.on("upgrade", (_request: unknown, socket: Socket) => {
    last = socket;
  });
  return () => last!;
}

/** Expects that the operation with the id "a" gets only this number, and ends it and its server. */
async function expectOnlyPushed(number: number, raw: RawSocket, on: LiveServer): Promise<void> {
  await expect
    .poll(() => raw.messages.slice(1), POLL)
    .toMatchObject([{ id: "a", type: "next", payload: { data: { pushed: { number } } } }]);
  raw.send({ id: "a", type: "complete" });
  await expect.poll(() => on.sources, POLL).toBe(0);
  await on.stop();
}

describe("an operation over a WebSocket", () => {
  it.each([
    ["a query", "{ hello }", [{ data: { hello: "hello" } }]],
    ["a mutation", 'mutation { shout(text: "a") }', [{ data: { shout: "A" } }]],
    ["a subscription", COUNT, [1, 2, 3].map((number) => ({ data: { count: { number } } }))],
  ])("gets the results of %s", async (_, query, results) => {
    const client = clientOf(merchant.token);
    expect(await run(client, query)).toMatchObject(results);
    await client.dispose();
  });

  it("may have its token in the request for the WebSocket", async () => {
    const raw = await RawSocket.open({ headers: { authorization: `Token ${merchant.token}` } });
    raw.send({ type: "connection_init" });
    await expect.poll(() => raw.messages.length, POLL).toBe(1);
    raw.subscribe("a", "{ hello }");
    await expect
      .poll(() => raw.messages.map(({ type }) => type), POLL)
      .toEqual(["connection_ack", "next", "complete"]);
    raw.socket.close();
  });

  it.each([
    ["a syntax error", "subscription {", "GRAPHQL_PARSE_FAILED"],
    ["an unknown field", "{ unknown }", "GRAPHQL_VALIDATION_FAILED"],
    [
      "an internal failure of its source",
      "subscription { broken { number } }",
      "INTERNAL_SERVER_ERROR",
    ],
  ])("gets a message of type error for %s", async (_, query, code) => {
    const client = clientOf(merchant.token);
    await expect(run(client, query)).rejects.toMatchObject([{ extensions: { code } }]);
    await client.dispose();
  });

  it.each(CONDITIONS)("gets a message of type error for %s", async (query, variables) => {
    const raw = await RawSocket.begin();
    raw.send({ id: "a", type: "subscribe", payload: { query, variables } });
    await expect
      .poll(() => raw.messages.slice(1), POLL)
      .toMatchObject([
        {
          id: "a",
          type: "error",
          payload: [{ extensions: { code: "GRAPHQL_VALIDATION_FAILED" } }],
        },
      ]);
    raw.socket.close();
  });

  it.each<[string, unknown]>([
    ["no payload", undefined],
    ["null as payload", null],
    ["a list as payload", [{ query: "{ hello }" }]],
    ["a string as payload", "{ hello }"],
    ["no query", {}],
    ["a query that is not a string", { query: { hello: true } }],
    ["variables in a list", { query: "{ hello }", variables: [1] }],
    ["variables in a string", { query: "{ hello }", variables: "{}" }],
    ["an operationName that is a number", { query: "{ hello }", operationName: 1 }],
    ["extensions in a list", { query: "{ hello }", extensions: [] }],
    ["extensions that are true", { query: "{ hello }", extensions: true }],
    ["a hash that is a number", { extensions: { persistedQuery: { version: 1, sha256Hash: 1 } } }],
    ["another persistedQuery", { extensions: { persistedQuery: "abc" } }],
  ])("gets a message of type error for %s, and others go on", async (_, payload) => {
    const raw = await RawSocket.begin();
    const before = server.sources;
    raw.subscribe("good", PUSHED);
    await expect.poll(() => server.sources, POLL).toBe(before + 1);
    raw.send({ id: "bad", type: "subscribe", ...(payload === undefined ? {} : { payload }) });
    await expect
      .poll(() => raw.messages.slice(1), POLL)
      .toMatchObject([
        { id: "bad", type: "error", payload: [{ extensions: { code: "BAD_REQUEST" } }] },
      ]);
    server.push(1);
    await expect.poll(() => raw.messages.at(-1), POLL).toMatchObject({ id: "good", type: "next" });
    raw.subscribe("bad", "{ hello }");
    await expect.poll(() => raw.messages.at(-1), POLL).toEqual({ id: "bad", type: "complete" });
    raw.socket.close();
  });

  it.each([
    ["the result of a query", "{ hello }", 1],
    ["an error", "{ unknown }", 1],
    ["a result of a subscription", COUNT, 2],
  ])("may reuse an id while %s waits for the client to read it", async (_, query, begun) => {
    const own = await LiveServer.start();
    const side = serverSideOf(own);
    const { token } = await own.createMerchant();
    const raw = await RawSocket.begin(token, own);
    const socket = side();
    // Nothing leaves the server until it is uncorked.
    socket.cork();
    raw.subscribe("a", query);
    await expect.poll(() => socket.writableLength, POLL).toBeGreaterThan(0);
    raw.send({ id: "a", type: "complete" });
    raw.subscribe("a", PUSHED);
    await expect.poll(() => own.begun, POLL).toBe(begun);
    socket.uncork();
    for (const number of [7, 8]) {
      const pushAndRead = (): unknown => {
        own.push(number);
        return raw.messages.at(-1);
      };
      const pushed = { id: "a", type: "next", payload: { data: { pushed: { number } } } };
      await expect.poll(pushAndRead, POLL).toMatchObject(pushed);
    }
    raw.send({ id: "a", type: "complete" });
    await expect.poll(() => own.sources, POLL).toBe(0);
    expect(raw.closed).toBeUndefined();
    await own.stop();
  });

  it("ends its source when the client completes it, or closes the connection", async () => {
    const before = server.sources;
    const raw = await RawSocket.begin();
    raw.subscribe("a", PUSHED);
    raw.subscribe("b", PUSHED);
    await expect.poll(() => server.sources, POLL).toBe(before + 2);
    raw.send({ id: "a", type: "complete" });
    await expect.poll(() => server.sources, POLL).toBe(before + 1);
    raw.socket.close();
    await expect.poll(() => server.sources, POLL).toBe(before);
  });

  it("ends its source when the client disconnects before it begins, or its time is over", async () => {
    const slow = await LiveServer.start({ httpLimits: { requestTimeoutMs: 2_000 } });
    const gate = new Gate();
    slow.beforeSource = gate.pass;
    const { token } = await slow.createMerchant();
    const leaving = await RawSocket.begin(token, slow);
    leaving.subscribe("a", PUSHED);
    await expect.poll(() => gate.waiting, POLL).toBe(1);
    leaving.socket.close();
    await leaving.whenClosed();
    const staying = await RawSocket.begin(token, slow);
    staying.subscribe("a", PUSHED);
    await expect
      .poll(() => staying.messages.slice(1), POLL)
      .toMatchObject([
        { id: "a", type: "error", payload: [{ extensions: { code: "SERVICE_UNAVAILABLE" } }] },
      ]);
    gate.open();
    gate.open();
    await expect.poll(() => slow.begun, POLL).toBe(2);
    await expect.poll(() => slow.sources, POLL).toBe(0);
    await slow.stop();
  });

  it.each([
    ["earlier", 0],
    ["later", 1],
  ])("may reuse an id before the first has begun, if the %s one begins first", async (_, first) => {
    const slow = await LiveServer.start();
    const gate = new Gate();
    slow.beforeSource = gate.pass;
    const { token } = await slow.createMerchant();
    const raw = await RawSocket.begin(token, slow);
    raw.subscribe("a", PUSHED);
    raw.send({ id: "a", type: "complete" });
    raw.subscribe("a", PUSHED);
    await expect.poll(() => gate.waiting, POLL).toBe(2);
    gate.open(first);
    await expect.poll(() => slow.begun, POLL).toBe(1);
    gate.open();
    await expect.poll(() => slow.begun, POLL).toBe(2);
    await expect.poll(() => slow.sources, POLL).toBe(1);
    slow.push(1);
    await expectOnlyPushed(1, raw, slow);
  });

  it("may reuse an id while the first executes a result", async () => {
    const slow = await LiveServer.start();
    const gate = new Gate();
    const { token } = await slow.createMerchant();
    const raw = await RawSocket.begin(token, slow);
    slow.beforeNumber = gate.pass;
    raw.subscribe("a", PUSHED);
    await expect.poll(() => slow.sources, POLL).toBe(1);
    slow.push(1);
    await expect.poll(() => gate.waiting, POLL).toBe(1);
    raw.send({ id: "a", type: "complete" });
    raw.subscribe("a", PUSHED);
    await expect.poll(() => slow.begun, POLL).toBe(2);
    gate.open();
    slow.push(2);
    await expect.poll(() => gate.waiting, POLL).toBe(2);
    gate.open();
    await expectOnlyPushed(2, raw, slow);
  });

  it("is refused above the operations of a connection", async () => {
    const limited = await LiveServer.start({ subscriptionLimits: { operationsPerConnection: 2 } });
    const { token } = await limited.createMerchant();
    const raw = await RawSocket.begin(token, limited);
    for (const id of ["a", "b", "c"]) raw.subscribe(id, PUSHED);
    await expect
      .poll(() => raw.messages.slice(1), POLL)
      .toMatchObject([
        { id: "c", type: "error", payload: [{ extensions: { code: "TOO_MANY_SUBSCRIPTIONS" } }] },
      ]);
    await limited.stop();
  });
});

describe("a WebSocket", () => {
  it("is closed with 4401 without a token, or with a malformed, unknown or odd one", async () => {
    for (const params of [
      undefined,
      { authorization: "Token pct_unknown" },
      { authorization: 1 },
    ]) {
      const raw = await RawSocket.open();
      raw.send({ type: "connection_init", ...(params ? { payload: params } : {}) });
      expect(await raw.whenClosed()).toMatchObject({ code: 4401 });
    }
  });

  it("is closed with 4401 when its token is revoked, after its subscriptions got UNAUTHENTICATED", async () => {
    const { token, tokenId } = await server.createMerchant();
    const raw = await RawSocket.begin(token);
    raw.subscribe("a", PUSHED);
    await expect.poll(() => server.sources, POLL).toBeGreaterThan(0);
    await server.composed.services.apiTokens.revoke(tokenId);
    expect(await raw.whenClosed()).toEqual({ code: 4401, reason: "The API token was revoked." });
    expect(raw.messages.slice(1)).toMatchObject([
      { id: "a", type: "error", payload: [{ extensions: { code: "UNAUTHENTICATED" } }] },
    ]);
  });

  it("is closed with 4403 when its merchant becomes inactive", async () => {
    const { token, id } = await server.createMerchant();
    const raw = await RawSocket.begin(token);
    await server.composed.services.merchants.update(id, { isActive: false });
    expect(await raw.whenClosed()).toMatchObject({ code: 4403 });
  });

  it("is closed within two seconds when another server revokes its token", async () => {
    const other = await LiveServer.start({ database: server.sharedDatabase });
    const { token, tokenId } = await server.createMerchant();
    const raw = await RawSocket.begin(token);
    const begunAt = performance.now();
    await other.composed.services.apiTokens.revoke(tokenId);
    expect(await raw.whenClosed()).toMatchObject({ code: 4401 });
    // The bound is what a request has too; a busy machine may take somewhat longer.
    expect(performance.now() - begunAt).toBeLessThan(4_000);
    await other.stop();
  });

  it("is closed with 1001 when the server stops", async () => {
    const stopping = await LiveServer.start();
    const { token } = await stopping.createMerchant();
    const raw = await RawSocket.begin(token, stopping);
    raw.subscribe("a", PUSHED);
    await expect.poll(() => stopping.sources, POLL).toBe(1);
    await stopping.stop();
    expect(await raw.whenClosed()).toEqual({
      code: 1001,
      reason: "The server stops. Connect again.",
    });
    expect(stopping.sources).toBe(0);
  });

  it("is closed when its client does not respond to heartbeats", async () => {
    const beating = await LiveServer.start({ subscriptionLimits: { heartbeatMs: 100 } });
    const { token } = await beating.createMerchant();
    const alive = await RawSocket.begin(token, beating);
    const silent = new WebSocket(webSocketUrl(beating), PROTOCOL, { autoPong: false });
    await once(silent, "close");
    expect(alive.closed).toBeUndefined();
    await beating.stop();
  });

  it.each([
    ["no JSON", "{", 4400],
    [
      "a number that JavaScript would round",
      '{"type":"ping","payload":{"a":0.99999999999999999}}',
      4400,
    ],
    ["a key __proto__", '{"type":"ping","payload":{"__proto__":{}}}', 4400],
    [
      "deeply nested JSON",
      `{"type":"ping","payload":{"a":${"[".repeat(300)}${"]".repeat(300)}}}`,
      4400,
    ],
    ["a message that only servers send", '{"type":"connection_ack"}', 4400],
    ["a second connection_init", '{"type":"connection_init"}', 4429],
    [
      "too large a message",
      JSON.stringify({ type: "ping", payload: { a: "x".repeat(1_000_001) } }),
      1009,
    ],
  ])("is closed for %s", async (_, message, code) => {
    const raw = await RawSocket.begin();
    raw.send(message);
    expect(await raw.whenClosed()).toMatchObject({ code });
  });

  it("is closed for binary data", async () => {
    const raw = await RawSocket.begin();
    raw.socket.send(Buffer.from("{}"));
    expect(await raw.whenClosed()).toMatchObject({ code: 1003 });
  });

  it("is closed for an operation before the connection is acknowledged", async () => {
    const raw = await RawSocket.open();
    raw.subscribe("a", "{ hello }");
    expect(await raw.whenClosed()).toMatchObject({ code: 4401 });
  });

  it("has no other protocol", async () => {
    const refused = new WebSocket(webSocketUrl(), "graphql-ws");
    const [error] = (await once(refused, "error")) as [Error];
    expect(error.message).toBe("Server sent no subprotocol");
  });

  it("is refused to pages of other origins, except its own and those of CORS_ORIGINS", async () => {
    const own = new URL(server.url).origin;
    for (const origin of [own, ALLOWED])
      (await RawSocket.open({ headers: { origin } })).socket.close();
    for (const origin of ["https://evil.example.com", "null", `${own}.example.com`]) {
      const refused = new WebSocket(webSocketUrl(), PROTOCOL, { headers: { origin } });
      const [error] = (await once(refused, "error")) as [Error];
      expect(error.message).toBe("Unexpected server response: 403");
    }
  });
});

describe("a client that does not read its WebSocket", () => {
  it("makes the server execute only as many results as fit in the buffers", async () => {
    const raw = await RawSocket.begin();
    server.counted = 0;
    raw.socket.pause();
    raw.subscribe("a", "subscription { count(to: 100000, pad: 100000) { padding } }");
    await expect.poll(() => server.counted, POLL).toBeGreaterThan(0);
    let last = -1;
    while (last !== server.counted) {
      last = server.counted;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    expect(server.counted).toBeLessThan(1_000);
    raw.socket.terminate();
  });
});

describe("a request with another upgrade", () => {
  it("is answered as if it had none, with its body", async () => {
    const body = JSON.stringify({ query: "{ hello }" });
    const answer = await new Promise<string>((resolve, reject) => {
      const sent = request(server.url, {
        method: "POST",
        headers: {
          connection: "Upgrade, HTTP2-Settings",
          upgrade: "h2c",
          "http2-settings": "AAMAAABkAAQAAP__",
          authorization: `Token ${merchant.token}`,
          "content-type": "application/json",
          "content-length": body.length,
        },
      });
      sent.on("response", (response) => {
        void response.toArray().then((chunks) => {
          resolve(Buffer.concat(chunks as Buffer[]).toString());
        }, reject);
      });
      sent.on("error", reject);
      // The body arrives later than the headers.
      sent.write(body.slice(0, 5));
      setTimeout(() => sent.end(body.slice(5)), 50);
    });
    expect(JSON.parse(answer)).toMatchObject({ data: { hello: "hello" } });
  });

  it("is not served as a WebSocket at another path", async () => {
    const answer = await sendRaw(
      server.url,
      `GET /health/live HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: upgrade\r\nupgrade: websocket\r\n` +
        "sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    );
    expect(answer.status).toBe(200);
  });
});

describe("an upgrade that is sent before the response to an earlier request", () => {
  it.each(["websocket", "h2c"])("to %s closes only its connection", async (protocol) => {
    const pipelined =
      `GET /health/live HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n` +
      `GET /graphql HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: upgrade\r\nupgrade: ${protocol}\r\n\r\n`;
    await sendRaw(server.url, pipelined).catch(() => undefined);
    const { status } = await fetch(new URL("/health/live", server.url));
    expect(status).toBe(200);
  });
});
