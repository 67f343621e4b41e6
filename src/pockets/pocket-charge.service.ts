import { type Caller, isOperator } from "../callers/caller.js";
import type { PocketCharge } from "./pocket-charge.record.js";
import { Batcher, done } from "./batcher.js";
import type { PocketChargeStore, Trace, Traced } from "./pocket-charge.store.js";
import { type PocketGroupService, notGranted } from "./pocket-group.service.js";

/** Traces that arrive during a statement share the next one. */
const BATCHING = { maxWeight: 100, maxRuns: 2, maxFullRuns: 4, maxWaitMs: 10_000 };

export class PocketChargeService {
  private readonly traces: Batcher<Trace, Traced>;

  constructor(
    store: PocketChargeStore,
    private readonly groups: PocketGroupService,
  ) {
    this.traces = new Batcher(async (_, traces) => (await store.trace(traces)).map(done), BATCHING);
  }

  /**
   * Finds a charge by its token. A merchant finds only its own charges; operators find all.
   *
   * @returns null if there is no such charge.
   * @throws AppError NOT_FOUND for an unknown group, FORBIDDEN for one that is not granted.
   */
  async trace(
    pocketGroupSlug: string,
    token: string,
    caller: Caller,
  ): Promise<PocketCharge | null> {
    const pocketGroupId = await this.groups.idOf(pocketGroupSlug);
    const trace = { pocketGroupId, token, merchantId: caller.merchantId };
    const { isGranted, charge } = await this.traces.add("", trace, 1);
    if (!isGranted && !isOperator(caller)) throw notGranted(pocketGroupSlug);
    return charge !== null && (isOperator(caller) || charge.merchantId === caller.merchantId)
      ? charge
      : null;
  }
}
