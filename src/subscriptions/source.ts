import type { SourceEvent } from "../graphql/subscription.js";

/** Something that a subscription follows until it ends. */
export interface Followed {
  end(): void;
}

/**
 * The source of a subscription.
 *
 * @param read waits for the next events, of which there may be none; null at the end.
 */
export function sourceOf<T>(
  followed: Followed,
  read: () => Promise<readonly SourceEvent<T>[] | null>,
): AsyncIterableIterator<SourceEvent<T>, undefined> {
  let waiting: SourceEvent<T>[] = [];
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      for (;;) {
        const event = waiting.shift();
        if (event !== undefined) return { done: false, value: event };
        const events = await read();
        if (events === null) return { done: true, value: undefined };
        waiting = [...events];
      }
    },
    return() {
      followed.end();
      waiting = [];
      return Promise.resolve({ done: true, value: undefined });
    },
  };
}
