import type { WebhookSweepStore } from "./webhook-sweep.store.js";

/** The maximum number of deliveries that one statement removes. */
const BATCH_SIZE = 1_000;

/** Removes deliveries that ended before the retention. Several servers may do so at the same time. */
export class DeliveryRetention {
  constructor(
    private readonly sweeps: Pick<WebhookSweepStore, "removeEnded">,
    private readonly retentionMs: number,
  ) {}

  async removeEnded(): Promise<void> {
    let count = BATCH_SIZE;
    while (count === BATCH_SIZE)
      count = await this.sweeps.removeEnded(this.retentionMs, BATCH_SIZE);
  }
}
