import type pg from "pg";
import type { Logger } from "pino";
import { onCommit } from "../database/commits.js";
import { isPooled } from "../database/pooler.js";
import type { EventStore } from "./event.store.js";

/** The minimum time between two reports of commits. PostgreSQL serializes the commits of notifications. */
const NOTIFY_MS = 25;

/** The time until the next look if a transaction that has not ended may hide committed events. It doubles each time. */
const HIDDEN_MS = 20;

const RECONNECT_MS = 1_000;

/** How long it is known whether other servers listen. */
const LISTENERS_KNOWN_MS = 1_000;

export interface EventSignalOptions {
  readonly pool: pg.Pool;
  readonly store: Pick<EventStore, "snapshot" | "notify" | "listen">;
  readonly log: Pick<Logger, "debug" | "warn">;
  /** Creates a connection that can listen; null if there are only connections through a pooler. */
  readonly connect: () => pg.Client | null;
  /** How often to look without a notification, in milliseconds. */
  readonly pollMs?: number;
}

/**
 * Reports that further events can be read, whichever server committed them. Each server notifies the others, if there
 * are any, after its commits and outside the transactions, and looks every second in case a notification is lost.
 */
export class EventSignal {
  private readonly listeners = new Set<() => void>();
  private readonly stopNotifying: () => void;
  private notifyTimer: NodeJS.Timeout | undefined;
  private notifiedAt = -Infinity;
  private lookedAt = -Infinity;
  private hasOthers = true;
  private lookTimer: NodeJS.Timeout | undefined;
  private connectTimer: NodeJS.Timeout | undefined;
  private connection: pg.Client | undefined;
  private looking: Promise<void> | undefined;
  private isAskedAgain = false;
  private horizon = 0;
  private hiddenMs = HIDDEN_MS;
  private isStarted = false;
  private isListening = false;
  private isClosed = false;

  constructor(private readonly options: EventSignalOptions) {
    this.stopNotifying = onCommit(options.pool, () => {
      this.notify();
    });
  }

  /**
   * Calls the listener whenever further events may be readable, and soon after this call.
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
    for (const timer of [this.notifyTimer, this.lookTimer, this.connectTimer]) clearTimeout(timer);
    await this.looking;
    await this.connection?.end();
  }

  private start(): void {
    this.isStarted = true;
    void this.listen();
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
        this.options.log.debug({ err }, "could not notify other servers of events; they will look");
      });
    }, wait).unref();
  }

  /** Looks now, or once more after the look that is running. */
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

  /** @returns the time until the next look. */
  private async lookOnce(): Promise<number> {
    const { store, log, pollMs = 1_000 } = this.options;
    try {
      const { horizon, latest, listenerCount } = await store.snapshot();
      this.lookedAt = performance.now();
      this.hasOthers = listenerCount > (this.isListening ? 1 : 0);
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

  private async listen(): Promise<void> {
    const connection = this.options.connect();
    if (connection === null || this.isClosed) return;
    this.connection = connection;
    connection.on("notification", () => {
      this.look();
    });
    let isOver = false;
    const reconnect = (err?: unknown): void => {
      if (isOver || this.isClosed) return;
      isOver = true;
      this.isListening = false;
      this.options.log.debug(
        { err },
        "the connection that listens for events broke; connecting again",
      );
      this.connectTimer = setTimeout(() => void this.listen(), RECONNECT_MS).unref();
    };
    connection.on("error", reconnect);
    connection.on("end", reconnect);
    try {
      await connection.connect();
      if (await isPooled(connection)) {
        // A pooler passes notifications to the wrong client.
        isOver = true;
        await connection.end();
        return;
      }
      await this.options.store.listen(connection);
      this.isListening = true;
      this.look();
    } catch (err) {
      reconnect(err);
      await connection.end().catch(reconnect);
    }
  }
}
