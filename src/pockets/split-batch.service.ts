import { hasWaitedTooLong, isUnavailable } from "../database/failure.js";
import { type TaskResult, failed } from "./batcher.js";

export interface SplitBatch<T, R> {
  /** Runs all tasks in one transaction. */
  readonly together: () => Promise<TaskResult<R>[]>;
  /** Runs one task in a transaction of its own, which waits for each lock up to this time. */
  readonly alone: (task: T, lockTimeoutMs: number) => Promise<TaskResult<R>[]>;
  readonly locksOf: (task: T) => readonly string[];
}

/** A task that runs alone has waited for locks in the shared transaction; a hundred others may wait for it. */
const ALONE_LOCK_TIMEOUT_MS = 100;

/**
 * Runs tasks in one transaction. When that fails for a reason that may be one task's own, each task runs in a
 * transaction of its own, so that it fails only for its own reason.
 *
 * @throws why the transaction failed, when its only task or all of them would fail for that reason.
 */
export async function splitOnFailure<T, R>(
  tasks: readonly T[],
  batch: SplitBatch<T, R>,
): Promise<TaskResult<R>[]> {
  try {
    return await batch.together();
  } catch (error) {
    if (tasks.length === 1 || concernsAll(error)) throw error;
    return runOneByOne(tasks, batch);
  }
}

/** One after the other on one connection: the pool must not run out because many tasks wait for one lock. */
async function runOneByOne<T, R>(
  tasks: readonly T[],
  { alone, locksOf }: SplitBatch<T, R>,
): Promise<TaskResult<R>[]> {
  const results: TaskResult<R>[] = [];
  /** Locks that another server holds, each with the failure of a task that needs this lock only. */
  const held = new Map<string, unknown>();
  for (const task of tasks) {
    const locks = locksOf(task);
    const unavailable = locks.find((lock) => held.has(lock));
    if (unavailable !== undefined) {
      results.push(failed(held.get(unavailable)));
      continue;
    }
    try {
      results.push(...(await alone(task, ALONE_LOCK_TIMEOUT_MS)));
    } catch (error) {
      if (concernsAll(error)) return tasks.map((_, index) => results[index] ?? failed(error));
      const [lock] = locks;
      if (lock !== undefined && locks.length === 1 && hasWaitedTooLong(error)) {
        held.set(lock, error);
      }
      results.push(failed(error));
    }
  }
  return results;
}

/** True when every task would fail for the same reason. */
function concernsAll(error: unknown): boolean {
  return isUnavailable(error) && !hasWaitedTooLong(error);
}
