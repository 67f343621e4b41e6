import { present } from "../../shared/assert.js";
import { AppError } from "../../shared/errors.js";

export interface BatcherOptions<T> {
  /**
   * The locks of a task. Tasks that share a lock are never in two simultaneous runs. The later task waits here, where
   * it holds no locks, and not in the database, where its run would hold all its locks. By default, tasks share no
   * locks.
   */
  readonly locksOf?: ((task: T) => readonly string[]) | undefined;
  /** The maximum total weight of the tasks in a run. A task that exceeds it runs alone. */
  readonly maxWeight: number;
  /** The maximum weight including tasks that share locks with the run, which would otherwise wait for its end. */
  readonly maxSharedWeight?: number | undefined;
  /** The maximum number of simultaneous runs of one key. */
  readonly maxRuns: number;
  /**
   * The maximum number of runs including slow ones. It also applies when the waiting tasks fill a run, because waiting
   * for more would gain nothing.
   */
  readonly maxFullRuns: number;
  /** The time after which a run is slow, for example because it waits for a lock. Other tasks then stop waiting for it. */
  readonly slowMs: number;
  /** The maximum time that a task waits for its run to begin. */
  readonly maxWaitMs: number;
}

/** The outcome of one task: its result, or why it alone failed. */
export type TaskResult<R> =
  | { readonly isDone: true; readonly value: R }
  | { readonly isDone: false; readonly error: unknown };

export function done<R>(value: R): TaskResult<R> {
  return { isDone: true, value };
}

export function failed(error: unknown): TaskResult<never> {
  return { isDone: false, error };
}

interface Waiting<T, R> {
  readonly task: T;
  readonly weight: number;
  readonly locks: readonly string[];
  readonly since: number;
  readonly resolve: (value: R) => void;
  readonly reject: (error: unknown) => void;
}

interface Queue<T, R> {
  /** In order of arrival. The first `passedOver` tasks wait for a lock until a run ends. */
  waiting: Waiting<T, R>[];
  passedOver: number;
  /** The weight of the other tasks. */
  freeWeight: number;
  /** The locks of the current runs. */
  readonly held: Set<string>;
  /** The locks of the tasks passed over: later tasks wait behind them. */
  readonly awaited: Set<string>;
  runs: number;
  slowRuns: number;
}

/**
 * Batches tasks: those of one key that arrive together share a run. The first task of a key runs immediately, and tasks
 * that arrive during a run form the next run, in order of arrival. So a lone task never waits, and more load means larger
 * runs.
 */
export class Batcher<T, R> {
  private readonly queues = new Map<string, Queue<T, R>>();

  /** @param run returns the results in the order of its tasks; if it throws, all tasks fail with that error. */
  constructor(
    private readonly run: (key: string, tasks: readonly T[]) => Promise<TaskResult<R>[]>,
    private readonly options: BatcherOptions<T>,
  ) {}

  /** @throws the task's own failure, or SERVICE_UNAVAILABLE if its run did not begin in time. */
  add(key: string, task: T, weight: number): Promise<R> {
    return new Promise((resolve, reject) => {
      const queue = this.queues.get(key) ?? this.open(key);
      const locks = this.options.locksOf?.(task) ?? [];
      queue.waiting.push({ task, weight, locks, since: performance.now(), resolve, reject });
      queue.freeWeight += weight;
      this.begin(key, queue);
    });
  }

  private open(key: string): Queue<T, R> {
    const queue: Queue<T, R> = {
      waiting: [],
      passedOver: 0,
      freeWeight: 0,
      held: new Set(),
      awaited: new Set(),
      runs: 0,
      slowRuns: 0,
    };
    this.queues.set(key, queue);
    return queue;
  }

  private begin(key: string, queue: Queue<T, R>): void {
    while (this.mayBegin(queue)) {
      const taken = this.inTime(this.take(queue));
      if (taken.length > 0) this.start(key, queue, taken);
    }
    if (queue.waiting.length === 0 && queue.runs === 0) this.queues.delete(key);
  }

  private mayBegin({ runs, slowRuns, freeWeight }: Queue<T, R>): boolean {
    const { maxRuns, maxFullRuns, maxWeight } = this.options;
    if (runs >= maxFullRuns) return false;
    return runs - slowRuns < maxRuns ? freeWeight > 0 : freeWeight >= maxWeight;
  }

  /** Takes the tasks of the next run in order of arrival, and skips those that wait for a lock. */
  private take(queue: Queue<T, R>): Waiting<T, R>[] {
    const { waiting, held, awaited } = queue;
    const taken: Waiting<T, R>[] = [];
    const left = waiting.slice(0, queue.passedOver);
    const { maxWeight, maxSharedWeight = maxWeight } = this.options;
    const own = new Set<string>();
    let weight = 0;
    let next = queue.passedOver;
    for (; next < waiting.length; next++) {
      const one = present(waiting[next], "a waiting task");
      if (one.locks.some((lock) => held.has(lock) || awaited.has(lock))) {
        for (const lock of one.locks) awaited.add(lock);
        left.push(one);
      } else {
        const isShared = one.locks.some((lock) => own.has(lock));
        if (weight > 0 && weight + one.weight > (isShared ? maxSharedWeight : maxWeight)) break;
        for (const lock of one.locks) own.add(lock);
        taken.push(one);
        weight += one.weight;
      }
    }
    queue.passedOver = left.length;
    queue.waiting = left.concat(waiting.slice(next));
    queue.freeWeight = weightOf(queue.waiting.slice(left.length));
    return taken;
  }

  private inTime(taken: readonly Waiting<T, R>[]): Waiting<T, R>[] {
    const oldest = performance.now() - this.options.maxWaitMs;
    return taken.filter(({ since, reject }) => {
      if (since >= oldest) return true;
      reject(new AppError("SERVICE_UNAVAILABLE", TOO_LATE));
      return false;
    });
  }

  private start(key: string, queue: Queue<T, R>, taken: readonly Waiting<T, R>[]): void {
    const locks = taken.flatMap((one) => one.locks);
    for (const lock of locks) queue.held.add(lock);
    queue.runs++;
    let isSlow = false;
    const timer = setTimeout(() => {
      isSlow = true;
      queue.slowRuns++;
      this.begin(key, queue);
    }, this.options.slowMs);
    void this.answer(key, taken).finally(() => {
      clearTimeout(timer);
      for (const lock of locks) queue.held.delete(lock);
      queue.runs--;
      if (isSlow) queue.slowRuns--;
      queue.passedOver = 0;
      queue.awaited.clear();
      queue.freeWeight = weightOf(queue.waiting);
      this.begin(key, queue);
    });
  }

  private async answer(key: string, taken: readonly Waiting<T, R>[]): Promise<void> {
    try {
      const results = await this.run(
        key,
        taken.map(({ task }) => task),
      );
      for (const [index, { resolve, reject }] of taken.entries()) {
        const result = results[index];
        if (result?.isDone) resolve(result.value);
        else reject(result?.error);
      }
    } catch (error) {
      for (const { reject } of taken) reject(error);
    }
  }
}

function weightOf(waiting: readonly { readonly weight: number }[]): number {
  return waiting.reduce((sum, { weight }) => sum + weight, 0);
}

const TOO_LATE =
  "The server is too busy and did not start the request. Try again; charges are safe to retry.";
