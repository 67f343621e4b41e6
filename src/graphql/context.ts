import type { ExecutionResult } from "graphql";
import type { Logger } from "pino";
import type { Caller } from "../callers/caller.js";
import type { Deadline } from "../shared/deadline.js";
import type { ReadBudget } from "../shared/read-budget.js";
import type { SourceEvent } from "./subscription.js";

/** The operations that a request may contain. */
export type OperationKinds = ReadonlySet<"query" | "mutation" | "subscription">;

/** For requests that are not GraphQL. */
export const NO_OPERATIONS: OperationKinds = new Set();

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
  /** The kinds of operations that the request may contain: a GET request must not change anything. */
  readonly allows: OperationKinds;
  /** Null if the transport can send only one response. */
  readonly subscription: SubscriptionSlot | null;
}

/** A subscription that has begun. Its events are executed one by one, as the client takes them. */
export interface StartedSubscription {
  /** The field that it selects. */
  readonly field: string;
  /** The context of the operation that began it. */
  readonly context: Context;
  readonly source: AsyncIterator<SourceEvent>;
  /** Executes the selection for one event. Each event has its own context, with its own deadline and loaders. */
  execute(value: unknown, context: Context): Promise<ExecutionResult>;
}

/** Where an operation leaves its subscription for a transport that can send more than one response. */
export interface SubscriptionSlot {
  /** The cursor that the client sends when it reconnects, such as the header `Last-Event-ID`; null for none. */
  readonly resumeAfter: string | null;
  /**
   * Called before the subscription begins.
   *
   * @throws AppError TOO_MANY_SUBSCRIPTIONS at a limit.
   */
  admit(caller: Caller | null): void;
  /** Reads between two results, with a deadline and a budget of its own. */
  read<T>(context: Context, work: (own: Context) => Promise<T>): Promise<T>;
  started: StartedSubscription | null;
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
