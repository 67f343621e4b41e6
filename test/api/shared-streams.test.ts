import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SharedStream } from "../../src/http/shared-stream.js";
import { CONDITIONS } from "../support/conditional-subscriptions.js";
import { EventStreamClient } from "../support/event-stream.js";
import { Gate } from "../support/gate.js";
import { type HttpAnswer, httpRequest } from "../support/http-request.js";
import { LiveServer } from "../support/live-server.js";
import { POLL } from "../support/wait-timeout.js";

const PUSHED = "subscription { pushed { number } }";
const TOKEN = "x-graphql-event-stream-token";

let server: LiveServer;
let merchant: Awaited<ReturnType<LiveServer["createMerchant"]>>;

beforeAll(async () => {
  server = await LiveServer.start({ subscriptionLimits: { operationsPerConnection: 2 } });
  merchant = await server.createMerchant();
});
afterAll(() => server.stop());

const url = (): string => `${server.url}/stream`;

function send(
  method: string,
  stream: string | null,
  {
    token = merchant.token,
    path = "",
    body,
  }: { token?: string; path?: string; body?: object } = {},
): Promise<HttpAnswer> {
  return httpRequest(`${url()}${path}`, {
    method,
    headers: {
      authorization: `Token ${token}`,
      ...(stream === null ? {} : { [TOKEN]: stream }),
      ...(body ? { "content-type": "application/json" } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
}

async function reserve(): Promise<string> {
  const { status, text } = await send("PUT", null);
  expect(status).toBe(201);
  return text;
}

function begin(stream: string, operationId: string, token?: string): Promise<HttpAnswer> {
  const body = { query: PUSHED, extensions: { operationId } };
  return send("POST", stream, { body, ...(token === undefined ? {} : { token }) });
}

describe("a shared stream", () => {
  it("sends the results of its operations with their ids, and completes what the client ends", async () => {
    const before = server.sources;
    const stream = await reserve();
    expect((await begin(stream, "a")).status).toBe(202);
    // Its token is enough for a browser's EventSource, which cannot send headers.
    const events = await EventStreamClient.open(`${url()}?token=${stream}`, { method: "GET" });
    expect((await begin(stream, "b")).status).toBe(202);
    await expect.poll(() => server.sources, POLL).toBe(before + 2);
    server.push(1);
    const results = [await events.nextResult(), await events.nextResult()];
    expect(results).toEqual(
      expect.arrayContaining(
        ["a", "b"].map((id) => ({ id, payload: { data: { pushed: { number: 1 } } } })),
      ),
    );
    expect((await send("DELETE", stream, { path: "?operationId=a" })).status).toBe(200);
    await expect.poll(() => server.sources, POLL).toBe(before + 1);
    events.disconnect();
    await expect.poll(() => server.sources, POLL).toBe(before);
    expect((await begin(stream, "c")).status).toBe(404);
  });

  it.each([
    ["earlier", 0],
    ["later", 1],
  ])("may reuse an id before the first has begun, if the %s one begins first", async (_, first) => {
    const before = { begun: server.begun, sources: server.sources };
    const gate = new Gate();
    server.beforeSource = gate.pass;
    const stream = await reserve();
    const earlier = begin(stream, "a");
    await expect.poll(() => gate.waiting, POLL).toBe(1);
    await send("DELETE", stream, { path: "?operationId=a" });
    const later = begin(stream, "a");
    await expect.poll(() => gate.waiting, POLL).toBe(2);
    gate.open(first);
    await expect.poll(() => server.begun, POLL).toBe(before.begun + 1);
    gate.open();
    expect([(await earlier).status, (await later).status]).toEqual([204, 202]);
    expect(server.sources).toBe(before.sources + 1);
    await send("DELETE", stream, { path: "?operationId=a" });
    expect(server.sources).toBe(before.sources);
    server.beforeSource = () => Promise.resolve();
  });

  it("is unknown to other processes, whose answer says how to route its requests", async () => {
    const other = await LiveServer.start({ database: server.sharedDatabase });
    const stream = await reserve();
    const { status, text } = await httpRequest(`${other.url}/stream?token=${stream}`, {
      method: "GET",
      headers: { authorization: `Token ${merchant.token}` },
    });
    expect(status).toBe(404);
    expect(text).toContain("a stream's requests must all reach the one that reserved it");
    await other.stop();
  });

  it("cannot be used with another API token, and is not open twice", async () => {
    const stranger = await server.createMerchant();
    const stream = await reserve();
    expect((await begin(stream, "a", stranger.token)).status).toBe(404);
    const events = await EventStreamClient.open(`${url()}?token=${stream}`, { method: "GET" });
    const again = await EventStreamClient.open(`${url()}?token=${stream}`, { method: "GET" });
    expect([events.status, again.status]).toEqual([200, 409]);
    events.disconnect();
    again.disconnect();
  });

  it("refuses operations without an id, with one in use, and above its limit", async () => {
    const stream = await reserve();
    expect((await send("POST", stream, { body: { query: PUSHED } })).status).toBe(400);
    expect((await begin(stream, "a")).status).toBe(202);
    expect((await begin(stream, "a")).status).toBe(409);
    expect((await begin(stream, "b")).status).toBe(202);
    expect((await begin(stream, "c")).status).toBe(429);
  });

  it("frees the id of an operation that could not begin", async () => {
    const stream = new SharedStream("token", "Token secret");
    const failure = new Error("no connection");
    const operation = stream.reserve("a")!;
    await expect(stream.begin(operation, () => Promise.reject(failure))).rejects.toBe(failure);
    expect(stream.size).toBe(0);
    expect(stream.reserve("a")).toBeDefined();
  });

  it("keeps the id of a later operation if an earlier one could not begin", async () => {
    const stream = new SharedStream("token", "Token secret");
    const gate = new Gate();
    const earlier = stream.begin(stream.reserve("a")!, async () => {
      await gate.pass();
      throw new Error("no connection");
    });
    stream.complete("a");
    stream.reserve("a");
    gate.open();
    await expect(earlier).rejects.toThrow("no connection");
    expect(stream.reserve("a")).toBeUndefined();
  });

  it.each(CONDITIONS)("sends a clear error for %s", async (query, variables) => {
    const stream = await reserve();
    const events = await EventStreamClient.open(`${url()}?token=${stream}`, { method: "GET" });
    const body = { query, variables, extensions: { operationId: "a" } };
    await send("POST", stream, { body });
    expect(await events.nextResult()).toMatchObject({
      id: "a",
      payload: { errors: [{ extensions: { code: "GRAPHQL_VALIDATION_FAILED" } }] },
    });
    events.disconnect();
  });

  it("ends with UNAUTHENTICATED for its operations when its API token is revoked", async () => {
    const { token, tokenId } = await server.createMerchant();
    const { text: stream } = await send("PUT", null, { token });
    await begin(stream, "a", token);
    const events = await EventStreamClient.open(`${url()}?token=${stream}`, { method: "GET" });
    await server.composed.services.apiTokens.revoke(tokenId);
    expect(await events.nextResult()).toMatchObject({
      id: "a",
      payload: { errors: [{ extensions: { code: "UNAUTHENTICATED" } }] },
    });
    const rest = await events.rest();
    expect(rest).toEqual([{ event: "complete", data: '{"id":"a"}' }]);
  });

  it("needs an API token to be reserved", async () => {
    const answer = await httpRequest(url(), { method: "PUT", headers: {} });
    expect(answer.status).toBe(401);
  });
});
