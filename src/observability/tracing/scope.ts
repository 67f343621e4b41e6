import { AsyncLocalStorage } from "node:async_hooks";
import type { Trace } from "./trace.js";

/** For what request something is done, and under which span of it. */
export interface Scope {
  /** Null when it is done for several requests together. */
  readonly requestId: string | null;
  /** What begins now belongs under this; an operation takes the place of its request. */
  trace: Trace;
}

/**
 * Nobody enters a scope unless traces are delivered: following every promise costs a server on Node 20
 * some percent of its speed.
 */
const scopes = new AsyncLocalStorage<Scope | undefined>();

/** Undefined wherever nothing is traced. */
export function currentScope(): Scope | undefined {
  return scopes.getStore();
}

export function within<T>(scope: Scope | undefined, work: () => T): T {
  return scopes.run(scope, work);
}

/** The callback in the scope of whoever hands it over, and not of whoever calls it. */
export function inThisScope<Arguments extends unknown[]>(
  callback: (...given: Arguments) => void,
): (...given: Arguments) => void {
  const scope = currentScope();
  if (scope === undefined) return callback;
  return (...given) => {
    within(scope, () => {
      callback(...given);
    });
  };
}

/**
 * Runs what is done for several requests at once in a span of its own. It belongs to the trace of the
 * first of them that is recorded, and links to all; each of them links to it.
 *
 * @param waiting the scopes of the requests; none where nothing is traced.
 */
export async function tracedTogether<T>(
  waiting: readonly Scope[],
  name: string,
  attributes: Readonly<Record<string, number>>,
  work: () => Promise<T>,
): Promise<T> {
  const first = waiting.find((scope) => scope.trace.isRecorded) ?? waiting[0];
  if (first === undefined) return work();
  const trace = first.trace.begin(name, { attributes, links: waiting.map((scope) => scope.trace) });
  for (const scope of waiting) scope.trace.linkTo(trace);
  const requestId = waiting.length === 1 ? first.requestId : null;
  try {
    return await within({ requestId, trace }, work);
  } catch (error) {
    trace.fail(error);
    throw error;
  } finally {
    trace.end();
  }
}
