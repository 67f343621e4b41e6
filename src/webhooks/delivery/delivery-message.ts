import { createHash } from "node:crypto";
import { invertLastDigit } from "../../shared/uuid.js";

/** A pending delivery of an endpoint. */
export interface QueuedDelivery {
  readonly id: string;
  readonly eventId: string;
  readonly subjectId: string;
  readonly position: number;
  readonly sequence: number;
  /** The message that it was sent in before; null if it was never sent. */
  readonly messageId: string | null;
}

/** The deliveries that one request contains, in the order of events. */
export interface DeliveryMessage<D extends QueuedDelivery = QueuedDelivery> {
  /** The `webhook-id`. */
  readonly id: string;
  readonly deliveries: readonly D[];
}

/** The pending deliveries that messages are made of. */
export interface Sendable<D extends QueuedDelivery> {
  /** Those that are due, the most urgent first. They are the first ones of their subjects. */
  readonly due: readonly D[];
  /** All deliveries of the messages that contain one of `due`. */
  readonly repeated: readonly D[];
  /** Those that follow one of `due` in its subject, in the order of events. */
  readonly following: readonly D[];
}

export interface MessageLimits {
  /** The maximum number of messages. */
  readonly count: number;
  /** The maximum number of deliveries in a new message. */
  readonly batchSize: number;
}

/**
 * Forms the messages to send. A message that was sent before is repeated unchanged, whatever the batch size is now. A
 * new message contains the most urgent deliveries, and then later ones of the same subjects.
 */
export function formMessages<D extends QueuedDelivery>(
  { due, repeated, following }: Sendable<D>,
  { count, batchSize }: MessageLimits,
): DeliveryMessage<D>[] {
  const repeatedIds = new Set<string>();
  const groups: D[][] = [];
  let open: D[] = [];
  for (const delivery of due) {
    const { messageId } = delivery;
    if (messageId !== null && repeatedIds.has(messageId)) continue;
    if (messageId !== null) {
      if (groups.length >= count) continue;
      repeatedIds.add(messageId);
      groups.push(repeated.filter((one) => one.messageId === messageId));
      continue;
    }
    if (open.length === 0 || open.length >= batchSize) {
      if (groups.length >= count) continue;
      groups.push((open = []));
    }
    open.push(delivery);
  }
  return groups.map((group) => messageOf(complete(group, following, batchSize)));
}

/** Adds the deliveries that directly follow those of a new message in their subjects, as far as there is room. */
function complete<D extends QueuedDelivery>(
  group: readonly D[],
  following: readonly D[],
  batchSize: number,
): D[] {
  if (group.some(({ messageId }) => messageId !== null)) return [...group];
  const subjects = new Set(group.map(({ subjectId }) => subjectId));
  const completed = [...group];
  for (const delivery of following) {
    if (completed.length >= batchSize) break;
    if (!subjects.has(delivery.subjectId)) continue;
    // A delivery that was sent before is repeated in its own message, and what follows it waits.
    if (delivery.messageId === null) completed.push(delivery);
    else subjects.delete(delivery.subjectId);
  }
  return completed;
}

function messageOf<D extends QueuedDelivery>(deliveries: readonly D[]): DeliveryMessage<D> {
  const ordered = deliveries.toSorted(byOrderOfEvents);
  const known = ordered[0]?.messageId ?? null;
  const eventIds = ordered.map(({ eventId }) => invertLastDigit(eventId));
  return { id: known ?? messageIdOf(eventIds), deliveries: ordered };
}

function byOrderOfEvents(a: QueuedDelivery, b: QueuedDelivery): number {
  return a.position - b.position || a.sequence - b.sequence || (a.id < b.id ? -1 : 1);
}

/**
 * The `webhook-id` of the events of a request, which depends only on them: the id of a single event; otherwise a
 * UUIDv8 (RFC 9562) made from a hash of their ids.
 */
export function messageIdOf(eventIds: readonly string[]): string {
  const [only, ...others] = eventIds;
  if (only !== undefined && others.length === 0) return only;
  const hash = createHash("sha256").update(eventIds.join()).digest("hex");
  const variant = "89ab"[Number.parseInt(hash.charAt(16), 16) % 4] ?? "8";
  const fields = [hash.slice(0, 8), hash.slice(8, 12), `8${hash.slice(13, 16)}`];
  return [...fields, `${variant}${hash.slice(17, 20)}`, hash.slice(20, 32)].join("-");
}
