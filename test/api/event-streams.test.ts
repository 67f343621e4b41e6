import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CONDITIONS } from "../support/conditional-subscriptions.js";
import { EventStreamClient, type StreamRequest } from "../support/event-stream.js";
import { LiveServer } from "../support/live-server.js";
import type { TestMerchant } from "../support/server.js";
import { POLL } from "../support/wait-timeout.js";

let server: LiveServer;
let merchant: TestMerchant & { tokenId: string };

beforeAll(async () => {
  server = await LiveServer.start();
  merchant = await server.createMerchant();
});
afterAll(async () => {
  await server.stop();
});

function open(
  query: string,
  {
    token = merchant.token,
    on = server,
    ...options
  }: StreamRequest & { token?: string; on?: LiveServer } = {},
): Promise<EventStreamClient> {
  const headers = { authorization: `Token ${token}`, ...options.headers };
  return EventStreamClient.open(on.url, { body: { query }, ...options, headers });
}

const COUNT = "subscription { count(to: 3) { number } }";
const PUSHED = "subscription { pushed { number } }";

describe("an operation that accepts text/event-stream", () => {
  it("gets each result of a subscription as an event with its cursor as id, and then complete", async () => {
    const stream = await open(COUNT);
    expect(stream.status).toBe(200);
    const next = (number: number) => ({
      id: String(number),
      event: "next",
      data: JSON.stringify({ data: { count: { number } } }),
    });
    expect(await stream.rest()).toEqual([
      next(1),
      next(2),
      next(3),
      { event: "complete", data: "" },
    ]);
  });

  it("gets a response that proxies neither keep nor collect", async () => {
    const stream = await open(COUNT);
    expect(stream.headers).toMatchObject({
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-cache, no-transform",
      "x-accel-buffering": "no",
      "x-content-type-options": "nosniff",
      "x-request-id": expect.any(String) as string,
    });
    expect(await stream.nextOfAny()).toEqual({ comment: "" });
    stream.disconnect();
  });

  it.each([
    ["a query", "{ hello }", { data: { hello: "hello" } }],
    ["a mutation", 'mutation { shout(text: "a") }', { data: { shout: "A" } }],
  ])("gets the result of %s as one event", async (_, query, result) => {
    const stream = await open(query);
    expect(await stream.nextResult()).toMatchObject(result);
    expect(await stream.next()).toEqual({ event: "complete", data: "" });
    expect(await stream.next()).toBeUndefined();
  });

  it.each(CONDITIONS)("gets a clear error for %s", async (query, variables) => {
    const stream = await open("", { body: { query, variables } });
    expect(await stream.nextResult()).toMatchObject({
      errors: [
        {
          message: expect.stringMatching(/^A subscription cannot have @(skip|include)/) as string,
          extensions: { code: "GRAPHQL_VALIDATION_FAILED" },
        },
      ],
    });
    stream.disconnect();
  });

  it("may skip fields inside its field", async () => {
    const stream = await open(
      "subscription { count(to: 1) { number padding @skip(if: true) ... @include(if: false) { odd } } }",
    );
    expect(await stream.nextResult()).toEqual({ data: { count: { number: 1 } } });
    stream.disconnect();
  });

  it("continues after the header Last-Event-ID, which outweighs the arguments", async () => {
    const stream = await open("subscription { count(to: 5, after: 1) { number } }", {
      headers: { "last-event-id": "3" },
    });
    const ids = (await stream.rest()).map(({ id }) => id);
    expect(ids).toEqual(["4", "5", undefined]);
  });

  it("may be a GET request, unless it is a mutation", async () => {
    const ask = async (query: string) =>
      EventStreamClient.open(`${server.url}?${new URLSearchParams({ query }).toString()}`, {
        method: "GET",
        headers: { authorization: `Token ${merchant.token}` },
      });
    const counted = await ask(COUNT);
    expect(await counted.nextResult()).toEqual({ data: { count: { number: 1 } } });
    counted.disconnect();
    const changed = await ask('mutation { shout(text: "a") }');
    expect(await changed.nextResult()).toMatchObject({
      errors: [
        {
          message: "A mutation cannot be sent by GET. Send it by POST.",
          extensions: { code: "BAD_REQUEST" },
        },
      ],
    });
  });

  it.each([
    ["a syntax error", "subscription {", "GRAPHQL_PARSE_FAILED"],
    ["an unknown field", "subscription { unknown }", "GRAPHQL_VALIDATION_FAILED"],
    [
      "two fields",
      "subscription { a: pushed { number } b: pushed { number } }",
      "GRAPHQL_VALIDATION_FAILED",
    ],
    [
      "a wrong variable",
      "subscription ($to: Int!) { count(to: $to) { number } }",
      "BAD_USER_INPUT",
    ],
  ])("gets an event with the error for %s", async (_, query, code) => {
    const stream = await open(query);
    expect(await stream.nextResult()).toMatchObject({ errors: [{ extensions: { code } }] });
    expect(await stream.next()).toEqual({ event: "complete", data: "" });
  });

  it("gets the status 401 without a token or with an unknown one", async () => {
    const anonymous = await EventStreamClient.open(server.url, { body: { query: COUNT } });
    expect(anonymous.status).toBe(401);
    expect(await anonymous.json()).toMatchObject({
      errors: [{ extensions: { code: "UNAUTHENTICATED" } }],
    });
    const unknown = await open(COUNT, { token: "pct_unknown" });
    expect([unknown.status, unknown.headers["www-authenticate"]]).toEqual([401, "Token"]);
    unknown.disconnect();
  });

  it.each([
    ["an array", [{ query: COUNT }], "BAD_REQUEST"],
    ["no query", {}, "BAD_REQUEST"],
    ["a query that is a number", { query: 1 }, "BAD_REQUEST"],
    ["variables that are text", { query: COUNT, variables: "{}" }, "BAD_REQUEST"],
    [
      "an odd hash",
      { query: COUNT, extensions: { persistedQuery: { sha256Hash: {} } } },
      "BAD_REQUEST",
    ],
  ])("gets an error for %s", async (_, body, code) => {
    const stream = await open("", { body });
    expect(await stream.nextResult()).toMatchObject({ errors: [{ extensions: { code } }] });
    stream.disconnect();
  });

  it("finds a persisted query by its hash", async () => {
    const { createHash } = await import("node:crypto");
    const sha256Hash = createHash("sha256").update(COUNT).digest("hex");
    const extensions = { persistedQuery: { version: 1, sha256Hash } };
    const unknown = await open("", { body: { extensions } });
    expect(await unknown.nextResult()).toMatchObject({
      errors: [{ message: "PersistedQueryNotFound" }],
    });
    await (await open("", { body: { query: COUNT, extensions } })).rest();
    const known = await open("", { body: { extensions } });
    expect((await known.rest()).length).toBe(4);
  });

  it("gets errors of a result in their public form, and further results", async () => {
    const stream = await open("subscription { count(to: 3) { odd } }");
    expect(await stream.nextResult()).toEqual({ data: { count: { odd: 1 } } });
    expect(await stream.nextResult()).toMatchObject({
      data: null,
      errors: [{ path: ["count", "odd"], extensions: { code: "INTERNAL_SERVER_ERROR" } }],
    });
    expect(await stream.nextResult()).toEqual({ data: { count: { odd: 3 } } });
  });

  it("gets a masked error when the source fails, and then complete", async () => {
    const stream = await open("subscription { broken { number } }");
    expect(await stream.nextResult()).toEqual({ data: { broken: { number: 1 } } });
    const error = (await stream.next())?.data ?? "";
    expect(error).not.toContain("secret");
    expect(JSON.parse(error)).toMatchObject({
      errors: [
        { extensions: { code: "INTERNAL_SERVER_ERROR", requestId: expect.any(String) as string } },
      ],
    });
    expect(await stream.next()).toEqual({ event: "complete", data: "" });
  });

  it("ends the source when the client disconnects, also while nothing happens", async () => {
    const before = server.sources;
    const stream = await open(PUSHED);
    await expect.poll(() => server.sources, POLL).toBe(before + 1);
    stream.disconnect();
    await expect.poll(() => server.sources, POLL).toBe(before);
  });

  it("is answered with JSON when the client prefers JSON, as urql's queries do", async () => {
    const accept = "application/graphql-response+json, application/json, text/event-stream";
    const answer = await server.send(merchant.token, "{ hello }", {}, { accept });
    expect(answer.data).toEqual({ hello: "hello" });
  });

  it("is refused without text/event-stream if it is a subscription", async () => {
    const answer = await server.send(merchant.token, COUNT);
    expect(answer.status).toBe(400);
    expect(answer.errors?.[0]).toMatchObject({ extensions: { code: "BAD_REQUEST" } });
    expect(answer.errors?.[0]?.message).toContain("Accept: text/event-stream");
  });
});

describe("a client that does not read", () => {
  it("makes the server execute only as many results as fit in the buffers", async () => {
    const { hostname, port } = new URL(server.url);
    const socket = connect({ host: hostname, port: Number(port) });
    const body = JSON.stringify({
      query: "subscription { count(to: 100000, pad: 100000) { padding } }",
    });
    server.counted = 0;
    socket.write(
      `POST /graphql HTTP/1.1\r\nhost: ${hostname}\r\nauthorization: Token ${merchant.token}\r\n` +
        `accept: text/event-stream\r\ncontent-type: application/json\r\ncontent-length: ${String(body.length)}\r\n\r\n${body}`,
    );
    socket.pause();
    await expect.poll(() => server.counted, POLL).toBeGreaterThan(0);
    // The kernel's buffers hold some megabytes. Without a bound, the server would make 10 GB.
    let last = -1;
    while (last !== server.counted) {
      last = server.counted;
      await sleep(500);
    }
    expect(server.counted).toBeLessThan(1_000);
    socket.destroy();
    await once(socket, "close");
  });
});

describe("an open stream", () => {
  it("gets comments as heartbeats", async () => {
    const beating = await LiveServer.start({ subscriptionLimits: { heartbeatMs: 50 } });
    const { token } = await beating.createMerchant();
    const stream = await open(PUSHED, { token, on: beating });
    for (let count = 0; count < 5; count++)
      expect(await stream.nextOfAny()).toEqual({ comment: "" });
    beating.push(1);
    expect(await stream.nextResult()).toEqual({ data: { pushed: { number: 1 } } });
    stream.disconnect();
    await beating.stop();
  });

  it("ends without complete when the server stops, so that its client connects again", async () => {
    const stopping = await LiveServer.start();
    const { token } = await stopping.createMerchant();
    const stream = await open(PUSHED, { token, on: stopping });
    await expect.poll(() => stopping.sources, POLL).toBe(1);
    const [rest] = await Promise.all([stream.rest(), stopping.stop()]);
    expect(rest).toEqual([]);
    expect(stopping.sources).toBe(0);
  });

  it("ends with UNAUTHENTICATED when its token is revoked", async () => {
    const { token, tokenId } = await server.createMerchant();
    const stream = await open(PUSHED, { token });
    await expect.poll(() => server.sources, POLL).toBeGreaterThan(0);
    await server.composed.services.apiTokens.revoke(tokenId);
    expect(await stream.nextResult()).toEqual({
      errors: [{ message: "The API token was revoked.", extensions: { code: "UNAUTHENTICATED" } }],
    });
    expect(await stream.rest()).toEqual([{ event: "complete", data: "" }]);
  });

  it("ends with FORBIDDEN when its merchant becomes inactive", async () => {
    const { token, id } = await server.createMerchant();
    const stream = await open(PUSHED, { token });
    await expect.poll(() => server.sources, POLL).toBeGreaterThan(0);
    await server.composed.services.merchants.update(id, { isActive: false });
    expect(await stream.nextResult()).toMatchObject({
      errors: [{ extensions: { code: "FORBIDDEN" } }],
    });
  });

  it("is refused above the subscriptions of a token, until another one ends", async () => {
    const limited = await LiveServer.start({ subscriptionLimits: { subscriptionsPerToken: 2 } });
    const { token } = await limited.createMerchant();
    const [first] = [
      await open(PUSHED, { token, on: limited }),
      await open(PUSHED, { token, on: limited }),
    ];
    const refused = await open(PUSHED, { token, on: limited });
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({
      errors: [{ extensions: { code: "TOO_MANY_SUBSCRIPTIONS" } }],
    });
    const other = await limited.createMerchant();
    expect((await open(PUSHED, { token: other.token, on: limited })).status).toBe(200);
    first.disconnect();
    await expect.poll(() => limited.sources, POLL).toBe(2);
    expect((await open(PUSHED, { token, on: limited })).status).toBe(200);
    await limited.stop();
  });
});
