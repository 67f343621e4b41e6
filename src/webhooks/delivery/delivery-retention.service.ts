import type { Database } from "../../database/database.js";
import { inTransaction } from "../../database/transaction.js";
import type { DeliveryQueueStore } from "./delivery-queue.store.js";
import type { QueueEndpointStore } from "./queue-endpoint.store.js";
import type { EndpointKey } from "./webhook-attempt.js";
import type { WebhookSweepStore } from "./webhook-sweep.store.js";

/** The maximum number of deliveries that one statement removes. */
const BATCH_SIZE = 1_000;

/**
 * Removes deliveries after the retention: those that ended, and pending ones of endpoints that are disabled. Several
 * servers may do so at the same time.
 */
export class DeliveryRetention {
  constructor(
    private readonly database: Pick<Database, "pool">,
    private readonly sweeps: Pick<WebhookSweepStore, "removeEnded" | "findAbandoned">,
    private readonly endpoints: Pick<QueueEndpointStore, "lock">,
    private readonly queue: Pick<DeliveryQueueStore, "removeOld" | "makeNextDue">,
    private readonly retentionMs: number,
  ) {}

  async removeOld(): Promise<void> {
    await allBatches(() => this.sweeps.removeEnded(this.retentionMs, BATCH_SIZE));
    for (const endpoint of await this.sweeps.findAbandoned(this.retentionMs))
      await allBatches(() => this.removePending(endpoint));
  }

  /** The endpoint is locked, so that it is not enabled meanwhile. @returns how many deliveries were removed. */
  private removePending(key: EndpointKey): Promise<number> {
    return inTransaction(this.database.pool, async (tx) => {
      const endpoint = await this.endpoints.lock(tx, key, { waits: true });
      if (endpoint === null || endpoint.isEnabled) return 0;
      const subjects = await this.queue.removeOld(tx, key, this.retentionMs, BATCH_SIZE);
      await this.queue.makeNextDue(tx, key, [...new Set(subjects)]);
      return subjects.length;
    });
  }
}

async function allBatches(removeBatch: () => Promise<number>): Promise<void> {
  while ((await removeBatch()) === BATCH_SIZE);
}
