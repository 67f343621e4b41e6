import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MerchantCaller } from "../../src/callers/caller.js";
import { openDatabase } from "../../src/database/database.js";
import {
  LastStatement,
  RestartTransaction,
  inTransaction,
  waitForAll,
} from "../../src/database/transaction.js";
import { AppError } from "../../src/shared/errors.js";
import { expectLedgerToBalance } from "../support/ledger.js";
import { losingCommits } from "../support/lost-commits.js";
import { Charging } from "../support/charging.js";
import { type TestDatabase, createTestDatabase } from "../support/database.js";
import { withReplacedQuery } from "../support/replaced-query.js";
import { runs } from "../support/runs.js";
import { charge, newPhoneNumber } from "../support/pockets.js";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await database.pool.query("create table marks (mark text)");
});

afterAll(() => database.close());

async function marks(): Promise<number> {
  const { rowCount } = await database.pool.query("select from marks");
  await database.pool.query("truncate marks");
  return rowCount ?? 0;
}

const MARK = { text: "insert into marks values ('x')", values: [] };
const raise = (code: string) => ({
  text: `do $$ begin raise exception 'injected' using errcode = '${code}'; end $$`,
  values: [],
});

describe("inTransaction", () => {
  it("commits the work once", async () => {
    expect(await inTransaction(database.pool, async (tx) => (await tx.query(MARK)).rowCount)).toBe(
      1,
    );
    expect(await marks()).toBe(1);
  });

  it("rolls back after an error, and throws it", async () => {
    const error = new Error("stop");
    const work = inTransaction(database.pool, async (tx) => {
      await tx.query(MARK);
      throw error;
    });
    await expect(work).rejects.toBe(error);
    expect(await marks()).toBe(0);
  });

  it.each([
    ["a serialization failure", "40001"],
    ["a deadlock", "40P01"],
  ])("repeats the work after %s, and keeps only the last run", async (_, code) => {
    let runs = 0;
    await inTransaction(database.pool, async (tx) => {
      await tx.query(MARK);
      if (++runs < 4) await tx.query(raise(code));
    });
    expect(runs).toBe(4);
    expect(await marks()).toBe(1);
  });

  it("stops after a bounded number of failures, and throws the last one", async () => {
    let runs = 0;
    const work = inTransaction(database.pool, async (tx) => {
      runs++;
      await tx.query(raise("40001"));
    });
    await expect(work).rejects.toMatchObject({ code: "40001" });
    expect(runs).toBe(12);
  });

  it.each([
    ["a broken constraint", "23514"],
    ["a full disk", "53100"],
  ])("does not retry a permanent failure: %s", async (_, code) => {
    let runs = 0;
    const work = inTransaction(database.pool, async (tx) => {
      runs++;
      await tx.query(raise(code));
    });
    await expect(work).rejects.toMatchObject({ code });
    expect(runs).toBe(1);
  });

  it("restarts when the work requests it, a bounded number of times", async () => {
    let runs = 0;
    const work = inTransaction(database.pool, () => {
      runs++;
      return Promise.reject(new RestartTransaction("others came first"));
    });
    await expect(work).rejects.toBeInstanceOf(AppError);
    await expect(work).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE" });
    expect(runs).toBe(25);
  });

  it("takes another connection when its own was terminated", async () => {
    let runs = 0;
    await inTransaction(database.pool, async (tx) => {
      await tx.query(MARK);
      if (++runs === 1) await terminate(tx);
      await tx.query(MARK);
    });
    expect(runs).toBe(2);
    expect(await marks()).toBe(2);
  });

  it("writes nothing if its begin fails, even if statements were sent with it", async () => {
    let runs = 0;
    const work = inTransaction(unableToBegin(), async (tx) => {
      runs++;
      await tx.query({ text: "select 1", values: [] });
      await tx.query(MARK);
    });
    await expect(work).rejects.toMatchObject({ code: "57014" });
    const writing = inTransaction(unableToBegin(), (tx) => tx.query(MARK));
    await expect(writing).rejects.toMatchObject({ code: "57014" });
    const last = inTransaction(unableToBegin(), () =>
      Promise.resolve(new LastStatement(() => Promise.resolve(database.pool.query(MARK)))),
    );
    await expect(last).rejects.toMatchObject({ code: "57014" });
    expect(runs).toBe(1);
    expect(await marks()).toBe(0);
  });

  it("throws the first error of statements sent together, even if it arrives late", async () => {
    const work = inTransaction(database.pool, (tx) =>
      waitForAll(
        (async () => {
          await tx.query(raise("23514")).catch(async (error: unknown) => {
            await new Promise(setImmediate);
            throw error;
          });
        })(),
        tx.query(MARK),
      ),
    );
    await expect(work).rejects.toMatchObject({ code: "23514" });
  });

  it("commits together with its last statement, and rolls back if it fails", async () => {
    const ending = (last: typeof MARK) =>
      inTransaction(database.pool, async (tx) => {
        await tx.query(MARK);
        return new LastStatement(async () => (await tx.query(last)).rowCount);
      });
    await expect(ending(raise("23514"))).rejects.toMatchObject({ code: "23514" });
    expect(await marks()).toBe(0);
    expect(await ending(MARK)).toBe(1);
    expect(await marks()).toBe(2);
  });

  it("always releases its connection", async () => {
    const works = Array.from({ length: 30 }, (_, index) =>
      inTransaction(database.pool, async (tx) => {
        if (index % 3 === 0) await tx.query(raise("23514"));
        if (index % 3 === 1) throw new Error("stop");
      }),
    );
    await Promise.allSettled(works);
    const { totalCount, idleCount, waitingCount } = database.pool;
    expect({ busy: totalCount - idleCount, waitingCount }).toEqual({ busy: 0, waitingCount: 0 });
  });

  it("throws in bounded time if no connection is available", async () => {
    const small = openDatabase({
      url: database.url,
      poolSize: 1,
      timeoutMs: 300,
      onIdleError: () => undefined,
    });
    const held = await small.pool.connect();
    const begun = performance.now();
    await expect(inTransaction(small.pool, () => Promise.resolve())).rejects.toThrow(/timeout/);
    expect(performance.now() - begun).toBeLessThan(5_000);
    held.release();
    await small.close();
  });
});

/** A pool in which `begin` is canceled, while the connection still accepts statements. */
function unableToBegin(): pg.Pool {
  const canceled = raise("57014").text;
  return withReplacedQuery(database.pool, (client, statement) =>
    client.query(
      typeof statement === "string" && statement.startsWith("begin") ? canceled : statement,
    ),
  );
}

describe("a charge whose connection breaks", () => {
  let charging: Charging;
  let merchant: MerchantCaller;
  let slug: string;

  beforeAll(async () => {
    charging = new Charging(database);
    merchant = await charging.createMerchant();
    slug = await charging.createGroup({}, merchant);
  });

  it.each(["before commit", "after commit"] as const)(
    "%s succeeds and exists exactly once, as does the rest of its batch",
    async (when) => {
      const phoneNumber = newPhoneNumber();
      const twice = charge({ phoneNumber, amount: 1 });
      const batch = [twice, twice, charge({ phoneNumber, amount: 2 }), charge({ token: "none" })];
      const broken = new Charging(losingCommits(database, { when, times: 3 }));
      const results = await broken.chargePockets.charge(merchant, slug, batch);
      const charged = results.map((result) =>
        result.status === "SUCCESS" ? result.charge.balanceAfter : result.code,
      );
      expect(charged).toEqual([1, "DUPLICATE_TOKEN", 3, "INVALID_TOKEN"]);

      const again = await charging.chargePockets.charge(merchant, slug, batch);
      expect(again.map((result) => (result.status === "ERROR" ? result.code : ""))).toEqual([
        "DUPLICATE_TOKEN",
        "DUPLICATE_TOKEN",
        "DUPLICATE_TOKEN",
        "INVALID_TOKEN",
      ]);
      await expectLedgerToBalance(database);
    },
  );

  it("returns the results of the first run after a lost commit, item by item", async () => {
    const [one, two, three] = [charge(), charge(), charge({ phoneNumber: newPhoneNumber() })];
    const limited = await charging.createGroup({ maxPocketBalance: 10 }, merchant);
    const number = newPhoneNumber();
    const batch = [
      { ...one, phoneNumber: "12" },
      { ...one, phoneNumber: number, amount: 9 },
      { ...two, phoneNumber: number, amount: 5 },
      { ...two, phoneNumber: number, amount: 0 },
      { ...two, phoneNumber: number, amount: 1 },
      { ...one, phoneNumber: number, amount: 9 },
      { ...three, amount: 10 },
    ];
    const broken = new Charging(losingCommits(database, { when: "after commit", times: 2 }));
    const results = await broken.chargePockets.charge(merchant, limited, batch);
    const answers = results.map((result) =>
      result.status === "SUCCESS" ? result.charge.balanceAfter : result.code,
    );
    expect(answers).toEqual([
      "INVALID_PHONE_NUMBER",
      9,
      "ABOVE_MAX_POCKET_BALANCE",
      "INVALID_AMOUNT",
      10,
      "DUPLICATE_TOKEN",
      10,
    ]);
    await expectLedgerToBalance(database);
  });

  it("returns correct results while connections are terminated at random", async () => {
    const phoneNumbers = Array.from({ length: 5 }, newPhoneNumber);
    const killing = new AbortController();
    const killer = (async () => {
      while (!killing.signal.aborted) {
        await database.pool.query(`
          select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and pid <> pg_backend_pid()
          order by random() limit 1`);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    })().catch(() => undefined);
    const work = Array.from({ length: 8 }, async (_, client) => {
      for (let round = 0; round < runs(5); round++) {
        const batch = phoneNumbers.map((phoneNumber) =>
          charge({ phoneNumber, amount: client + 1 }),
        );
        const results = await charging.chargePockets.charge(merchant, slug, batch).catch(() => []);
        for (const result of results) expect(result.status).toBe("SUCCESS");
      }
    });
    await Promise.all(work);
    killing.abort();
    await killer;
    await expectLedgerToBalance(database);
  });
});

async function terminate(tx: { query: pg.PoolClient["query"] } | object): Promise<void> {
  const { rows } = await (tx as pg.PoolClient).query<{ pid: number }>(
    "select pg_backend_pid() as pid",
  );
  await database.pool.query("select pg_terminate_backend($1::int)", [rows[0]?.pid]);
}
