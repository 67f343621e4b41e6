import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { type Database, openDatabase } from "../../src/database/database.js";
import { RateLimitStore } from "../../src/rate-limits/rate-limit.store.js";
import { SharedLimit } from "../../src/rate-limits/shared-limit.js";
import type { SharedUsage } from "../../src/rate-limits/shared-usage.js";
import { RateLimitedError } from "../../src/shared/errors.js";
import type { RateLimit } from "../../src/shared/rate-limit.js";
import { deadlocksIn } from "../support/ledger.js";
import { type TestDatabase, createTestDatabase } from "../support/database.js";
import { StoppedClock } from "../support/limits.js";
import { DatabaseLock } from "../support/process.js";
import { runs } from "../support/runs.js";

const MINUTE_MS = 60_000;

let database: TestDatabase;
let kinds = 0;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(async () => {
  expect(await deadlocksIn(database)).toBe(0);
  await database.close();
});

/** Simulated processes that share one limit, each with its own memory. */
class Processes {
  readonly clock = new StoppedClock();
  readonly errors: unknown[] = [];
  readonly limits: SharedLimit[];
  readonly kind = `kind-${String(++kinds)}`;
  /** A long timeout, so that a busy machine does not make a process count alone. */
  timeoutMs = 60_000;
  reports = 0;

  constructor(
    count: number,
    limit: number,
    { on = database, per = "minute" }: { on?: Database; per?: RateLimit["per"] } = {},
  ) {
    const timeoutMs = (): number => this.timeoutMs;
    this.limits = Array.from({ length: count }, () => {
      const store = new RateLimitStore(on, this.kind);
      const shared: SharedUsage = {
        report: (...args) => {
          this.reports++;
          return store.report(...args);
        },
        forgetEnded: () => store.forgetEnded(),
      };
      return new SharedLimit({
        shared,
        limit: { count: limit, per },
        clock: this.clock,
        get timeoutMs() {
          return timeoutMs();
        },
        words: (cost, most, wait) => `${String(cost)} of ${most}, again in ${wait}`,
        onError: (error) => this.errors.push(error),
      });
    });
    onTestFinished(async () => {
      await Promise.all(this.limits.map((one) => one.close()));
    });
  }

  process(index: number): SharedLimit {
    return this.limits[index % this.limits.length]!;
  }

  async countedIn(subject: string): Promise<number> {
    const { rows } = await database.pool.query<{ used: number }>(
      "select sum(used)::bigint as used from rate_limit_usage where kind = $1 and subject = $2",
      [this.kind, subject],
    );
    return rows[0]!.used;
  }
}

async function isTaken(limit: SharedLimit, subject: string, cost: number): Promise<boolean> {
  try {
    await limit.take(subject, cost);
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(RateLimitedError);
    return false;
  }
}

/** Runs clients until they are refused. @returns the total that was allowed. */
async function drain(
  of: Pick<Processes, "process">,
  clients: number,
  subject: string,
  cost: number,
): Promise<number> {
  const one = async (index: number): Promise<number> => {
    let sum = 0;
    while (await isTaken(of.process(index), subject, cost)) sum += cost;
    return sum;
  };
  const sums = await Promise.all(Array.from({ length: clients }, (_, index) => one(index)));
  return sums.reduce((sum, each) => sum + each, 0);
}

describe("a shared limit", () => {
  it("allows one process exactly the limit, with any number of concurrent requests", async () => {
    const processes = new Processes(1, 500);
    expect(await drain(processes, 64, "a", 1)).toBe(500);
    expect(await drain(processes, 64, "b", 1)).toBe(500);
    expect(processes.errors).toEqual([]);
  });

  it.each([2, 3])(
    "allows %i processes of 64 clients the limit together, with less than a tenth of overshoot for each additional process",
    async (count) => {
      const processes = new Processes(count, 600);
      const taken = await drain(processes, 64, "a", 1);
      expect(taken).toBeGreaterThanOrEqual(600);
      expect(taken).toBeLessThanOrEqual(600 + (count - 1) * 60);
      expect(processes.errors).toEqual([]);
    },
  );

  it("keeps that bound for any order of any costs, small ones and large", async () => {
    const turn = fc.record({ process: fc.nat(2), cost: fc.integer({ min: 1, max: 70 }) });
    const limit = 200;
    await fc.assert(
      fc.asyncProperty(fc.array(turn, { minLength: 20, maxLength: 60 }), async (turns) => {
        const processes = new Processes(3, limit);
        const taken = await Promise.all(
          turns.map(async ({ process, cost }) =>
            (await isTaken(processes.process(process), "a", cost)) ? cost : 0,
          ),
        );
        const sum = taken.reduce((all, each) => all + each, 0);
        expect(sum).toBeLessThanOrEqual(limit + 2 * 20);
        expect(processes.errors).toEqual([]);
        // Once all processes have reported, the database has counted exactly what was allowed.
        await Promise.all(processes.limits.map((one) => one.close()));
        expect(await processes.countedIn("a")).toBe(sum);
      }),
      { numRuns: runs(8) },
    );
  });

  it("is never exceeded by reservations before they are used", async () => {
    const processes = new Processes(4, 1_000);
    // Each request is more than a tenth of the limit, so no process may reserve it in advance.
    expect(await drain(processes, 32, "a", 125)).toBe(1_000);
  });

  it("does not count refused requests", async () => {
    const processes = new Processes(2, 1_000);
    const [one, other] = [processes.process(0), processes.process(1)];
    await one.take("a", 950);
    expect(await isTaken(other, "a", 101)).toBe(false);
    await other.take("a", 50);
    expect(await isTaken(one, "a", 100)).toBe(false);
    expect(await isTaken(other, "a", 1)).toBe(false);
    await Promise.all([one.close(), other.close()]);
    expect(await processes.countedIn("a")).toBe(1_000);
  });

  it("immediately returns what was granted for a refused request", async () => {
    const processes = new Processes(2, 1_000);
    const [one, other] = [processes.process(0), processes.process(1)];
    await one.take("a", 600);
    await other.take("b", 1);
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    expect(await isTaken(other, "a", 500)).toBe(false);
    await expect.poll(() => processes.countedIn("a")).toBe(600);
  });

  it("notices what others returned, even while it refuses", async () => {
    const processes = new Processes(1, 1_000, { per: "second" });
    const one = processes.process(0);
    const others = new RateLimitStore(database, processes.kind);
    processes.clock.toWindow(1_000);
    const window = new Date(processes.clock.now());
    await one.take("a", 600);
    await others.report(window, 1_000, [{ subject: "a", spent: 0, wanted: 400 }]);
    expect(await isTaken(one, "a", 101)).toBe(false);
    await others.report(window, 1_000, [{ subject: "a", spent: -400, wanted: 0 }]);
    await expect.poll(() => isTaken(one, "a", 400)).toBe(true);
    expect(await isTaken(one, "a", 1)).toBe(false);
  });

  it("allows one process no more than the limit if the shared count is lost", async () => {
    const processes = new Processes(1, 500);
    const one = processes.process(0);
    await one.take("a", 300);
    await database.pool.query("delete from rate_limit_usage where kind = $1", [processes.kind]);
    await one.take("a", 150);
    expect(await processes.countedIn("a")).toBe(150);
    expect(await isTaken(one, "a", 51)).toBe(false);
    await one.take("a", 50);
  });

  it("resets with each window, and reports the time until then", async () => {
    const processes = new Processes(1, 10);
    const limit = processes.process(0);
    processes.clock.toWindow(MINUTE_MS, 17_250);
    await limit.take("a", 10);
    await expect(limit.take("a", 3)).rejects.toMatchObject({
      code: "RATE_LIMITED",
      message: "3 of 10, again in 43 seconds",
      retryAfterSeconds: 43,
    });
    processes.clock.advance(42_749);
    await expect(limit.take("a", 1)).rejects.toMatchObject({ retryAfterSeconds: 1 });
    processes.clock.advance(1);
    await limit.take("a", 10);
    expect(await isTaken(limit, "a", 1)).toBe(false);
  });

  it("counts each subject by itself", async () => {
    const processes = new Processes(2, 20);
    expect(await drain(processes, 8, "a", 1)).toBeGreaterThanOrEqual(20);
    expect(await isTaken(processes.process(0), "b", 20)).toBe(true);
  });

  it("reports many uses to the database at once", async () => {
    const processes = new Processes(1, 100_000);
    for (let index = 0; index < 20_000; index++) await processes.process(0).take("a", 1);
    expect(processes.reports).toBeLessThan(20);
  });

  it("is enforced by each process alone while the database is unreachable, without waiting", async () => {
    const nowhere = openDatabase({
      url: "postgresql://nobody:nothing@127.0.0.1:1/none",
      poolSize: 1,
      timeoutMs: 1_000,
      onIdleError: () => undefined,
    });
    onTestFinished(() => nowhere.close());
    const processes = new Processes(1, 100, { on: nowhere });
    expect(await drain(processes, 64, "a", 1)).toBe(100);
    expect(await drain(processes, 8, "b", 30)).toBe(90);
    // Logged once, not once for each attempt.
    expect(processes.errors).toHaveLength(1);
  });

  it("is enforced by each process alone while the database is slow, and jointly afterwards", async () => {
    const processes = new Processes(2, 100);
    const [one, other] = [processes.process(0), processes.process(1)];
    await one.take("a", 20);
    await other.take("a", 20);
    expect(processes.errors).toEqual([]);
    const lock = await DatabaseLock.take(database.url, "lock table rate_limit_usage");
    processes.timeoutMs = 50;
    const [byOne, byOther] = await Promise.all([
      drain({ process: () => one }, 8, "a", 5),
      drain({ process: () => other }, 8, "a", 5),
    ]);
    // Each process continues from its last known total: 20 for the first one, 40 for the second.
    expect([byOne, byOther]).toEqual([80, 60]);
    expect(processes.errors).toEqual([
      new Error("the database did not respond within 50 ms"),
      new Error("the database did not respond within 50 ms"),
    ]);
    processes.timeoutMs = 60_000;
    await lock.release();
    await Promise.all([one.close(), other.close()]);
    expect(await processes.countedIn("a")).toBe(180);
    expect(await isTaken(one, "a", 1)).toBe(false);
    processes.clock.toWindow(MINUTE_MS);
    expect(await drain(processes, 16, "a", 25)).toBe(100);
  });

  it("removes old windows from the database", async () => {
    await database.pool.query(
      `insert into rate_limit_usage values
         (now() - interval '11 minutes', 'old', 'a', 1, 0), (now() - interval '9 minutes', 'old', 'b', 1, 0)`,
    );
    await new RateLimitStore(database, "any").forgetEnded();
    const { rows } = await database.pool.query(
      "select subject from rate_limit_usage where kind = 'old'",
    );
    expect(rows).toEqual([{ subject: "b" }]);
  });
});
