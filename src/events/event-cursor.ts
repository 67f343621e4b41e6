import { decodeCursor, encodeCursor } from "../listing/cursor.js";
import { orderOf, type SortKey } from "../listing/order.js";
import { type Event, eventRecord } from "./event.record.js";

/** The place of an event in the order of all events. */
export type EventCursor = Pick<Event, "position" | "sequence" | "id">;

/** The events of a subject are in the order of their numbers, because its later events have no lower position. */
export const EVENT_SORT: readonly SortKey[] = [
  { field: "position", direction: "ASC" },
  { field: "sequence", direction: "ASC" },
];
const ORDER = orderOf(EVENT_SORT);

/** The cursor of an event as text, which the list of events and subscriptions accept. */
export function writeEventCursor(event: EventCursor): string {
  return encodeCursor(eventRecord, ORDER, event);
}

/**
 * @param argument the argument's name, for the error message.
 * @throws AppError BAD_USER_INPUT for a cursor that is not one of an event.
 */
export function readEventCursor(cursor: string, argument: string): EventCursor {
  const [position, sequence, id] = decodeCursor(eventRecord, ORDER, cursor, argument);
  return { position, sequence, id } as EventCursor;
}
