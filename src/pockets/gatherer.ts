import { AppError } from "../shared/errors.js";

export interface GathererOptions {
  /** What tasks that run together weigh at most; one that weighs more runs alone. */
  readonly maxWeight: number;
  /** How many runs of one key are under way, whatever waits. */
  readonly maxRuns: number;
  /** As many as this when what waits fills a run: nothing is then gained by waiting for more. */
  readonly maxFullRuns: number;
  /** How long a task may wait for its run to begin. */
  readonly maxWaitMs: number;
}

/** What became of one task: its result, or why it alone failed. */
export type TaskResult<R> =
  | { readonly isDone: true; readonly value: R }
  | { readonly isDone: false; readonly error: unknown };

interface Waiting<T, R> {
  readonly task: T;
  readonly weight: number;
  readonly since: number;
  readonly resolve: (value: R) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Runs tasks that arrive together as one. Nothing is waited for: the first task of a key runs at once,
 * and those that arrive while runs are under way are the next run, in their order. So a lone task
 * costs what it costs alone, and the more arrive, the more share a run.
 */
export class Gatherer<T, R> {
  private readonly queues = new Map<string, { waiting: Waiting<T, R>[]; runs: number }>();

  /** @param run answers every task in its place; when it throws, all of them failed for that reason. */
  constructor(
    private readonly run: (key: string, tasks: readonly T[]) => Promise<TaskResult<R>[]>,
    private readonly options: GathererOptions,
  ) {}

  /** @throws what the task met, SERVICE_UNAVAILABLE when it waited too long and was not begun. */
  add(key: string, task: T, weight: number): Promise<R> {
    return new Promise((resolve, reject) => {
      let queue = this.queues.get(key);
      if (queue === undefined) this.queues.set(key, (queue = { waiting: [], runs: 0 }));
      queue.waiting.push({ task, weight, since: performance.now(), resolve, reject });
      this.begin(key);
    });
  }

  private begin(key: string): void {
    const queue = this.queues.get(key);
    if (queue === undefined) return;
    if (queue.waiting.length === 0 && queue.runs === 0) this.queues.delete(key);
    while (queue.waiting.length > 0 && this.mayBegin(queue)) {
      const taken = this.take(queue.waiting);
      if (taken.length === 0) continue;
      queue.runs++;
      void this.answer(key, taken).finally(() => {
        queue.runs--;
        this.begin(key);
      });
    }
  }

  private mayBegin({
    runs,
    waiting,
  }: {
    runs: number;
    waiting: readonly Waiting<T, R>[];
  }): boolean {
    const { maxRuns, maxFullRuns, maxWeight } = this.options;
    if (runs < maxRuns) return true;
    return runs < maxFullRuns && waiting.reduce((sum, { weight }) => sum + weight, 0) >= maxWeight;
  }

  /** The next tasks in their order, as many as run together. */
  private take(waiting: Waiting<T, R>[]): Waiting<T, R>[] {
    const oldest = performance.now() - this.options.maxWaitMs;
    let weight = 0;
    let count = 0;
    for (const one of waiting) {
      weight += one.weight;
      if (count > 0 && weight > this.options.maxWeight) break;
      count++;
    }
    const taken = waiting.splice(0, count);
    const late = taken.filter(({ since }) => since < oldest);
    for (const { reject } of late) reject(new AppError("SERVICE_UNAVAILABLE", TOO_LATE));
    return late.length === 0 ? taken : taken.filter(({ since }) => since >= oldest);
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

const TOO_LATE =
  "The server is too busy: the request was not begun. Send it again; a charge is safe to send again.";
