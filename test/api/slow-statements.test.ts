import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createApp } from "../../src/app/app.js";
import { execute, openDatabase } from "../../src/database/database.js";
import { sql } from "../../src/database/sql.js";
import type { SlowStatement } from "../../src/database/statement-watch.js";
import { type TestMerchant, TestServer } from "../support/server.js";

let home: TestServer;
let merchant: TestMerchant;

beforeAll(async () => {
  home = await TestServer.start();
  merchant = await home.createMerchant();
});

afterAll(() => home.stop());

/** A pool with one connection, and the statements that it reported. */
function watched(slowMs: number) {
  const reported: SlowStatement[] = [];
  const database = openDatabase({
    url: home.database.url,
    poolSize: 1,
    timeoutMs: 20_000,
    onIdleError: () => undefined,
    watch: { slowMs, onSlow: (statement) => reported.push(statement) },
  });
  return { reported, database };
}

describe("the log of slow statements", () => {
  it("has each statement with its text, name, rows and duration, but none of its values", async () => {
    const { reported, database } = watched(0);
    const secret = "989121112233";
    await execute(database.pool, sql`select ${secret}::text as value`, "a_name");
    const transaction = await database.pool.connect();
    await transaction.query("begin");
    await expect(transaction.query({ text: "select 1 / $1::int", values: [0] })).rejects.toThrow(
      "division by zero",
    );
    await transaction.query("rollback");
    transaction.release();
    await database.prisma.merchant.findMany({ where: { name: secret } });
    await database.close();
    expect(reported).toEqual([
      {
        name: "a_name",
        text: "select $1::text as value",
        rows: 1,
        durationMs: expect.any(Number) as number,
      },
      { text: "begin", rows: null, durationMs: expect.any(Number) as number },
      { text: "select 1 / $1::int", rows: null, durationMs: expect.any(Number) as number },
      { text: "rollback", rows: null, durationMs: expect.any(Number) as number },
      {
        text: expect.stringMatching(/^SELECT .*"merchants"/) as string,
        rows: 0,
        durationMs: expect.any(Number) as number,
      },
    ]);
    expect(JSON.stringify(reported)).not.toContain(secret);
  });

  it("has only statements that exceed the configured duration", async () => {
    const { reported, database } = watched(300);
    await execute(database.pool, sql`select 1`);
    await execute(database.pool, sql`select pg_sleep(${0.4})`);
    await database.close();
    expect(reported.map(({ text }) => text)).toEqual(["select pg_sleep($1)"]);
    expect(reported[0]?.durationMs).toBeGreaterThanOrEqual(300);
  });

  it("names the request for which a list was read", async () => {
    const { reported, database } = watched(0);
    const app = await createApp({ database, log: pino({ level: "silent" }), introspection: false });
    const { headers } = await app.http.inject({
      method: "POST",
      url: "/graphql",
      headers: { authorization: `Token ${merchant.token}` },
      payload: { query: "{ customers { nodes { id } } }" },
    });
    await app.close();
    await database.close();
    const [read] = reported.filter(({ text }) => text.includes("from customers"));
    expect(read?.reqId).toBe(headers["x-request-id"]);
  });
});
