import { AsyncLocalStorage } from "node:async_hooks";
import type { Trace } from "./trace.js";

/** The request that work belongs to, and its span. */
export interface Scope {
  /** Null if the work is done for several requests together. */
  readonly requestId: string | null;
  /** The parent of new spans. An operation's span replaces the request's. */
  trace: Trace;
}

/**
 * Scopes are used only if tracing is enabled: tracking every promise costs a server on Node.js 20 several percent of
 * its speed.
 */
const scopes = new AsyncLocalStorage<Scope | undefined>();

/** The current scope. Undefined if tracing is disabled. */
export function currentScope(): Scope | undefined {
  return scopes.getStore();
}

export function runInScope<T>(scope: Scope | undefined, work: () => T): T {
  return scopes.run(scope, work);
}

/** Runs work that outlives the current request, so that it does not belong to it. */
export function runOutsideScopes<T>(work: () => T): T {
  return currentScope() === undefined ? work() : scopes.exit(work);
}

/** Binds a callback to the current scope, regardless of the scope in which it is called. */
export function bindToScope<Arguments extends unknown[]>(
  callback: (...given: Arguments) => void,
): (...given: Arguments) => void {
  const scope = currentScope();
  if (scope === undefined) return callback;
  return (...given) => {
    runInScope(scope, () => {
      callback(...given);
    });
  };
}

/**
 * Runs the work for several requests in a separate span. The span belongs to the first recorded trace of the requests,
 * and the span and the requests link to each other.
 *
 * @param waiting the scopes of the requests; empty if tracing is disabled.
 */
export async function traceBatch<T>(
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
    return await runInScope({ requestId, trace }, work);
  } catch (error) {
    trace.fail(error);
    throw error;
  } finally {
    trace.end();
  }
}
