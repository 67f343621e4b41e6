import type { Logger } from "pino";
import type { Caller } from "../callers/caller.js";
import type { Deadline } from "../shared/deadline.js";
import type { ReadBudget } from "../shared/read-budget.js";

/** What every resolver of one request is given. */
export interface Context {
  /** Named in the log and in masked errors. */
  readonly requestId: string;
  readonly log: Pick<Logger, "error" | "warn" | "debug">;
  /** Null when the request brought no token. */
  readonly caller: Caller | null;
  /** When the request must have been answered. */
  readonly deadline: Deadline;
  /** The bytes that the request may still read. */
  readonly reads: ReadBudget;
  /** Another object after each mutation: what was read before it may not be so any more. */
  epoch: object;
  /** Whether it changes something: what it then reads must be as new as that. */
  hasWritten: boolean;
}

/**
 * Makes one of something for each request, on first use: a DataLoader must not outlive the request
 * that fills it, nor be shared with another caller's. Each mutation of a request begins anew.
 */
export function perRequest<T>(create: (context: Context) => T): (context: Context) => T {
  const made = new WeakMap<object, T>();
  return (context) => {
    let one = made.get(context.epoch);
    if (one === undefined) made.set(context.epoch, (one = create(context)));
    return one;
  };
}
