import { afterEach, describe, expect, inject, it, onTestFinished, vi } from "vitest";
import { type Database, openDatabase } from "../../src/database/database.js";
import { migrate } from "../../src/database/migrations/migrate.js";
import type { PocketChargeRequest } from "../../src/pockets/pocket-charge.js";
import { expectLedgerToBalance } from "../support/ledger.js";
import { createDatabaseUrl } from "../support/database.js";
import { PgBouncer } from "../support/pgbouncer.js";
import { charge, sendCharges } from "../support/pockets.js";
import { DataFolder, DatabaseLock, selectRows, tokenIn } from "../support/process.js";
import { TestServer } from "../support/server.js";
import { POLL } from "../support/wait-timeout.js";

const TIMEOUT_MS = 20_000;

let closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.reverse()) await close();
  closing = [];
});

function open(url: string, poolSize = 10, timeoutMs = TIMEOUT_MS): Database {
  return openDatabase({ url, poolSize, timeoutMs, onIdleError: () => undefined });
}

/** A migrated database behind the test's own PgBouncer. */
async function startBouncer(
  size: number,
  connectQuery?: string,
): Promise<{ bouncer: PgBouncer; directUrl: string }> {
  const directUrl = await createDatabaseUrl("migrated");
  const bouncer = await PgBouncer.start(directUrl, { default_pool_size: size }, connectQuery);
  closing.push(() => bouncer.stop());
  return { bouncer, directUrl };
}

async function startServer(url: string, requestTimeoutMs = 30_000): Promise<TestServer> {
  const database = { ...open(url), url };
  const server = await TestServer.start({ database, httpLimits: { requestTimeoutMs } });
  closing.push(() => server.stop());
  return server;
}

it("two servers neither lose nor repeat a charge while PgBouncer is killed repeatedly", async () => {
  // Fewer connections than either server's pool.
  const { bouncer, directUrl } = await startBouncer(3);
  const servers = [await startServer(bouncer.url), await startServer(bouncer.url)];
  const merchant = await servers[0]!.createMerchant();
  const slug = await servers[0]!.createGroup({}, merchant);
  const sent: PocketChargeRequest[] = [];
  let isOver = false;
  let answered = 0;
  const clients = Array.from({ length: 16 }, async (_, client) => {
    while (!isOver) {
      const charged = charge({ phoneNumber: `98912000000${String(client % 4)}`, amount: 1_000 });
      sent.push(charged);
      // Like a careful client, repeat the same request to either server until there is an answer.
      for (let attempt = client; ; attempt++) {
        const answer = await sendCharges(servers[attempt % 2]!, merchant.token, slug, [charged]);
        const result = answer.data?.chargePockets.results[0];
        if (result === undefined) {
          expect(answer.errors?.[0]?.extensions.code).toBe("SERVICE_UNAVAILABLE");
          continue;
        }
        // A duplicate was made by an earlier attempt whose response was lost.
        if (attempt === client) expect(result.status).toBe("SUCCESS");
        expect(result.code ?? "DUPLICATE_TOKEN").toBe("DUPLICATE_TOKEN");
        break;
      }
      answered++;
    }
  });
  for (let kills = 0; kills < 3; kills++) {
    const before = answered;
    await vi.waitFor(() => {
      expect(answered).toBeGreaterThan(before + 50);
    }, POLL);
    await bouncer.kill();
    await bouncer.run();
  }
  isOver = true;
  await Promise.all(clients);

  const direct = open(directUrl);
  closing.push(() => direct.close());
  const { rows } = await direct.pool.query<{ count: number; amount: number }>(
    "select count(*)::int, sum(amount)::int as amount from pocket_ledger",
  );
  expect(rows).toEqual([{ count: sent.length, amount: sent.length * 1_000 }]);
  await expectLedgerToBalance(direct);
}, 120_000);

it("statements have names on direct connections, and none where PgBouncer could mix them up", async () => {
  const { bouncer, directUrl } = await startBouncer(2);
  const named = { name: "a_name", text: "select 1", values: [] };
  const kept = { text: "select name from pg_prepared_statements" };
  for (const [url, names] of [
    [directUrl, ["a_name"]],
    [bouncer.url, []],
  ] as const) {
    const database = open(url, 1);
    closing.push(() => database.close());
    await database.pool.query(named);
    expect((await database.pool.query<{ name: string }>(kept)).rows).toEqual(
      names.map((name) => ({ name })),
    );
  }
});

it("every connection uses UTC, regardless of the database's time zone", async () => {
  const { bouncer, directUrl } = await startBouncer(4);
  const name = new URL(directUrl).pathname.slice(1);
  await selectRows(directUrl, `alter database ${name} set timezone to 'Asia/Tehran'`);
  const database = open(bouncer.url, 8);
  const { pool } = database;
  closing.push(() => database.close());
  const asked = Array.from({ length: 8 }, () =>
    pool.query<{ zone: string }>("select current_setting('timezone') as zone, pg_sleep(0.05)"),
  );
  const zones = (await Promise.all(asked)).map(({ rows }) => rows[0]?.zone);
  expect(new Set(zones)).toEqual(new Set(["UTC"]));
});

it("an aborted list is cancelled in PostgreSQL", async () => {
  const { bouncer, directUrl } = await startBouncer(3);
  const server = await startServer(bouncer.url, 1_500);
  const merchant = await server.createMerchant();
  const running = () =>
    selectRows(
      directUrl,
      `select from pg_stat_activity where datname = current_database() and state = 'active'
       and query like '%from orders%' and pid <> pg_backend_pid()`,
    );
  const lock = await DatabaseLock.take(directUrl, "lock table orders");
  try {
    const asked = server.send(merchant.token, "{ orders { nodes { id } } }");
    await vi.waitFor(async () => {
      expect(await running()).not.toHaveLength(0);
    }, POLL);
    expect((await asked).errors?.[0]?.extensions.code).toBe("SERVICE_UNAVAILABLE");
    await vi.waitFor(async () => {
      expect(await running()).toHaveLength(0);
    }, POLL);
  } finally {
    await lock.release();
  }
});

describe("a pooler that drops settings is refused with their names", () => {
  it.each([
    ["none", "select", "lock_timeout is 0 and must be from 1 to 20000"],
    [
      "a bound beyond this server's own",
      "set lock_timeout to 60000; set statement_timeout to 1000; set idle_in_transaction_session_timeout to 1000",
      "settings to PostgreSQL: lock_timeout is 60000 and must be from 1 to 20000, which is DATABASE_TIMEOUT_MS; ",
    ],
    [
      "what plans are made by",
      "set lock_timeout to 1000; set statement_timeout to 1000; set idle_in_transaction_session_timeout to 1000",
      "settings to PostgreSQL: enable_seqscan is on and must be off; random_page_cost is 1.1 and must be 1. ",
    ],
  ])("%s", async (_, connectQuery, words) => {
    const { bouncer } = await startBouncer(1, connectQuery);
    const database = open(bouncer.url);
    const { pool } = database;
    closing.push(() => database.close());
    await expect(pool.query("select")).rejects.toThrow(words);
  });
});

describe("migrations", () => {
  it("do not use a pooler, and leave nothing in it", async () => {
    const direct = await createDatabaseUrl("empty");
    const pooled = new URL(direct);
    pooled.host = new URL(inject("poolerUrl") ?? "").host;
    await expect(migrate(pooled.href)).rejects.toThrow(/DATABASE_DIRECT_URL/);
    const locks = `select from pg_locks l join pg_database d on d.oid = l.database
      where l.locktype = 'advisory' and d.datname = current_database()`;
    expect(await selectRows(direct, locks)).toEqual([]);
    const tables = "select from pg_tables where schemaname = 'public'";
    expect(await selectRows(direct, tables)).toEqual([]);
  });

  it("use DATABASE_DIRECT_URL, and everything else uses the pooler", async () => {
    const direct = await createDatabaseUrl("empty");
    const bouncer = await PgBouncer.start(direct, { default_pool_size: 4 });
    closing.push(() => bouncer.stop());
    const home = await DataFolder.create();
    onTestFinished(() => home.remove());
    const env = {
      DATABASE_URL: bouncer.url,
      DATABASE_DIRECT_URL: direct,
      PROVIDER_SECRET_KEYS: `test:${Buffer.alloc(32, 1).toString("base64")}`,
    };
    const token = tokenIn(await home.run("commands/seed", env));
    const server = await home.startServer({ ...env, WORKERS: "2" });
    const charged = charge();
    expect(await server.charge(charged, token)).toMatchObject({ status: "SUCCESS" });
    expect(await server.trace(charged, token)).toMatchObject({ token: charged.token });
    expect(await home.run("commands/audit", env)).toContain("The ledger is consistent");
    expect(await server.stop()).toBe(0);
  });

  it("are refused without DATABASE_DIRECT_URL, with an explanation", async () => {
    const direct = await createDatabaseUrl("empty");
    const bouncer = await PgBouncer.start(direct);
    closing.push(() => bouncer.stop());
    const home = await DataFolder.create();
    onTestFinished(() => home.remove());
    const program = home.launch("main", { DATABASE_URL: bouncer.url });
    expect(await program.ended()).toBe(1);
    expect(program.stderr).toContain(
      "Set DATABASE_DIRECT_URL to a direct connection to PostgreSQL",
    );
    expect(program.stderr).not.toContain(" at ");
  });
});

it("reports how to configure a PgBouncer that refuses this server's settings", async () => {
  const direct = await createDatabaseUrl("migrated");
  const bouncer = await PgBouncer.start(direct, {
    ignore_startup_parameters: "extra_float_digits",
  });
  closing.push(() => bouncer.stop());
  const home = await DataFolder.create();
  onTestFinished(() => home.remove());
  const program = home.launch("main", { DATABASE_URL: bouncer.url });
  expect(await program.ended()).toBe(1);
  expect(program.stderr).toContain("Name it in PgBouncer's ignore_startup_parameters");
});
