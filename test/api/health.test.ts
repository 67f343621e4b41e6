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

/** Starts an app with one connection to the database, or to the given URL. */
async function start(
  url = database.url,
  timeoutMs = 20_000,
): Promise<{ app: App; pool: Database["pool"] }> {
  const own = openDatabase({ url, poolSize: 1, timeoutMs, onIdleError: () => undefined });
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
  it("returns 200 while the database responds, even if every pool connection is in use", async () => {
    const { app, pool } = await start();
    const connection = await pool.connect();
    const body = { status: "ok", stopping: false, ...OK };
    expect(await ask(app, "ready")).toEqual({ status: 200, body });
    connection.release();
  });

  it("returns 503 while the database is unreachable or silent, and the server stays live", async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void silent.close());
    const { port } = silent.address() as AddressInfo;
    const { app } = await start(`postgresql://nobody@127.0.0.1:${String(port)}/nothing`, 500);
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

  it("returns 503 from the start of a shutdown, while requests are still answered", async () => {
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

describe("a database that responds", () => {
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

  it("is ready again after an outage", async () => {
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
