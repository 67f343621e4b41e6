import type { Logger } from "pino";
import type { EventCursor } from "../../events/event-cursor.js";
import type { Metrics } from "../../observability/metrics/metrics.js";
import {
  type DeliveryQueue,
  type FinishedAttempt,
  MAX_UNDER_WAY,
} from "./delivery-queue.service.js";
import { type EndpointTurn, EndpointTurns } from "./endpoint-turns.js";
import type { QueueEndpoint } from "./queue-endpoint.store.js";
import type { SendWebhook } from "./send-webhook.service.js";
import type { ClaimedMessage, EndpointKey } from "./webhook-attempt.js";
import type { WebhookSweepStore } from "./webhook-sweep.store.js";

/** How many messages a server sends at a time. */
const MAX_SENDING = 1_000;

/** How many turns a server takes at a time. Each holds a connection to the database. */
const MAX_TURNS = 3;

const POLL_MS = 1_000;

/** A server rests this many times as long as it took to look for work, so that looking stays cheap. */
const REST_FACTOR = 9;

const METRICS_MS = 15_000;

const NEW_EVENTS = "NEW_EVENTS";

/** What has gathered for a turn. */
type Work = FinishedAttempt | typeof NEW_EVENTS;

export interface WebhookDispatcherOptions {
  readonly queue: Pick<DeliveryQueue, "takeTurn">;
  readonly sweeps: WebhookSweepStore;
  readonly events: {
    areFollowed(
      cursors: readonly { readonly merchantId: string; readonly after: EventCursor }[],
    ): Promise<boolean[]>;
  };
  readonly send: Pick<SendWebhook, "attempt">;
  /** Calls the listener when there may be new events or deliveries. @returns a function that removes it. */
  readonly onSignal: (listener: () => void) => () => void;
  readonly disable: (key: EndpointKey, reason: "GONE" | "FAILING") => Promise<unknown>;
  /** How long to wait for a signal until the server looks for work without one. */
  readonly pollMs?: number | undefined;
  readonly log: Pick<Logger, "warn">;
  readonly metrics?: Pick<Metrics, "oldestWebhooks"> | undefined;
}

/**
 * Delivers the webhooks of all endpoints, together with any number of other servers. It looks for work after each
 * signal and every second. A slow receiver delays no other: an endpoint has a bounded number of messages under way, and
 * sending them holds no connection to the database.
 */
export class WebhookDispatcher {
  private readonly turns = new EndpointTurns<Work>(MAX_TURNS, (turn) => this.take(turn));
  private readonly sending = new Set<Promise<void>>();
  /** Attempts that could not be recorded yet. */
  private unrecorded: EndpointTurn<Work>[] = [];
  private running: Promise<void> | undefined;
  private removeListener: (() => void) | undefined;
  private isSignaled = false;
  private isStopping = false;
  private wake: () => void = () => undefined;
  private measuredAt = -Infinity;

  constructor(private readonly options: WebhookDispatcherOptions) {}

  start(): void {
    this.removeListener = this.options.onSignal(() => {
      this.isSignaled = true;
      this.wake();
    });
    this.running = this.run();
  }

  /**
   * Begins nothing further, and waits for the messages that are under way. What is not recorded when the process ends is
   * sent again.
   */
  async stop(): Promise<void> {
    this.isStopping = true;
    this.removeListener?.();
    this.wake();
    await this.running;
    // A turn that began before may still send, and what it sent takes another turn to record.
    await this.turns.finish();
    while (this.sending.size > 0) {
      await Promise.all(this.sending);
      await this.turns.finish();
    }
  }

  private async run(): Promise<void> {
    while (!this.isStopping) {
      const startedAt = performance.now();
      this.isSignaled = false;
      try {
        await this.look();
      } catch (err) {
        this.options.log.warn({ err }, "could not look for webhooks to send; trying again");
      }
      const tookMs = performance.now() - startedAt;
      const pollMs = this.options.pollMs ?? POLL_MS;
      await this.rest(Math.min(REST_FACTOR * tookMs, pollMs), pollMs);
    }
  }

  /** Requests a turn for each endpoint that has something to send or to add to its queue. */
  private async look(): Promise<void> {
    const unrecorded = this.unrecorded.splice(0);
    for (const { key, work } of unrecorded) this.turns.request(key, ...work);
    const endpoints = await this.options.sweeps.findEnabled(MAX_UNDER_WAY);
    const areBehind = await this.options.events.areFollowed(
      endpoints.map(({ merchantId, afterPosition, afterSequence, afterId }) => ({
        merchantId,
        after: { position: afterPosition, sequence: afterSequence, id: afterId },
      })),
    );
    endpoints.forEach((endpoint, index) => {
      if (areBehind[index] === true) this.turns.request(endpoint, NEW_EVENTS);
      else if (endpoint.hasDue) this.turns.request(endpoint);
    });
    await this.measure();
  }

  private async measure(): Promise<void> {
    const { metrics, sweeps } = this.options;
    if (metrics === undefined || performance.now() < this.measuredAt + METRICS_MS) return;
    this.measuredAt = performance.now();
    metrics.oldestWebhooks(await sweeps.oldestPendingMs());
  }

  /** Waits for the least time, and then until there is a signal, the longest time has passed, or the server stops. */
  private async rest(leastMs: number, longestMs: number): Promise<void> {
    await this.waitFor(leastMs, () => this.isStopping);
    await this.waitFor(longestMs, () => this.isStopping || this.isSignaled);
  }

  private waitFor(delayMs: number, isOver: () => boolean): Promise<void> {
    if (isOver()) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, delayMs);
      this.wake = () => {
        if (!isOver()) return;
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private async take({ key, work }: EndpointTurn<Work>): Promise<void> {
    const { queue, disable, log } = this.options;
    try {
      const finished = work.filter((one) => one !== NEW_EVENTS);
      const turn = await queue.takeTurn(key, {
        finished,
        addsEvents: finished.length < work.length && !this.isStopping,
        maxMessages: this.isStopping ? 0 : MAX_SENDING - this.sending.size,
      });
      if (turn === null) return;
      for (const message of turn.messages) this.send(turn.endpoint, message);
      if (turn.hasMore && !this.isStopping) this.turns.request(key, NEW_EVENTS);
      if (turn.disables !== null) await disable(key, turn.disables);
    } catch (err) {
      log.warn({ err }, "could not change the queue of a webhook endpoint; trying again");
      if (work.length > 0) this.unrecorded.push({ key, work });
    }
  }

  private send(endpoint: QueueEndpoint, message: ClaimedMessage): void {
    const ended = this.options.send.attempt(endpoint, message).then((outcome) => {
      this.sending.delete(ended);
      this.turns.request(endpoint, { message, outcome });
    });
    this.sending.add(ended);
  }
}
