import type { Logger } from "pino";
import type { WebhookSweepStore } from "./webhook-sweep.store.js";

const INTERVAL_MS = 3_600_000;

/** The maximum number of deliveries that one statement removes. */
const BATCH_SIZE = 1_000;

/** Removes ended deliveries after the retention, every hour. */
export class DeliveryRetention {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private isStopping = false;

  constructor(
    private readonly sweeps: Pick<WebhookSweepStore, "removeEnded">,
    private readonly retentionMs: number,
    private readonly log: Pick<Logger, "warn">,
  ) {}

  start(): void {
    this.timer = setInterval(() => {
      this.running = this.running.then(() => this.remove());
    }, INTERVAL_MS).unref();
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    clearInterval(this.timer);
    await this.running;
  }

  /** Removes all deliveries that are due, in batches. A failure is logged, and the next hour tries again. */
  async remove(): Promise<void> {
    try {
      let count = BATCH_SIZE;
      while (count === BATCH_SIZE && !this.isStopping)
        count = await this.sweeps.removeEnded(this.retentionMs, BATCH_SIZE);
    } catch (err) {
      this.log.warn({ err }, "could not remove old webhook deliveries; trying again in an hour");
    }
  }
}
