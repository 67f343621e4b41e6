import type { Logger } from "pino";
import type { Caller } from "../callers/caller.js";
import type { Deadline } from "../shared/deadline.js";
import type { ReadBudget } from "../shared/read-budget.js";

/** The context that every resolver of a request receives. */
export interface Context {
  /** The request's id, which the log and masked errors contain. */
  readonly requestId: string;
  readonly log: Pick<Logger, "error" | "warn" | "debug">;
  /** Null if the request has no token. */
  readonly caller: Caller | null;
  /** The deadline of the request. */
  readonly deadline: Deadline;
  /** The bytes that the request may still read. */
  readonly reads: ReadBudget;
  /** A new object after each mutation, because data read before it may be outdated. */
  epoch: object;
  /** Whether the request writes. Its reads must then see its own changes, so replicas are not used. */
  hasWritten: boolean;
}

/**
 * Creates a value per request, on first use: a DataLoader must not outlive its request or be shared between
 * callers. Each mutation of a request gets a new value.
 */
export function perRequest<T>(create: (context: Context) => T): (context: Context) => T {
  const made = new WeakMap<object, T>();
  return (context) => {
    let one = made.get(context.epoch);
    if (one === undefined) made.set(context.epoch, (one = create(context)));
    return one;
  };
}
