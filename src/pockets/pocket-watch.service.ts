import { EventRounds } from "../events/event-rounds.service.js";
import type { EventSignal } from "../events/event-signal.service.js";
import type { PocketKey, PocketStore } from "./pocket.store.js";

/** Waits for changes of a pocket. Changes between two calls count as one. */
export class PocketChanges {
  private hasChanged = false;
  private hasEnded = false;
  private wake: (() => void) | undefined;

  constructor(private readonly onEnd: () => void) {}

  /** Waits until the pocket has changed since the last call; the first time, until it exists. @returns false at the end. */
  async next(): Promise<boolean> {
    if (!this.hasChanged && !this.hasEnded)
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    this.hasChanged = false;
    return !this.hasEnded;
  }

  changed(): void {
    this.hasChanged = true;
    this.wake?.();
  }

  end(): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.wake?.();
    this.onEnd();
  }
}

interface Watched {
  readonly key: PocketKey;
  readonly changes: Set<PocketChanges>;
  /** The watchers that have not received the pocket yet. */
  readonly joining: Set<PocketChanges>;
  eventCount: number;
}

/**
 * Notifies the subscribers of this process when pockets change, no matter which server or merchant changed them. One statement
 * after each signal reads all watched pockets.
 */
export class PocketWatch {
  private readonly watched = new Map<string, Watched>();
  private readonly rounds: EventRounds;

  constructor(
    private readonly store: Pick<PocketStore, "findEventCounts">,
    signal: Pick<EventSignal, "onSignal">,
    onError: (error: unknown) => void,
  ) {
    this.rounds = new EventRounds(signal, () => this.look(), onError);
  }

  /** @param keys the keys that the pocket may have. */
  watch(keys: readonly PocketKey[]): PocketChanges {
    const changes = new PocketChanges(() => {
      for (const key of keys) this.leave(key, changes);
    });
    for (const key of keys) {
      const name = nameOf(key);
      const watched = this.watched.get(name) ?? newlyWatched(key);
      this.watched.set(name, watched);
      watched.changes.add(changes);
      watched.joining.add(changes);
    }
    this.rounds.start();
    this.rounds.request();
    return changes;
  }

  private leave(key: PocketKey, changes: PocketChanges): void {
    const name = nameOf(key);
    const watched = this.watched.get(name);
    watched?.changes.delete(changes);
    watched?.joining.delete(changes);
    if (watched?.changes.size === 0) this.watched.delete(name);
    if (this.watched.size === 0) this.rounds.stop();
  }

  private async look(): Promise<void> {
    const keys = [...this.watched.values()].map(({ key }) => key);
    if (keys.length === 0) return;
    for (const { eventCount, ...key } of await this.store.findEventCounts(keys)) {
      const watched = this.watched.get(nameOf(key));
      if (watched === undefined) continue;
      const notified = eventCount > watched.eventCount ? watched.changes : watched.joining;
      watched.eventCount = eventCount;
      for (const changes of notified) changes.changed();
      watched.joining.clear();
    }
  }
}

function newlyWatched(key: PocketKey): Watched {
  return { key, changes: new Set(), joining: new Set(), eventCount: 0 };
}

function nameOf({ pocketGroupId, phoneNumber }: PocketKey): string {
  return `${pocketGroupId} ${phoneNumber}`;
}
