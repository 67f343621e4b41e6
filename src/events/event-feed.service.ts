import type { EventCursor } from "./event-cursor.js";
import { EventFollower } from "./event-follower.js";
import { EventRounds } from "./event-rounds.service.js";
import type { EventSignal } from "./event-signal.service.js";
import type { EventType } from "./event-type.js";
import type { Event } from "./event.record.js";
import type { EventStore } from "./event.store.js";

/** The events of one statement. */
const READ_EVENTS = 500;

export interface FollowedEvents {
  readonly merchantId: string;
  /** Null for the events from now on. */
  readonly after: EventCursor | null;
  /** All types if omitted. */
  readonly types?: readonly EventType[] | undefined;
  readonly accepts?: (event: Event) => boolean;
}

interface Joining {
  readonly merchantId: string;
  readonly follower: EventFollower;
  /** Receives the cursor of the last event that the follower is not offered; null if it leaves before it has joined. */
  readonly onJoined: (from: EventCursor | null) => void;
}

/**
 * Hands the events of merchants to any number of followers of this process. The new events of all followed merchants
 * are read once, by one statement after each signal, no matter which server committed them.
 */
export class EventFeed {
  private readonly followers = new Map<string, Set<EventFollower>>();
  private readonly joining: Joining[] = [];
  /** All events up to here were offered; null while nothing is followed. */
  private cursor: EventCursor | null = null;
  private readonly rounds: EventRounds;

  constructor(
    private readonly store: EventStore,
    signal: Pick<EventSignal, "onSignal">,
    onError: (error: unknown) => void,
  ) {
    this.rounds = new EventRounds(signal, () => this.readNew(), onError);
  }

  /** Resolves once it is known where the events begin: every later commit is followed. */
  async follow({
    merchantId,
    after,
    types,
    accepts = () => true,
  }: FollowedEvents): Promise<EventFollower> {
    const start = after ?? (await this.store.end());
    const ofTypes = types && new Set<EventType>(types);
    // The feed may be behind the cursor from which the follower begins.
    let begin: EventCursor | null = null;
    const follower: EventFollower = new EventFollower({
      accepts: (event) =>
        (begin === null || isBefore(begin, event)) &&
        (ofTypes?.has(event.type) ?? true) &&
        accepts(event),
      earlier: this.readEarlier(merchantId, start, types, (from) => {
        begin = from;
        // It may have ended while it read.
        return follower.isOver ? Promise.resolve(null) : this.join(merchantId, follower);
      }),
      onEnd: () => {
        this.leave(merchantId, follower);
      },
    });
    return follower;
  }

  /**
   * The events between a cursor and those that the follower is offered. It joins when few are left, because the events
   * that it is offered meanwhile must wait.
   *
   * @param join returns the cursor after which all events are offered; null if the follower has ended.
   */
  private async *readEarlier(
    merchantId: string,
    start: EventCursor,
    types: readonly EventType[] | undefined,
    join: (from: EventCursor) => Promise<EventCursor | null>,
  ): AsyncGenerator<readonly Event[], undefined> {
    let from = start;
    let joinedAt: EventCursor | null = null;
    for (;;) {
      if (joinedAt !== null && !isBefore(from, joinedAt)) return undefined;
      const read = await this.store.readAfter({
        ...{ merchantId, types, limit: READ_EVENTS },
        after: from,
      });
      from = read.at(-1) ?? from;
      const end = joinedAt;
      const events = end === null ? read : read.filter((event) => !isBefore(end, event));
      if (events.length > 0) yield events;
      if (events.length === READ_EVENTS) continue;
      if (joinedAt !== null) return undefined;
      joinedAt = await join(from);
      if (joinedAt === null) return undefined;
    }
  }

  private join(merchantId: string, follower: EventFollower): Promise<EventCursor | null> {
    return new Promise((onJoined) => {
      this.joining.push({ merchantId, follower, onJoined });
      this.rounds.start();
      this.rounds.request();
    });
  }

  private leave(merchantId: string, follower: EventFollower): void {
    const joining = this.joining.findIndex((one) => one.follower === follower);
    if (joining !== -1) this.joining.splice(joining, 1)[0]?.onJoined(null);
    const followers = this.followers.get(merchantId);
    followers?.delete(follower);
    if (followers?.size === 0) this.followers.delete(merchantId);
    if (this.followers.size + this.joining.length > 0) return;
    this.rounds.stop();
    this.cursor = null;
  }

  private async readNew(): Promise<void> {
    for (let hasMore = true; hasMore;) {
      // Only between two reads: a follower that joins during one would miss what it reads.
      const after = await this.admit();
      const merchantIds = [...this.followers.keys()];
      if (merchantIds.length === 0) {
        this.cursor = null;
        return;
      }
      const events = await this.store.readOfMerchants(merchantIds, after, READ_EVENTS);
      for (const event of events)
        for (const follower of this.followers.get(event.merchantId) ?? []) follower.offer(event);
      // Nothing may be followed by now.
      if (this.cursor !== null) this.cursor = events.at(-1) ?? after;
      hasMore = events.length === READ_EVENTS;
    }
  }

  /** Lets followers join. @returns where their events begin. */
  private async admit(): Promise<EventCursor> {
    const cursor = this.cursor ?? (await this.store.end());
    this.cursor = cursor;
    for (const { merchantId, follower, onJoined } of this.joining.splice(0)) {
      const followers = this.followers.get(merchantId) ?? new Set();
      this.followers.set(merchantId, followers.add(follower));
      onJoined(cursor);
    }
    return cursor;
  }
}

function isBefore(a: EventCursor, b: EventCursor): boolean {
  if (a.position !== b.position) return a.position < b.position;
  if (a.sequence !== b.sequence) return a.sequence < b.sequence;
  return a.id < b.id;
}
