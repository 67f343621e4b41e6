import type { Logger } from "pino";
import type { Caller } from "../access/caller.js";

/** What every resolver of one request is given. */
export interface Context {
  /** Named in the log and in masked errors. */
  readonly requestId: string;
  readonly log: Pick<Logger, "error" | "warn">;
  /** Null when the request brought no token. */
  readonly caller: Caller | null;
}

/**
 * Makes one of something for each request, on first use: a DataLoader must not outlive the request
 * that fills it, nor be shared with another caller's.
 */
export function perRequest<T>(create: () => T): (context: Context) => T {
  const made = new WeakMap<Context, T>();
  return (context) => {
    let one = made.get(context);
    if (one === undefined) made.set(context, (one = create()));
    return one;
  };
}
