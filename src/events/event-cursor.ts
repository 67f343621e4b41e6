import { decodeCursor, encodeCursor } from "../listing/cursor.js";
import { orderOf, type SortKey } from "../listing/order.js";
import { type Event, eventRecord } from "./event.record.js";

/** The place of an event in the order of all events. */
export type EventCursor = Pick<Event, "position" | "sequence" | "id">;

/** Keeps a subject's events in the order of their numbers: a later event never has a lower position. */
export const EVENT_SORT: readonly SortKey[] = [
  { field: "position", direction: "ASC" },
  { field: "sequence", direction: "ASC" },
];
const ORDER = orderOf(EVENT_SORT);

/** Encodes an event's cursor as text, as `events(after:)` and subscriptions accept it. */
export function writeEventCursor(event: EventCursor): string {
  return encodeCursor(eventRecord, ORDER, event);
}

/**
 * Decodes an event's cursor.
 *
 * @param argument the argument's name, for the error message.
 * @throws AppError BAD_USER_INPUT for a cursor that is not one of an event.
 */
export function readEventCursor(cursor: string, argument: string): EventCursor {
  const [position, sequence, id] = decodeCursor(eventRecord, ORDER, cursor, argument);
  return { position, sequence, id } as EventCursor;
}
