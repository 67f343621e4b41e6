import { ExportResultCode } from "@opentelemetry/core";
import { readFileSync } from "node:fs";
import { ROOT_CONTEXT, SpanKind, TraceFlags, trace as traces } from "@opentelemetry/api";
import { type ReadableSpan, SamplingDecision } from "@opentelemetry/sdk-trace";
import { type Logger, pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type App, createApp } from "../../src/app/app.js";
import { readConfig } from "../../src/config/config.js";
import { type Database, openDatabase, readRows } from "../../src/database/database.js";
import { column, rowOf } from "../../src/database/row.js";
import { sql } from "../../src/database/sql.js";
import { LOG_SERIALIZERS, masked, traceOfLine } from "../../src/observability/log.js";
import { present } from "../../src/shared/assert.js";
import { SAMPLER_NAMES } from "../../src/shared/tracing-settings.js";
import { DeliveryLog } from "../../src/observability/tracing/delivery-log.js";
import { samplerOf } from "../../src/observability/tracing/sampler.js";
import { runInScope } from "../../src/observability/tracing/scope.js";
import { Tracing } from "../../src/observability/tracing/tracing.js";
import { Charging } from "../support/charging.js";
import { codeIn, tableOf } from "../support/doc-examples.js";
import { GraphqlClient } from "../support/graphql-client.js";
import { type Delivered, OtlpReceiver } from "../support/otlp-receiver.js";
import { charge, newPhoneNumber } from "../support/pockets.js";
import { type TestMerchant, TestServer } from "../support/server.js";

const TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";
const CLIENT_SPAN = "00f067aa0ba902b7";
const TRACEPARENT = { traceparent: `00-${TRACE_ID}-${CLIENT_SPAN}-01` };

let home: TestServer;
let merchant: TestMerchant;
let slug: string;

beforeAll(async () => {
  home = await TestServer.start();
  merchant = await home.createMerchant();
  slug = await home.createGroup({}, merchant);
});

afterAll(async () => {
  await home.stop();
});

/** Tracing that exports to a receiver, and a pool that it observes. */
class Traced {
  private constructor(
    readonly tracing: Tracing,
    readonly database: Database,
    readonly log: Logger,
    readonly logged: string[],
    readonly receiver: OtlpReceiver,
  ) {}

  static async start(poolSize: number): Promise<Traced> {
    const receiver = await OtlpReceiver.start();
    const logged: string[] = [];
    const log: Logger = pino(
      { level: "debug", serializers: LOG_SERIALIZERS, mixin: traceOfLine },
      { write: (line: string) => logged.push(line) },
    );
    const { tracing: settings } = readConfig({
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint,
      OTEL_SERVICE_NAME: "a service",
    });
    const tracing = new Tracing(present(settings, "where traces go"), log);
    const database = openDatabase({
      url: home.database.url,
      poolSize,
      timeoutMs: 20_000,
      onIdleError: () => undefined,
      watch: {
        slowMs: 0,
        onSlow: (statement) => {
          log.warn(statement, "slow statement");
        },
      },
    });
    return new Traced(tracing, database, log, logged, receiver);
  }

  async asRequest<T>(name: string, work: () => Promise<T>): Promise<T> {
    const trace = this.tracing.beginRequest({}, name, {});
    try {
      return await runInScope({ requestId: name, trace }, work);
    } finally {
      trace.end();
    }
  }

  /** Stops tracing, so that no more spans can arrive. @returns all exported spans. */
  async spans(): Promise<Delivered[]> {
    await this.tracing.close();
    await this.database.close();
    await this.receiver.stop();
    const written = [...this.receiver.bodies, ...this.logged];
    expect(written.filter((text) => masked(text) !== text)).toEqual([]);
    return this.receiver.spans;
  }
}

/** A server whose requests are traced. */
class TracedServer extends GraphqlClient {
  private constructor(
    private readonly app: App,
    private readonly traced: Traced,
    readonly url: string,
  ) {
    super();
  }

  static async start(): Promise<TracedServer> {
    const traced = await Traced.start(3);
    const { database, log, tracing } = traced;
    const app = await createApp({ database, log, introspection: false, tracing });
    const origin = await app.http.listen({ host: "127.0.0.1", port: 0 });
    return new TracedServer(app, traced, `${origin}/graphql`);
  }

  async spans(): Promise<Delivered[]> {
    await this.app.close();
    return this.traced.spans();
  }

  get receiver(): OtlpReceiver {
    return this.traced.receiver;
  }

  get logged(): readonly string[] {
    return this.traced.logged;
  }
}

function only(spans: readonly Delivered[], name: string): Delivered {
  const found = spans.filter((span) => span.name === name);
  expect(found, spans.map((span) => span.name).join(", ")).toHaveLength(1);
  return present(found[0], "the span");
}

function below(spans: readonly Delivered[], above: Delivered): Delivered[] {
  return spans.filter(({ parentSpanId }) => parentSpanId === above.spanId);
}

const linksOf = ({ links = [] }: Delivered): string[] => links.map(({ spanId }) => spanId);

describe("a traced request", () => {
  it("continues the client's trace with spans for request, operation, batched charges and statements", async () => {
    const server = await TracedServer.start();
    const sent = charge({ phoneNumber: "989121112233" });
    const query = `mutation Charging($input: ChargePocketsInput!) {
      chargePockets(input: $input) { results { status } }
    }`;
    const variables = { input: { pocketGroupSlug: slug, charges: [sent] } };
    const answer = await server.send(merchant.token, query, variables, TRACEPARENT);
    expect(answer.data).toEqual({ chargePockets: { results: [{ status: "SUCCESS" }] } });
    const spans = await server.spans();

    expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([TRACE_ID]));
    const request = only(spans, "POST /graphql");
    expect(request).toMatchObject({
      parentSpanId: CLIENT_SPAN,
      service: "a service",
      kind: 2, // server
      attributes: {
        "http.request.method": "POST",
        "http.route": "/graphql",
        "http.response.status_code": 200,
        "pocketcharge.request_id": answer.headers.get("x-request-id"),
      },
    });
    const operation = only(spans, "mutation chargePockets");
    expect(operation).toMatchObject({
      parentSpanId: request.spanId,
      attributes: {
        "graphql.operation.type": "mutation",
        "graphql.operation.name": "Charging",
        "pocketcharge.graphql.field": "chargePockets",
        "pocketcharge.outcome": "ok",
      },
      status: { code: 0 },
    });
    const batch = only(spans, "batched charges");
    expect(batch).toMatchObject({
      parentSpanId: operation.spanId,
      attributes: { "pocketcharge.batch.requests": 1, "pocketcharge.batch.charges": 1 },
    });
    expect(linksOf(batch)).toEqual([operation.spanId]);
    expect(linksOf(operation)).toEqual([batch.spanId]);

    // Authentication happens before the operation; the charge's statements belong to its transaction.
    expect(below(spans, request).map(({ name }) => name)).toContain("authenticate");
    const statements = below(spans, batch);
    expect(statements[0]?.name).toBe("begin");
    expect(statements.at(-1)?.name).toBe("commit");
    const locked = statements.find(({ attributes }) =>
      String(attributes["db.query.text"]).includes("from pockets"),
    );
    expect(locked).toMatchObject({
      kind: 3, // client
      attributes: { "db.system.name": "postgresql", "db.operation.name": "SELECT" },
    });

    // The tree in the documentation, which omits statements.
    const shown = tableOf("docs/observability.md", "## Traces").map(([span, above, tells]) => ({
      span: codeIn(span)[0] ?? "",
      above: codeIn(above)[0],
      tells: codeIn(tells),
    }));
    expect(shown).toHaveLength(6);
    for (const { span: name, above, tells } of shown) {
      const span = only(spans, name);
      const parent = spans.find(({ spanId }) => spanId === span.parentSpanId);
      expect(parent?.name, name).toBe(above);
      for (const attribute of tells) expect(Object.keys(span.attributes)).toContain(attribute);
    }

    // Spans contain no personal data, tokens or values.
    const values = [merchant.token, sent.token, sent.phoneNumber, slug];
    for (const value of values) expect(server.receiver.bodies.join()).not.toContain(value);
  });

  it("has its trace and span in each of its log lines, next to the request's id", async () => {
    const server = await TracedServer.start();
    const answer = await server.send(merchant.token, "{ pockets { nodes { id } } }");
    const spans = await server.spans();
    const operation = only(spans, "query pockets");
    const line = server.logged
      .map((one) => JSON.parse(one) as Record<string, unknown>)
      .find(({ text }) => String(text).includes("from pockets"));
    expect(line).toMatchObject({
      msg: "slow statement",
      reqId: answer.headers.get("x-request-id"),
      trace_id: operation.traceId,
      span_id: operation.spanId,
      rows: expect.any(Number) as number,
      durationMs: expect.any(Number) as number,
    });
    const document = readFileSync("docs/observability.md", "utf8");
    const shown = /^ {4}(\{"level".*)$/m.exec(document)?.[1] ?? "{}";
    const keysOf = (one: object): string[] => Object.keys(one).toSorted();
    // Statement texts are no longer named once there are very many of them.
    expect(keysOf(JSON.parse(shown) as object)).toEqual(keysOf({ name: "", ...line }));
  });

  it("over REST contains the work after its body is read", async () => {
    const server = await TracedServer.start();
    const { token, phoneNumber, amount } = charge({ phoneNumber: newPhoneNumber() });
    const response = await fetch(new URL(`/pockets/${slug}/charge/`, server.url), {
      method: "POST",
      headers: { authorization: `Token ${merchant.token}`, "content-type": "application/json" },
      body: JSON.stringify({ charges: [{ token, phone_number: phoneNumber, amount }] }),
    });
    expect(response.status, await response.text()).toBe(200);
    const spans = await server.spans();
    const request = spans.find(({ kind }) => kind === SpanKind.SERVER + 1);
    expect(request?.attributes["http.route"]).toMatch(/^\/pockets\/:\w+\/charge/);
    expect(only(spans, "batched charges").parentSpanId).toBe(request?.spanId);
  });

  it("reports failures only by their code", async () => {
    const server = await TracedServer.start();
    await server.send(merchant.token, "{ nothing }");
    const { pool } = home.database;
    await pool.query("alter table customers rename to customers_away");
    const { status } = await server.send(merchant.token, "{ customers { nodes { id } } }");
    await pool.query("alter table customers_away rename to customers");
    expect(status).toBe(500);
    const spans = await server.spans();
    const failed = spans.filter((span) => span.status.code === 2);
    expect(failed.map(({ name, attributes }) => [name, attributes["error.type"]])).toEqual([
      ["select customers", "42P01"],
      ["query customers", "INTERNAL_SERVER_ERROR"],
      ["POST /graphql", "500"],
    ]);
    for (const { status: reported } of failed) expect(reported.message ?? "").toBe("");
    // A client error is not a failure of the server.
    const outcomes = spans.map(({ attributes }) => attributes["pocketcharge.outcome"]);
    expect(outcomes).toContain("GRAPHQL_VALIDATION_FAILED");
  });

  it("has the outcome of an operation that was refused before its execution", async () => {
    const server = await TracedServer.start();
    const persistedQuery = { version: 1, sha256Hash: "0".repeat(64) };
    const headers = { "content-type": "application/json" };
    for (const sent of [{ extensions: { persistedQuery } }, { query: 5 }])
      await fetch(server.url, { method: "POST", headers, body: JSON.stringify(sent) });
    const outcomes = (await server.spans())
      .filter(({ name }) => name === "POST /graphql")
      .map(({ attributes }) => attributes["pocketcharge.outcome"]);
    expect(outcomes.toSorted()).toEqual(["BAD_REQUEST", "PERSISTED_QUERY_NOT_FOUND"]);
  });

  it("excludes health checks", async () => {
    const server = await TracedServer.start();
    for (const path of ["/health/live", "/health/ready"]) {
      expect((await fetch(new URL(path, server.url))).status).toBe(200);
    }
    expect(await server.spans()).toEqual([]);
  });
});

describe("spans that a receiver refuses", () => {
  it("affect no request and no shutdown, and are logged once until the receiver accepts spans again", () => {
    const lines: unknown[] = [];
    const log = pino({}, { write: (line: string) => lines.push(JSON.parse(line)) });
    let isAway = true;
    const codes: number[] = [];
    const exporter = new DeliveryLog(
      {
        export: (_spans, done) => {
          done(
            isAway
              ? { code: ExportResultCode.FAILED, error: new Error("nobody is there") }
              : { code: ExportResultCode.SUCCESS },
          );
        },
        shutdown: () => Promise.resolve(),
      },
      log,
    );
    const deliver = (): void => {
      exporter.export([] as ReadableSpan[], ({ code }) => codes.push(code));
    };
    deliver();
    deliver();
    isAway = false;
    deliver();
    deliver();
    expect(lines).toMatchObject([
      { level: 40, err: { message: "nobody is there" } },
      { level: 30, msg: "traces are delivered again" },
    ]);
    expect(codes).toEqual(Array(4).fill(ExportResultCode.SUCCESS));
  });

  it("fail no request, and are logged", async () => {
    const server = await TracedServer.start();
    server.receiver.status = 400;
    expect((await server.send(merchant.token, "{ viewer { scopes } }")).status).toBe(200);
    expect(await server.spans()).toEqual([]);
    const lines = server.logged.filter((line) => line.includes("traces cannot be delivered"));
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { level: 40, spanCount: expect.any(Number) as number },
    ]);
  });
});

describe("work that several requests share", () => {
  it("is traced with the first request, and linked with all in both directions", async () => {
    const traced = await Traced.start(3);
    const charging = new Charging(traced.database);
    const caller = await charging.createMerchant();
    const group = await charging.createGroup({}, caller);
    const send = () =>
      charging.chargePockets.charge(caller, group, [charge({ phoneNumber: newPhoneNumber() })]);
    // Cache the group, so that concurrent charges reach the batcher at the same time.
    await send();
    await send();
    // The number of concurrent runs of a group is limited, so further charges wait and form one run.
    const names = [1, 2, 3, 4, 5].map((number) => `request ${String(number)}`);
    await Promise.all(names.map((name) => traced.asRequest(name, send)));
    const spans = await traced.spans();
    const requests = names.map((name) => only(spans, name));
    const sizeOf = ({ attributes }: Delivered): number =>
      Number(attributes["pocketcharge.batch.requests"] ?? 0);
    const runs = spans.filter((span) => sizeOf(span) > 0);
    expect(runs.reduce((sum, span) => sum + sizeOf(span), 0)).toBe(names.length);
    expect(runs.filter((span) => sizeOf(span) > 1)).toHaveLength(1);
    for (const run of runs) {
      const shared = requests.filter((request) => linksOf(request).includes(run.spanId));
      expect(shared).toHaveLength(sizeOf(run));
      expect(linksOf(run)).toEqual(shared.map(({ spanId }) => spanId));
      // The run starts when another one ends, but is not part of that run's trace.
      const [first] = shared;
      expect(run).toMatchObject({ traceId: first?.traceId, parentSpanId: first?.spanId });
      expect(below(spans, run).map(({ name }) => name)).toContain("commit");
    }
  });

  it("is attributed correctly when pool connections change between requests", async () => {
    const traced = await Traced.start(1);
    await Promise.all(
      [1, 2, 3].map((number) =>
        traced.asRequest(`request ${String(number)}`, () =>
          readRows(
            traced.database.pool,
            rowOf({ number: column.integer() }),
            sql`select ${number}::int as number`,
            `q${String(number)}`,
          ),
        ),
      ),
    );
    const spans = await traced.spans();
    for (const number of [1, 2, 3]) {
      const request = only(spans, `request ${String(number)}`);
      expect(below(spans, request).map(({ name }) => name)).toEqual([`q${String(number)}`]);
    }
  });
});

describe("the sampler", () => {
  const parent = (flags: TraceFlags) =>
    traces.setSpanContext(ROOT_CONTEXT, {
      traceId: TRACE_ID,
      spanId: CLIENT_SPAN,
      traceFlags: flags,
      isRemote: true,
    });
  const contexts = [ROOT_CONTEXT, parent(TraceFlags.SAMPLED), parent(TraceFlags.NONE)];

  it.each([
    ["always_on", 1, [true, true, true]],
    ["always_off", 1, [false, false, false]],
    ["traceidratio", 1, [true, true, true]],
    ["traceidratio", 0, [false, false, false]],
    ["parentbased_always_on", 1, [true, true, false]],
    ["parentbased_always_off", 1, [false, true, false]],
    ["parentbased_traceidratio", 1, [true, true, false]],
    ["parentbased_traceidratio", 0, [false, true, false]],
  ] as const)(
    "%s with %d records the traces that OpenTelemetry specifies",
    (name, ratio, recorded) => {
      const sampler = samplerOf(name, ratio);
      const decisions = contexts.map(
        (context) => sampler.shouldSample(context, TRACE_ID, "", SpanKind.SERVER, {}, []).decision,
      );
      expect(decisions.map((one) => one === SamplingDecision.RECORD_AND_SAMPLED)).toEqual(recorded);
      expect(SAMPLER_NAMES).toContain(name);
    },
  );
});
