import { type AddressInfo, createServer } from "node:net";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type App, createApp } from "../../src/app/app.js";
import { type Database, openDatabase } from "../../src/database/database.js";
import { Readiness } from "../../src/database/migrations/readiness.js";
import { type TestDatabase, createTestDatabase } from "../support/database.js";
import { POLL } from "../support/wait-timeout.js";

const OK = { database: "ok", migrations: "ok" };

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database.close());

/** A program with one connection to the database, or to what is named in its place. */
async function start(url = database.url): Promise<{ app: App; pool: Database["pool"] }> {
  const own = openDatabase({ url, poolSize: 1, timeoutMs: 20_000, onIdleError: () => undefined });
  const readiness = new Readiness(url);
  const log = pino({ level: "silent" });
  const app = await createApp({ database: own, log, introspection: false, readiness });
  onTestFinished(async () => {
    await app.close();
    await Promise.all([own.close(), readiness.close()]);
  });
  return { app, pool: own.pool };
}

async function ask(app: App, path: "live" | "ready"): Promise<{ status: number; body: unknown }> {
  const { statusCode, headers, body } = await app.http.inject(`/health/${path}`);
  expect(headers["cache-control"]).toBe("no-store");
  return { status: statusCode, body: JSON.parse(body) as unknown };
}

describe("/health/ready", () => {
  it("is 200 while the database answers, though every connection of the pool is used", async () => {
    const { app, pool } = await start();
    const connection = await pool.connect();
    const body = { status: "ok", stopping: false, ...OK };
    expect(await ask(app, "ready")).toEqual({ status: 200, body });
    connection.release();
  });

  it("is 503, and live all the same, where the database is away or does not say a word", async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void silent.close());
    const { port } = silent.address() as AddressInfo;
    const { app } = await start(`postgresql://nobody@127.0.0.1:${String(port)}/nothing`);
    const body = {
      status: "unavailable",
      stopping: false,
      database: "unreachable",
      migrations: "unknown",
    };
    const [one, two, live] = await Promise.all([
      ask(app, "ready"),
      ask(app, "ready"),
      ask(app, "live"),
    ]);
    expect([one, two]).toEqual([
      { status: 503, body },
      { status: 503, body },
    ]);
    expect(live).toEqual({ status: 200, body: { status: "ok" } });
  });

  it("is 503 from when a stop begins, while requests are answered still", async () => {
    const { app } = await start();
    app.drain();
    expect(await ask(app, "ready")).toEqual({
      status: 503,
      body: { status: "unavailable", stopping: true },
    });
    const { statusCode, headers } = await app.http.inject({
      method: "POST",
      url: "/graphql",
      payload: { query: "{ __typename }" },
    });
    expect(statusCode).toBe(200);
    expect(headers.connection).toBe("close");
    expect((await ask(app, "live")).status).toBe(200);
  });
});

const LAST = "(select max(migration_name) from _prisma_migrations)";

describe("a database that answers", () => {
  it.each([
    ["ok", "update _prisma_migrations set logs = ''"],
    ["pending", `delete from _prisma_migrations where migration_name = ${LAST}`],
    ["pending", "update _prisma_migrations set finished_at = null"],
    ["pending", "update _prisma_migrations set rolled_back_at = now()"],
    ["changed", "update _prisma_migrations set checksum = repeat('0', 64)"],
    ["pending", "alter table _prisma_migrations rename to away"],
  ])("has its migrations %s after: %s", async (migrations, change) => {
    const other = await createTestDatabase();
    await other.pool.query(change);
    await other.close();
    const readiness = new Readiness(other.url);
    expect(await readiness.look()).toEqual({ database: "ok", migrations });
    await readiness.close();
  });

  it("is found again after it was away", async () => {
    const readiness = new Readiness(database.url);
    expect(await readiness.look()).toEqual(OK);
    await database.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and application_name = 'pocketcharge readiness'`,
    );
    await expect.poll(() => readiness.look(), POLL).toEqual(OK);
    await readiness.close();
  });
});
