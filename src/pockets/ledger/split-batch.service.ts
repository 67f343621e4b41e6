import { isPostgresTimeout, isUnavailable } from "../../database/failure.js";
import { type TaskResult, failed } from "./batcher.js";

export interface SplitBatch<T, R> {
  /** Runs all tasks in one transaction. */
  readonly together: () => Promise<TaskResult<R>[]>;
  /** Runs one task in its own transaction, which waits at most this long for each lock. */
  readonly alone: (task: T, lockTimeoutMs: number) => Promise<TaskResult<R>[]>;
  readonly locksOf: (task: T) => readonly string[];
}

/** Short, because the task has already waited in the shared transaction, and a hundred others may wait for it. */
const ALONE_LOCK_TIMEOUT_MS = 100;

/**
 * Runs tasks in one transaction. If it fails for a reason that may concern a single task, runs each task in its own
 * transaction, so that only the task at fault fails.
 *
 * @throws the transaction's error, if it has only one task or all tasks would fail for the same reason.
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

/** Runs tasks one by one on one connection, so that many tasks waiting for one lock cannot exhaust the pool. */
async function runOneByOne<T, R>(
  tasks: readonly T[],
  { alone, locksOf }: SplitBatch<T, R>,
): Promise<TaskResult<R>[]> {
  const results: TaskResult<R>[] = [];
  /** The locks that another server holds, each with the error of a task that needs only this lock. */
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
      if (lock !== undefined && locks.length === 1 && isPostgresTimeout(error)) {
        held.set(lock, error);
      }
      results.push(failed(error));
    }
  }
  return results;
}

/** True when every task would fail for the same reason. */
function concernsAll(error: unknown): boolean {
  return isUnavailable(error) && !isPostgresTimeout(error);
}
