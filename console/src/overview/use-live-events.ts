import { useDocumentVisibility } from "@mantine/hooks";
import { useEffect, useState } from "react";
import { type CombinedError, useClient } from "urql";
import { useShownOperation } from "../api/operations-shown.js";
import { EVENTS, type EventShown, LAST_EVENTS } from "./event-queries.js";
import { EVENTS_SHOWN, followEvents } from "./follow-events.js";

export interface LiveEvents {
  /** The oldest first; undefined until the first answer. */
  readonly events: readonly EventShown[] | undefined;
  /** Whether the last attempt reached the server. */
  readonly isConnected: boolean;
  readonly error: CombinedError | null;
}

/**
 * The last events while they happen. A hidden tab does not follow them, because a browser opens only six connections to
 * a server over HTTP/1.1; it catches up once it is visible.
 */
export function useLiveEvents(isPaused: boolean, subscribes: boolean): LiveEvents {
  const client = useClient();
  const isHidden = useDocumentVisibility() === "hidden";
  const [events, setEvents] = useState<readonly EventShown[]>();
  const [isConnected, setConnected] = useState(true);
  const [error, setError] = useState<CombinedError | null>(null);
  useShownOperation(LAST_EVENTS, { last: EVENTS_SHOWN });
  useShownOperation(EVENTS, { after: events?.at(-1)?.cursor ?? null }, subscribes);
  useEffect(() => {
    if (isPaused || isHidden) return undefined;
    const follower = {
      onEvents: (found: readonly EventShown[]) => {
        setEvents((known = []) => withFound(known, found));
      },
      onConnected: setConnected,
      onRefused: setError,
    };
    return followEvents(client, follower, subscribes);
  }, [client, isPaused, isHidden, subscribes]);
  return { events, isConnected, error };
}

/** Adds what was received last: the list again, or a single event. Each event is there once. */
function withFound(known: readonly EventShown[], found: readonly EventShown[]): EventShown[] {
  const ids = new Set(found.map(({ id }) => id));
  return [...known.filter(({ id }) => !ids.has(id)), ...found].slice(-EVENTS_SHOWN);
}
