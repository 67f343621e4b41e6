import type { Client, CombinedError } from "urql";
import { EVENTS, type EventShown, LAST_EVENTS } from "./event-queries.js";

export const EVENTS_SHOWN = 20;
const POLL_EVERY_MS = 5000;
/** An event may happen between reading an empty list, which has no cursor, and the start of the subscription. */
const READ_AGAIN_AFTER_MS = 2000;
const MAX_DELAY_MS = 10_000;

interface Follower {
  /** Called with events in their order, some of which may be known. */
  readonly onEvents: (events: readonly EventShown[]) => void;
  /** Called when the server answers, and when it does not. */
  readonly onConnected: (isConnected: boolean) => void;
  /** Called when the server refuses; following has then ended. */
  readonly onRefused: (error: CombinedError) => void;
}

/**
 * Reads the last events, and then sends every later one. When the connection breaks, it does the same again: the list
 * and the subscription after its last cursor leave no gap.
 *
 * @param subscribes false for operators, who have no subscription to events: the list is read again and again.
 * @returns a function that ends it.
 */
export function followEvents(client: Client, follower: Follower, subscribes: boolean): () => void {
  let endStream: (() => void) | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let isEnded = false;

  const readLast = async (): Promise<string | null | undefined> => {
    const options = { requestPolicy: "network-only" } as const;
    const found = await client.query(LAST_EVENTS, { last: EVENTS_SHOWN }, options).toPromise();
    if (isEnded) return undefined;
    if (found.error) {
      fail(found.error);
      return undefined;
    }
    failures = 0;
    follower.onConnected(true);
    follower.onEvents(found.data?.events.nodes ?? []);
    return found.data?.events.pageInfo.endCursor ?? null;
  };
  const connect = async (): Promise<void> => {
    const cursor = await readLast();
    if (cursor === undefined || isEnded) return;
    if (!subscribes) {
      again(POLL_EVERY_MS);
      return;
    }
    const source = client.subscription(EVENTS, { after: cursor });
    const subscription = source.subscribe(({ data, error }) => {
      if (error) fail(error);
      else if (data) follower.onEvents([data.events]);
    });
    endStream = () => {
      subscription.unsubscribe();
    };
    if (cursor === null) timer = setTimeout(() => void readLast(), READ_AGAIN_AFTER_MS);
  };
  const again = (delayMs: number): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void connect(), delayMs);
  };
  const fail = (error: CombinedError): void => {
    if (isEnded) return;
    endStream?.();
    if (isRefusal(error)) {
      follower.onRefused(error);
      return;
    }
    follower.onConnected(false);
    again(Math.min(MAX_DELAY_MS, 500 * 2 ** failures++) * (0.5 + Math.random() / 2));
  };

  void connect();
  return () => {
    isEnded = true;
    clearTimeout(timer);
    endStream?.();
  };
}

/** Whether the server would refuse the same again. */
function isRefusal({ networkError, graphQLErrors, response }: CombinedError): boolean {
  const status = (response as { readonly status?: number } | undefined)?.status ?? 200;
  if (networkError || status >= 500 || status === 429) return false;
  return graphQLErrors.some(({ extensions: { code } }) => REFUSALS.has(code));
}

const REFUSALS: ReadonlySet<unknown> = new Set([
  "BAD_REQUEST",
  "BAD_USER_INPUT",
  "FORBIDDEN",
  "UNAUTHENTICATED",
]);
