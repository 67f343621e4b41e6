import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { Metrics } from "../../src/observability/metrics/metrics.js";
import { createTestDatabase, directUrlOf, openTestDatabase } from "../support/database.js";
import {
  type ExportAnswer,
  download,
  exportPath,
  openExport,
  readCsv,
  readExport,
  readNdjson,
} from "../support/exports.js";
import { seriesIn } from "../support/metrics.js";
import { DatabaseLock } from "../support/process.js";
import { type TestMerchant, TestServer, made } from "../support/server.js";
import { POLL } from "../support/wait-timeout.js";

/** About 25 MB, many times what sockets and the server buffer. */
const CUSTOMERS = 60_000;
const LIMIT = 3;

let server: TestServer;
let metrics: Metrics;
let merchant: TestMerchant;
let other: TestMerchant;

beforeAll(async () => {
  const database = await createTestDatabase(2);
  metrics = new Metrics(database.pool);
  server = await TestServer.start({
    database,
    metrics: { counted: metrics, text: () => metrics.text() },
    exportLimits: { running: LIMIT },
    // Exports take longer than other requests may.
    httpLimits: { requestTimeoutMs: 1_000, clientTimeoutMs: 1_000 },
  });
  merchant = await server.createMerchant();
  other = await server.createMerchant();
  await database.pool.query(
    `insert into customers (merchant_id, id, number, name)
     select of, ('0198' || lpad(to_hex(n), 8, '0') || '70008000000000000000')::uuid, n, repeat('x', 190) || n
     from unnest($1::uuid[]) of, generate_series(1, $2::int) n`,
    [[merchant.id, other.id], CUSTOMERS],
  );
  await database.pool.query("analyze customers");
});

afterAll(() => server.stop());

const open = (query: Record<string, unknown> = {}, token = merchant.token) =>
  openExport(server.url, token, exportPath("customers.ndjson", query));

/** An export whose client has read the beginning, and reads no more until it is resumed. */
async function openPaused(...given: Parameters<typeof open>): Promise<IncomingMessage> {
  const response = await open(...given);
  expect(response.statusCode).toBe(200);
  await once(response, "readable");
  return response;
}

async function metric(name: string): Promise<number> {
  return seriesIn(await metrics.text()).get(name) ?? 0;
}

/** Waits until the server sends no more, and returns how many rows it has exported. */
async function rowsAtRest(): Promise<number> {
  for (let last = -1; ;) {
    const rows = await metric("pocketcharge_export_rows_total");
    if (rows === last) return rows;
    last = rows;
    await sleep(300);
  }
}

/** The connections that read an export. */
async function exporting(): Promise<number> {
  const { rows } = await server.database.pool.query<{ count: number }>(
    `select count(*)::int as count from pg_stat_activity
     where datname = current_database() and query like '%streamed_rows%' and pid <> pg_backend_pid()
       and state <> 'idle'`,
  );
  return rows[0]!.count;
}

/** The last line of an export that was cut off. */
function failureIn({ text, isComplete }: ExportAnswer): {
  code: string;
  message: string;
  cursor: string | null;
} {
  expect(isComplete).toBe(false);
  const last = text.trimEnd().split("\n").at(-1)!;
  return (JSON.parse(last) as { error: { code: string; message: string; cursor: string } }).error;
}

describe("an export of many rows", () => {
  it("waits for a client that reads slowly, and keeps few rows in memory", async () => {
    const before = await rowsAtRest();
    const response = await openPaused();
    const sent = (await rowsAtRest()) - before;
    expect(sent).toBeGreaterThan(0);
    expect(sent).toBeLessThan(CUSTOMERS / 2);
    // Longer than the server waits for anything else.
    await sleep(2_500);
    const { rows, end } = readNdjson((await readExport(response)).text);
    expect([rows.length, end.count]).toEqual([CUSTOMERS, CUSTOMERS]);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(CUSTOMERS);
    await expect.poll(exporting, POLL).toBe(0);
  });

  it("is one snapshot: it does not show changes that were made after it began", async () => {
    const response = await openPaused({ sort: [{ field: "NUMBER" }] });
    const { pool } = server.database;
    await pool.query("update customers set name = 'changed' where number = $1", [CUSTOMERS]);
    const { rows } = readNdjson((await readExport(response)).text);
    expect(rows.at(-1)).toMatchObject({
      number: CUSTOMERS,
      name: expect.stringMatching(/^x+\d+$/) as string,
    });
    const { text } = await download(
      server.url,
      merchant.token,
      exportPath("customers.ndjson", { filter: { name: { eql: ["changed"] } } }),
    );
    expect(readNdjson(text).rows).toHaveLength(1);
  });

  it("leaves every connection of the pool to requests", async () => {
    const responses = [await openPaused(), await openPaused()];
    const query = "{ customers { totalCount } viewer { scopes } }";
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => server.send(merchant.token, query)),
    );
    expect(answers.map(({ errors }) => errors)).toEqual(answers.map(() => undefined));
    await Promise.all(responses.map(readExport));
  });

  it("is refused with the time to wait while as many run as the server allows", async () => {
    const responses = [await openPaused(), await openPaused(), await openPaused({}, other.token)];
    const refused = await readExport(await open({}, other.token));
    expect(refused.status).toBe(429);
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
    expect(refused.text).toContain("This server runs 3 exports at a time");
    expect(await metric("pocketcharge_exports")).toBe(LIMIT);
    for (const response of responses) response.destroy();
    await expect.poll(() => metric("pocketcharge_exports"), POLL).toBe(0);
    readNdjson((await readExport(await open())).text);
  });

  it("is refused if it would block the exports of other merchants", async () => {
    const responses = [await openPaused(), await openPaused()];
    const refused = await readExport(await open());
    expect(refused.status).toBe(429);
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
    expect(refused.text).toContain("This merchant runs as many exports as it may at a time: 2.");
    readNdjson((await readExport(await open({}, other.token))).text);
    for (const response of responses) response.destroy();
    await expect.poll(() => metric("pocketcharge_exports"), POLL).toBe(0);
  });

  it("is compressed while it is streamed", async () => {
    const headers = { "accept-encoding": "gzip", te: "trailers" };
    const path = exportPath("customers.csv", { count: "true" });
    const answer = await download(server.url, merchant.token, path, headers);
    expect(readCsv(answer.text).rows).toHaveLength(CUSTOMERS);
    expect(answer.headers["export-total"]).toBe(String(CUSTOMERS));
    expect(answer.trailers["export-count"]).toBe(String(CUSTOMERS));
  });
});

describe("an export ends", () => {
  it("when its client leaves, and frees its connection", async () => {
    const response = await openPaused();
    expect(await exporting()).toBe(1);
    response.destroy();
    await expect.poll(exporting, POLL).toBe(0);
    await expect.poll(() => metric("pocketcharge_exports"), POLL).toBe(0);
  });

  it("when its client leaves before the first row: PostgreSQL stops too", async () => {
    const url = directUrlOf(server.database);
    const lock = await DatabaseLock.take(url, "lock table customers in access exclusive mode");
    const leaving = new AbortController();
    const waiting = fetch(new URL("/export/customers.csv", server.url), {
      headers: { authorization: `Token ${merchant.token}` },
      signal: leaving.signal,
    }).catch((error: unknown) => error);
    await lock.isWaitedForBy(1);
    leaving.abort();
    await waiting;
    await lock.isWaitedForBy(0);
    await lock.release();
    await expect.poll(() => metric("pocketcharge_exports"), POLL).toBe(0);
  });

  it("when its token is revoked, with the reason in the last line", async () => {
    const { services } = server.app;
    const scopes = ["PAYMENTS_READ"] as const;
    const input = { name: "short-lived", merchantId: merchant.id, scopes };
    const { secret, apiToken } = made(await services.apiTokens.create(input));
    const response = await openPaused({}, secret);
    await services.apiTokens.revoke(apiToken.id);
    await expect.poll(exporting, POLL).toBe(0);
    const failure = failureIn(await readExport(response));
    expect(failure).toMatchObject({
      code: "UNAUTHENTICATED",
      message: "The API token was revoked.",
    });
  });

  it("when the server stops, and can be continued at another server without gaps", async () => {
    const other = await TestServer.start({
      database: openTestDatabase(directUrlOf(server.database)),
    });
    const sort = [{ field: "NUMBER" }];
    const path = exportPath("customers.ndjson", { sort });
    const response = await openExport(other.url, merchant.token, path);
    await once(response, "readable");
    const reading = readExport(response);
    await other.stop();
    const answer = await reading;
    const { code, message, cursor } = failureIn(answer);
    expect([code, message]).toEqual([
      "SERVICE_UNAVAILABLE",
      expect.stringContaining("The server stops"),
    ]);
    const received = answer.text.trimEnd().split("\n").length - 1;
    expect(received).toBeLessThan(CUSTOMERS);
    const rest = readNdjson((await readExport(await open({ sort, after: cursor }))).text);
    expect(received + rest.end.count).toBe(CUSTOMERS);
    expect(rest.rows[0]).toMatchObject({ number: received + 1 });
  });

  it("when its client reads nothing for too long", async () => {
    const impatient = await TestServer.start({
      database: openTestDatabase(directUrlOf(server.database)),
      exportLimits: { stallMs: 300 },
    });
    onTestFinished(() => impatient.stop());
    const path = exportPath("customers.ndjson");
    const response = await openExport(impatient.url, merchant.token, path);
    await once(response, "readable");
    await expect
      .poll(() => impatient.logged.some((line) => line.includes('"msg":"export ended"')), POLL)
      .toBe(true);
    await expect.poll(exporting, POLL).toBe(0);
    expect((await readExport(response)).isComplete).toBe(false);
  });

  it("with one line in the log: the list, the rows, the time and the outcome", async () => {
    const { logged } = server;
    const before = logged.length;
    await readExport(await open({ filter: { name: { suffix: ["x1", "x2", "x3"] } } }));
    const line = (): string | undefined =>
      logged.slice(before).find((one) => one.includes("export ended"));
    await expect.poll(line, POLL).toBeDefined();
    expect(JSON.parse(line()!)).toMatchObject({
      list: "customers",
      rows: 3,
      outcome: "ok",
      durationMs: expect.any(Number) as number,
    });
  });

  it("and is counted by its outcome", async () => {
    const ended = (outcome: string) =>
      metric(`pocketcharge_exports_ended_total{outcome="${outcome}"}`);
    for (const outcome of ["ok", "RATE_LIMITED", "UNAUTHENTICATED", "SERVICE_UNAVAILABLE"]) {
      expect(await ended(outcome), outcome).toBeGreaterThan(0);
    }
    expect(await ended("INTERNAL_SERVER_ERROR")).toBe(0);
    expect(await ended("OTHER")).toBe(0);
  });
});

describe("a server whose exports are off", () => {
  it("has no paths for them", async () => {
    const without = await TestServer.start({ exportLimits: { running: 0 } });
    onTestFinished(() => without.stop());
    const { token } = await without.createMerchant();
    expect((await download(without.url, token, "/export/customers.csv")).status).toBe(404);
  });
});
