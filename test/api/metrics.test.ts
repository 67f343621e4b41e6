import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { type App, createApp } from "../../src/app/app.js";
import { Metrics } from "../../src/observability/metrics/metrics.js";
import { seriesIn } from "../support/metrics.js";
import { charge } from "../support/pockets.js";
import { DatabaseLock } from "../support/process.js";
import { type TestMerchant, TestServer } from "../support/server.js";
import { POLL } from "../support/wait-timeout.js";

const CHARGE = `mutation SecretName($input: ChargePocketsInput!) {
  chargePockets(input: $input) { results { status } }
}`;

let server: TestServer;
let app: App;
let merchant: TestMerchant;
let slug: string;

beforeAll(async () => {
  server = await TestServer.start();
  const { database } = server;
  const metrics = new Metrics(database.pool);
  app = await createApp({
    database,
    log: pino({ level: "silent" }),
    introspection: false,
    metrics: { counted: metrics, text: () => metrics.text() },
  });
  merchant = await server.createMerchant();
  slug = await server.createGroup({}, merchant);
});

afterAll(async () => {
  await app.close();
  await server.stop();
});

async function send(query: string, variables: object = {}, token = merchant.token): Promise<void> {
  const headers = { authorization: `Token ${token}`, "content-type": "application/json" };
  const payload = JSON.stringify({ query, variables });
  await app.http.inject({ method: "POST", url: "/graphql", headers, payload });
}

async function text(): Promise<string> {
  const { body, headers, statusCode } = await app.http.inject("/metrics");
  expect(statusCode).toBe(200);
  expect(headers["content-type"]).toBe("text/plain; version=0.0.4; charset=utf-8");
  return body;
}

/** The increase of each series during the work, without unchanged series. */
async function addedBy(work: () => Promise<unknown>): Promise<Record<string, number>> {
  const before = seriesIn(await text());
  await work();
  const after = seriesIn(await text());
  return Object.fromEntries(
    [...after]
      .map(([name, value]): [string, number] => [name, value - (before.get(name) ?? 0)])
      .filter(([name, value]) => /_(total|count)(\{|$)/.test(name) && value !== 0)
      .filter(([name]) => name.startsWith("pocketcharge_")),
  );
}

const requests = (route: string, status: string): string =>
  `pocketcharge_http_request_duration_seconds_count{route="${route}",status="${status}"}`;
const operations = (operation: string, field: string, outcome: string): string =>
  `pocketcharge_graphql_operations_total{operation="${operation}",field="${field}",outcome="${outcome}"}`;
const timed = (operation: string, field: string): string =>
  `pocketcharge_graphql_operation_duration_seconds_count{operation="${operation}",field="${field}"}`;
const items = (operation: string, result: string): string =>
  `pocketcharge_pocket_items_total{operation="${operation}",result="${result}"}`;

/** The scrape after the work counts the scrape before it. */
const ASKED = { [requests("other", "2xx")]: 1 };

describe("/metrics", () => {
  it("counts charges by their results, and the transactions that they shared", async () => {
    const twice = charge();
    const input = { pocketGroupSlug: slug, charges: [twice, charge(), twice] };
    expect(await addedBy(() => send(CHARGE, { input }))).toEqual({
      ...ASKED,
      [requests("graphql", "2xx")]: 1,
      [operations("mutation", "chargePockets", "ok")]: 1,
      [timed("mutation", "chargePockets")]: 1,
      [items("charge", "SUCCESS")]: 2,
      [items("charge", "DUPLICATE_TOKEN")]: 1,
      pocketcharge_charge_requests_per_transaction_count: 1,
    });
  });

  it.each([
    ["a query", () => send("{ viewer { scopes } }"), "2xx", ["query", "viewer", "ok"]],
    [
      "one of several fields",
      () => send("{ viewer { scopes } pockets { totalCount } }"),
      "2xx",
      ["query", "several", "ok"],
    ],
    [
      "one field under several names",
      () => send("{ mine: viewer { scopes } alsoMine: viewer { scopes } }"),
      "2xx",
      ["query", "viewer", "ok"],
    ],
    [
      "one within a fragment",
      () => send("query { ...Mine } fragment Mine on Query { viewer { scopes } }"),
      "2xx",
      ["query", "several", "ok"],
    ],
    ["what cannot be parsed", () => send("{"), "4xx", ["other", "none", "GRAPHQL_PARSE_FAILED"]],
    [
      "an unknown field",
      () => send("{ madeUp }"),
      "4xx",
      ["other", "none", "GRAPHQL_VALIDATION_FAILED"],
    ],
    [
      "an unknown group",
      () => send(CHARGE, { input: { pocketGroupSlug: "no-such-group", charges: [charge()] } }),
      "4xx",
      ["mutation", "chargePockets", "NOT_FOUND"],
    ],
  ] as const)("counts %s by its kind, field and outcome", async (_, work, status, labels) => {
    const [operation, field, outcome] = labels;
    expect(await addedBy(work)).toEqual({
      ...ASKED,
      [requests("graphql", status)]: 1,
      [operations(operation, field, outcome)]: 1,
      [timed(operation, field)]: 1,
    });
  });

  it("counts a request with a bad token, which runs no operation", async () => {
    expect(await addedBy(() => send("{ viewer { scopes } }", {}, "wrong"))).toEqual({
      ...ASKED,
      [requests("graphql", "4xx")]: 1,
      [operations("other", "none", "UNAUTHENTICATED")]: 1,
    });
  });

  it("counts REST and everything else by the route's kind", async () => {
    const post = (url: string): Promise<unknown> =>
      app.http.inject({ method: "POST", url, payload: {} });
    expect(await addedBy(() => post(`/pockets/${slug}/charge/`))).toEqual({
      ...ASKED,
      [requests("rest", "4xx")]: 1,
    });
    expect(await addedBy(() => post("/pockets/and/nothing/there"))).toEqual({
      ...ASKED,
      [requests("other", "4xx")]: 1,
    });
  });

  it("reports the number of running requests, without those whose clients disconnected", async () => {
    const origin = await app.http.listen({ host: "127.0.0.1", port: 0 });
    const { phoneNumber } = charge();
    const lock = await DatabaseLock.take(
      server.database.url,
      `select from pockets where phone_number = '${phoneNumber}' for update`,
    );
    onTestFinished(() => lock.release());
    const disconnect = new AbortController();
    const input = { pocketGroupSlug: slug, charges: [charge({ phoneNumber })] };
    const answer = fetch(`${origin}/graphql`, {
      method: "POST",
      headers: { authorization: `Token ${merchant.token}`, "content-type": "application/json" },
      body: JSON.stringify({ query: CHARGE, variables: { input } }),
      signal: disconnect.signal,
    });
    const refused = expect(answer).rejects.toThrow("aborted");
    await lock.isWaitedForBy(1);
    const running = async (): Promise<number | undefined> =>
      seriesIn(await text()).get("pocketcharge_http_requests_running");
    expect(await running()).toBe(2);
    disconnect.abort();
    await refused;
    await vi.waitFor(async () => {
      expect(await running()).toBe(1);
    }, POLL);
    await lock.release();
    expect(seriesIn(await text()).get(requests("graphql", "aborted"))).toBe(1);
  });

  it("contains no values from clients and no personal data", async () => {
    const sent = charge({ phoneNumber: "989121112233" });
    await send(CHARGE, { input: { pocketGroupSlug: slug, charges: [sent] } });
    await app.http.inject("/an-unknown-path");
    const body = await text();
    for (const secret of [merchant.token, merchant.id, slug, sent.token, sent.phoneNumber]) {
      expect(body).not.toContain(secret);
    }
    expect(body).not.toMatch(/SecretName|an-unknown-path/);
  });

  it("reports the process and its pool", async () => {
    const series = seriesIn(await text());
    expect(series.get('pocketcharge_database_connections{state="total"}')).toBeGreaterThan(0);
    for (const name of [
      "pocketcharge_database_waiting",
      "process_cpu_seconds_total",
      "process_resident_memory_bytes",
      "nodejs_eventloop_lag_p99_seconds",
    ]) {
      expect(series.get(name)).toBeGreaterThanOrEqual(0);
    }
  });

  it("does not exist if metrics are turned off", async () => {
    const { origin } = new URL(server.url);
    expect((await fetch(`${origin}/metrics`)).status).toBe(404);
  });
});
