import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Batcher, type BatcherOptions, type TaskResult } from "../../src/pockets/ledger/batcher.js";

/** Runs that end only when the test ends them. */
class Runs {
  readonly begun: { key: string; tasks: readonly number[]; end: (error?: Error) => void }[] = [];

  readonly run = (key: string, tasks: readonly number[]): Promise<TaskResult<string>[]> =>
    new Promise((resolve, reject) => {
      const end = (error?: Error): void => {
        if (error) reject(error);
        else resolve(tasks.map((task) => ({ isDone: true, value: `done ${String(task)}` })));
      };
      this.begun.push({ key, tasks, end });
    });

  get tasks(): (readonly number[])[] {
    return this.begun.map(({ tasks }) => tasks);
  }
}

const LIMITS: BatcherOptions<number> = {
  maxWeight: 10,
  maxRuns: 1,
  maxFullRuns: 1,
  slowMs: 60_000,
  maxWaitMs: 60_000,
};

function start(options: Partial<BatcherOptions<number>> = {}) {
  const runs = new Runs();
  const limits = { ...LIMITS, ...options };
  return { runs, batcher: new Batcher<number, string>(runs.run, limits) };
}

afterEach(() => {
  vi.useRealTimers();
});

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("tasks of one key", () => {
  it("start immediately if no task is running", () => {
    const { runs, batcher } = start();
    void batcher.add("a", 1, 1);
    expect(runs.tasks).toEqual([[1]]);
  });

  it("that arrive during a run form the next run, in order", async () => {
    const { runs, batcher } = start();
    const answers = [1, 2, 3, 4].map((task) => batcher.add("a", task, 1));
    expect(runs.tasks).toEqual([[1]]);
    runs.begun[0]?.end();
    await settled();
    expect(runs.tasks).toEqual([[1], [2, 3, 4]]);
    runs.begun[1]?.end();
    expect(await Promise.all(answers)).toEqual(["done 1", "done 2", "done 3", "done 4"]);
  });

  it("run in parallel up to the limit", () => {
    const { runs, batcher } = start({ maxRuns: 2, maxFullRuns: 2 });
    for (const task of [1, 2, 3]) void batcher.add("a", task, 1);
    expect(runs.tasks).toEqual([[1], [2]]);
  });

  it("run in parallel with others when the waiting tasks fill a run", () => {
    const { runs, batcher } = start({ maxFullRuns: 3 });
    for (const [task, weight] of [1, 4, 5, 1, 10, 10].entries())
      void batcher.add("a", task, weight);
    expect(runs.tasks).toEqual([[0], [1, 2, 3], [4]]);
  });

  it("do not wait for slow runs, up to the limit of runs, until these have ended", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { runs, batcher } = start({ maxFullRuns: 3, slowMs: 250 });
    const add = (task: number): void => void batcher.add("a", task, 1);
    for (const task of [1, 2, 3]) add(task);
    vi.advanceTimersByTime(249);
    expect(runs.tasks).toEqual([[1]]);
    vi.advanceTimersByTime(1);
    expect(runs.tasks).toEqual([[1], [2, 3]]);
    add(4);
    expect(runs.tasks).toEqual([[1], [2, 3]]);
    vi.advanceTimersByTime(250);
    add(5);
    vi.advanceTimersByTime(250);
    expect(runs.tasks).toEqual([[1], [2, 3], [4]]);
    for (const run of runs.begun) run.end();
    await settled();
    add(6);
    expect(runs.tasks).toEqual([[1], [2, 3], [4], [5]]);
    vi.advanceTimersByTime(249);
    expect(runs.tasks).toHaveLength(4);
  });

  it("share a run up to its maximum weight; a heavier one runs alone", async () => {
    const { runs, batcher } = start();
    const weights = [1, 6, 4, 1, 50, 2];
    for (const [task, weight] of weights.entries()) void batcher.add("a", task, weight);
    while (runs.begun.length < 4) {
      runs.begun.at(-1)?.end();
      await settled();
    }
    expect(runs.tasks).toEqual([[0], [1, 2], [3], [4]]);
  });

  it("are refused without starting after they have waited too long", async () => {
    const { runs, batcher } = start({ maxWaitMs: -1 });
    await expect(batcher.add("a", 1, 1)).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE" });
    expect(runs.tasks).toEqual([]);
  });

  it("all fail when their run fails, and the next ones run", async () => {
    const { runs, batcher } = start();
    const first = batcher.add("a", 1, 1);
    const second = batcher.add("a", 2, 1);
    runs.begun[0]?.end(new Error("no luck"));
    await expect(first).rejects.toThrow("no luck");
    runs.begun[1]?.end();
    expect(await second).toBe("done 2");
  });
});

it("tasks of several keys do not wait for each other", () => {
  const { runs, batcher } = start();
  void batcher.add("a", 1, 1);
  void batcher.add("b", 2, 1);
  expect(runs.begun.map(({ key }) => key)).toEqual(["a", "b"]);
});

it("a task that fails in its run fails alone", async () => {
  const batcher = new Batcher<number, string>(
    (_, tasks) =>
      Promise.resolve(
        tasks.map((task) =>
          task === 2
            ? { isDone: false, error: new Error("two") }
            : { isDone: true, value: String(task) },
        ),
      ),
    LIMITS,
  );
  const answers = await Promise.allSettled([1, 2, 3].map((task) => batcher.add("a", task, 1)));
  expect(answers.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
});

describe("tasks that share a lock", () => {
  const locksOf = (task: number): string[] => [String(task % 10)];

  it("are never in two runs at once; others overtake them", () => {
    const { runs, batcher } = start({ maxRuns: 3, maxFullRuns: 3, locksOf });
    for (const task of [1, 11, 2]) void batcher.add("a", task, 1);
    expect(runs.tasks).toEqual([[1], [2]]);
  });

  it("share the next run, up to its own maximum weight", async () => {
    const { runs, batcher } = start({ maxSharedWeight: 25, locksOf });
    for (const task of [1, 11, 21, 31, 2]) void batcher.add("a", task, 10);
    runs.begun[0]?.end();
    await settled();
    expect(runs.tasks).toEqual([[1], [11, 21]]);
  });

  it("start in order, never share a lock with another run, and all end, in random cases", async () => {
    const tasks = fc.array(
      fc.record({
        locks: fc.uniqueArray(fc.constantFrom("a", "b", "c", "d", "e"), { maxLength: 3 }),
        weight: fc.integer({ min: 1, max: 12 }),
      }),
      { maxLength: 30 },
    );
    const limits = fc.record({
      maxRuns: fc.integer({ min: 1, max: 3 }),
      maxFullRuns: fc.integer({ min: 3, max: 5 }),
      maxSharedWeight: fc.constantFrom(undefined, 30),
    });
    await fc.assert(
      fc.asyncProperty(
        tasks,
        limits,
        fc.infiniteStream(fc.nat()),
        async (given, options, choices) => {
          const locks = (task: number): readonly string[] => given[task]?.locks ?? [];
          const { runs, batcher } = start({ ...options, locksOf: locks });
          const underWay = new Set<(typeof runs.begun)[number]>();
          let seen = 0;
          const look = (): void => {
            for (const run of runs.begun.slice(seen)) underWay.add(run);
            seen = runs.begun.length;
            const held = [...underWay].flatMap((run) => [...new Set(run.tasks.flatMap(locks))]);
            expect(held).toEqual([...new Set(held)]);
          };
          const answers = given.map(({ weight }, task) => {
            const answer = batcher.add("key", task, weight);
            look();
            return answer;
          });
          for (const choice of choices) {
            const running = [...underWay];
            if (running.length === 0) break;
            const run = running[choice % running.length];
            if (run === undefined) break;
            underWay.delete(run);
            run.end();
            await settled();
            look();
          }
          expect(await Promise.all(answers)).toEqual(
            given.map((_, task) => `done ${String(task)}`),
          );
          const order = runs.tasks.flat();
          for (const lock of ["a", "b", "c", "d", "e"]) {
            const holders = order.filter((task) => locks(task).includes(lock));
            expect(holders).toEqual(holders.toSorted((left, right) => left - right));
          }
          const { maxWeight } = LIMITS;
          for (const run of runs.tasks) {
            const weight = run.reduce((sum, task) => sum + (given[task]?.weight ?? 0), 0);
            const most = options.maxSharedWeight ?? maxWeight;
            expect(run.length === 1 || weight <= most).toBe(true);
          }
        },
      ),
    );
  });
});
