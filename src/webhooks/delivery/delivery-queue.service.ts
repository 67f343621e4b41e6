import type { Database, Queryable } from "../../database/database.js";
import { LastStatement, type Tx, inTransaction, waitForAll } from "../../database/transaction.js";
import type { EventCursor } from "../../events/event-cursor.js";
import type { EventType } from "../../events/event-type.js";
import type { Event } from "../../events/event.record.js";
import { receives } from "../webhook-endpoint.js";
import type { DeliveryLeaseStore } from "./delivery-lease.store.js";
import { type DeliveryMessage, formMessages } from "./delivery-message.js";
import type { DeliveryQueueStore } from "./delivery-queue.store.js";
import type { QueueEndpoint, QueueEndpointStore } from "./queue-endpoint.store.js";
import {
  type AttemptOutcome,
  type ClaimedMessage,
  type EndpointKey,
  finish,
  isAccepted,
  reasonToDisable,
} from "./webhook-attempt.js";

/** The maximum number of messages that all servers together send to an endpoint at a time. */
export const MAX_UNDER_WAY = 4;

/** The same while its last attempt failed, to test the receiver without burdening it. */
export const MAX_UNDER_WAY_FAILING = 1;

/** The maximum number of events that one transaction adds to a queue. */
const MAX_ENQUEUED = 500;

/**
 * How long to put off a message that waits for an earlier event of one of its subjects. It is looked at again then, if
 * that event has not ended before.
 */
const POSTPONED_MS = 60_000;

/** An attempt that has ended, and is to be recorded. */
export interface FinishedAttempt {
  readonly message: ClaimedMessage;
  readonly outcome: AttemptOutcome;
}

/** What a server does in its turn at the queue of an endpoint. */
export interface TurnWork {
  /** The attempts that have ended, and are to be recorded. */
  readonly finished: readonly FinishedAttempt[];
  /** Whether there may be new events. */
  readonly addsEvents: boolean;
  /** How many messages the server can send. */
  readonly maxMessages: number;
}

/** What a server has to do after its turn at the queue of an endpoint. */
export interface Turn {
  readonly endpoint: QueueEndpoint;
  /** The messages to send. */
  readonly messages: readonly ClaimedMessage[];
  /** Whether there is more to do at once: further events to add to the queue, or messages to find. */
  readonly hasMore: boolean;
  /** Why the endpoint must be disabled, if it must. */
  readonly disables: "GONE" | "FAILING" | null;
}

/** The merchant's events, as the queue reads them. */
export interface EventSource {
  readAfter(
    query: {
      readonly merchantId: string;
      readonly after: EventCursor | null;
      readonly types?: readonly EventType[] | undefined;
      readonly limit: number;
    },
    on: Queryable,
  ): Promise<Event[]>;
  end(on: Queryable): Promise<EventCursor>;
}

export interface DeliveryQueueOptions {
  /** How long a server may take to send a message and to record it. Afterwards, another server repeats it. */
  readonly leaseMs: number;
  /** How old an event may be when it is added to a queue. */
  readonly retentionMs: number;
  /** The delays between attempts. If omitted, they take three days. */
  readonly retryDelaysMs?: readonly number[] | undefined;
}

/** The queues of all endpoints. Any number of servers use them. */
export class DeliveryQueue {
  constructor(
    private readonly database: Pick<Database, "pool">,
    private readonly events: EventSource,
    private readonly endpoints: QueueEndpointStore,
    private readonly queue: DeliveryQueueStore,
    private readonly leases: DeliveryLeaseStore,
    private readonly options: DeliveryQueueOptions,
  ) {}

  /**
   * Records the attempts that have ended, adds new events to the queue, and claims the messages to send next, all in
   * one transaction. If its commit is lost, the claimed messages are sent when their leases end.
   *
   * @returns null if the endpoint was deleted, or if nothing is to be recorded and another server has its turn.
   */
  takeTurn(key: EndpointKey, work: TurnWork): Promise<Turn | null> {
    const { finished, addsEvents, maxMessages } = work;
    return inTransaction(this.database.pool, async (tx) => {
      const endpoint = await this.endpoints.lock(tx, key, { waits: finished.length > 0 });
      if (endpoint === null) return null;
      const { attempt, disables } = judge(endpoint, finished);
      const isOpen = endpoint.isEnabled && disables === null;
      const [, { after, hasMore }] = await waitForAll(
        this.record(tx, endpoint, finished),
        isOpen && addsEvents ? this.addEvents(tx, endpoint) : NOTHING_ADDED,
      );
      const isFailing =
        attempt === undefined ? endpoint.failingSince !== null : attempt === "FAILED";
      const count = Math.min(isFailing ? MAX_UNDER_WAY_FAILING : MAX_UNDER_WAY, maxMessages);
      const [, found] = await waitForAll(
        this.endpoints.update(tx, endpoint, { after, attempt }),
        isOpen ? this.findMessages(tx, endpoint, count) : NOTHING_FOUND,
      );
      return new LastStatement(async (): Promise<Turn | null> => {
        const messages = await this.leases.lease(
          tx,
          endpoint,
          found.messages,
          this.options.leaseMs,
        );
        return { endpoint, messages, hasMore: hasMore || found.hasPostponed, disables };
      });
    });
  }

  /** The statements are sent together: if a lease has ended, nothing changes. */
  private async record(
    tx: Tx,
    endpoint: QueueEndpoint,
    finished: readonly FinishedAttempt[],
  ): Promise<void> {
    const ended = new Set<string>();
    const recorded = finished.map(({ message, outcome }) => {
      const next = finish(message, outcome, Math.random(), this.options.retryDelaysMs);
      if (next.status !== "PENDING")
        for (const { subjectId } of message.deliveries) ended.add(subjectId);
      return this.leases.recordAttempt(tx, endpoint, message, outcome, next);
    });
    await waitForAll(...recorded, this.queue.makeNextDue(tx, endpoint, [...ended]));
  }

  private async addEvents(
    tx: Tx,
    endpoint: QueueEndpoint,
  ): Promise<{ readonly after?: EventCursor; readonly hasMore: boolean }> {
    const { merchantId, types, now, afterPosition, afterSequence, afterId } = endpoint;
    const after = { position: afterPosition, sequence: afterSequence, id: afterId };
    const isSelective = types.length > 0;
    // Read the end first: the events before it that are not found are of other types.
    const end = isSelective ? await this.events.end(tx) : after;
    const query = {
      merchantId,
      after,
      limit: MAX_ENQUEUED,
      ...(isSelective && { types: [...types, "WEBHOOK_ENDPOINT_TESTED"] as const }),
    };
    const events = await this.events.readAfter(query, tx);
    const oldest = Date.parse(now) - this.options.retentionMs;
    await this.queue.enqueue(
      tx,
      endpoint,
      events.filter((event) => receives(endpoint, event) && Date.parse(event.createdAt) >= oldest),
    );
    const last = events.at(-1) ?? after;
    const hasMore = events.length === MAX_ENQUEUED;
    return { after: hasMore || isAfter(last, end) ? last : end, hasMore };
  }

  /**
   * Up to `count` messages to send, together with those that servers are sending already. Messages that must wait are
   * put off, so that they do not hide others that are due.
   */
  private async findMessages(
    tx: Tx,
    endpoint: QueueEndpoint,
    count: number,
  ): Promise<FoundMessages> {
    if (count <= 0) return NOTHING_FOUND;
    const { batchSize } = endpoint;
    const [underWay, found] = await waitForAll(
      this.leases.countUnderWay(tx, endpoint),
      this.queue.findDue(tx, endpoint, count * batchSize),
    );
    const free = count - underWay;
    if (free <= 0) return NOTHING_FOUND;
    const due = found.slice(0, free * batchSize);
    const fresh = due.filter(({ messageId }) => messageId === null);
    const sentBefore = new Set(due.flatMap(({ messageId }) => messageId ?? []));
    const subjects = fresh.map(({ subjectId }) => subjectId);
    const room = Math.min(batchSize - 1, free * batchSize - fresh.length);
    const [repeated, following] = await waitForAll(
      this.queue.findOfMessages(tx, endpoint, [...sentBefore]),
      this.queue.findFollowing(tx, endpoint, subjects, room),
    );
    const waiting = new Set(
      repeated.flatMap(({ waits, messageId }) => (waits && messageId !== null ? [messageId] : [])),
    );
    await this.queue.postpone(tx, endpoint, [...waiting], POSTPONED_MS);
    const sendable = due.filter(({ messageId }) => messageId === null || !waiting.has(messageId));
    const limits = { count: free, batchSize };
    const messages = formMessages({ due: sendable, repeated, following }, limits);
    return { messages, hasPostponed: waiting.size > 0 };
  }
}

/** What the ended attempts say about the endpoint. */
function judge(
  endpoint: QueueEndpoint,
  finished: readonly FinishedAttempt[],
): Pick<Turn, "disables"> & { readonly attempt?: "SUCCEEDED" | "FAILED" } {
  if (finished.length === 0) return { disables: null };
  if (finished.some(({ outcome }) => isAccepted(outcome)))
    return { attempt: "SUCCEEDED", disables: null };
  const reasons = finished.map(({ outcome }) => reasonToDisable(outcome, endpoint));
  return { attempt: "FAILED", disables: reasons.find((reason) => reason !== null) ?? null };
}

interface FoundMessages {
  readonly messages: readonly DeliveryMessage[];
  readonly hasPostponed: boolean;
}

const NOTHING_FOUND: FoundMessages = { messages: [], hasPostponed: false };

const NOTHING_ADDED = { after: undefined, hasMore: false };

function isAfter(a: EventCursor, b: EventCursor): boolean {
  if (a.position !== b.position) return a.position > b.position;
  return a.sequence === b.sequence ? a.id > b.id : a.sequence > b.sequence;
}
