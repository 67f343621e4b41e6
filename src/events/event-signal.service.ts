import type { Logger } from "pino";
import { onCommit } from "../database/commits.js";
import type { Database } from "../database/database.js";
import { Listener } from "../database/listener.js";
import { EVENT_CHANNEL, type EventStore } from "./event.store.js";

/** The minimum time between two notifications of a process: PostgreSQL runs commits that notify one after another. */
const NOTIFY_MS = 25;

/** The delay before the next look while an open transaction may hide committed events. It doubles with each look. */
const HIDDEN_MS = 20;

/** How long it is known whether other servers listen. */
const LISTENERS_KNOWN_MS = 1_000;

export interface EventSignalOptions {
  readonly pool: Database["pool"];
  readonly store: Pick<EventStore, "snapshot" | "notify">;
  readonly log: Pick<Logger, "debug" | "warn">;
  /** The URL for a connection that can listen; omitted if there are only connections through a pooler. */
  readonly listenUrl?: (() => string) | undefined;
  /** How often to look without a notification, in milliseconds. */
  readonly pollMs?: number;
}

/**
 * Reports that further events can be read, no matter which server committed them. Each server notifies the others, if
 * there are any, after its commits, outside the transactions. It also looks every second, in case a notification is lost.
 */
export class EventSignal {
  private readonly listeners = new Set<() => void>();
  private readonly stopNotifying: () => void;
  private readonly listener: Listener | undefined;
  private notifyTimer: NodeJS.Timeout | undefined;
  private notifiedAt = -Infinity;
  private lookedAt = -Infinity;
  private hasOthers = true;
  private lookTimer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;
  private isAskedAgain = false;
  private horizon = 0;
  private hiddenMs = HIDDEN_MS;
  private isStarted = false;
  private isClosed = false;

  constructor(private readonly options: EventSignalOptions) {
    const { pool, listenUrl: url, log } = options;
    this.stopNotifying = onCommit(pool, () => {
      this.notify();
    });
    this.listener =
      url &&
      new Listener({
        url,
        channel: EVENT_CHANNEL,
        onNotification: () => {
          this.look();
        },
        onBroken: (err) => {
          log.debug({ err }, "the connection that listens for events broke; connecting again");
        },
      });
  }

  /**
   * Calls the listener whenever there may be further events to read, and once soon after this call.
   *
   * @returns a function that removes the listener.
   */
  onSignal(listener: () => void): () => void {
    this.listeners.add(listener);
    if (!this.isStarted) this.start();
    setImmediate(listener);
    return () => this.listeners.delete(listener);
  }

  /** Stops listening and waits for the statement that is running. */
  async close(): Promise<void> {
    this.isClosed = true;
    this.stopNotifying();
    this.listeners.clear();
    for (const timer of [this.notifyTimer, this.lookTimer]) clearTimeout(timer);
    await this.looking;
    await this.listener?.close();
  }

  private start(): void {
    this.isStarted = true;
    this.listener?.open();
    this.look();
  }

  private notify(): void {
    if (this.isClosed || this.notifyTimer !== undefined) return;
    const wait = Math.max(0, this.notifiedAt + NOTIFY_MS - performance.now());
    this.notifyTimer = setTimeout(() => {
      this.notifyTimer = undefined;
      this.notifiedAt = performance.now();
      const isOutdated = this.notifiedAt > this.lookedAt + LISTENERS_KNOWN_MS;
      if (this.isStarted || isOutdated) this.look();
      if (!this.hasOthers) return;
      this.options.store.notify().catch((err: unknown) => {
        this.options.log.debug(
          { err },
          "could not notify other servers of events; they find them within a second",
        );
      });
    }, wait).unref();
  }

  /** Looks now. If a look is running, looks again after it. */
  private look(): void {
    if (this.isClosed) return;
    if (this.looking !== undefined) {
      this.isAskedAgain = true;
      return;
    }
    clearTimeout(this.lookTimer);
    this.looking = this.lookOnce().then((waitMs) => {
      this.looking = undefined;
      if (this.isClosed) return;
      const isUrgent = this.isAskedAgain;
      this.isAskedAgain = false;
      if (!this.isStarted) return;
      this.lookTimer = setTimeout(
        () => {
          this.look();
        },
        isUrgent ? 0 : waitMs,
      ).unref();
    });
  }

  /** @returns the delay before the next look, in milliseconds. */
  private async lookOnce(): Promise<number> {
    const { store, log, pollMs = 1_000 } = this.options;
    try {
      const { horizon, latest, listenerCount } = await store.snapshot();
      this.lookedAt = performance.now();
      this.hasOthers = listenerCount > (this.listener?.isListening ? 1 : 0);
      if (horizon > this.horizon) {
        this.horizon = horizon;
        this.hiddenMs = HIDDEN_MS / 2;
        for (const listener of this.listeners) listener();
      }
      this.hiddenMs = Math.min(2 * this.hiddenMs, pollMs);
      return horizon < latest ? this.hiddenMs : pollMs;
    } catch (err) {
      log.debug({ err }, "could not look for events; trying again");
      return pollMs;
    }
  }
}
