import { type Caller, isOperator } from "../callers/caller.js";
import type { RecordDefinition, RowOf } from "../records/record.js";
import { Batcher, done } from "./ledger/batcher.js";
import { type PocketGroupService, notGranted } from "./pocket-group.service.js";
import type { Trace, TraceStore, Traced } from "./trace.store.js";

/** Traces that arrive while a statement runs share the next one, which costs less than a statement of their own. */
const BATCHING = { maxWeight: 100, maxRuns: 1, maxFullRuns: 4, slowMs: 250, maxWaitMs: 10_000 };

/** Finds charges, entries or holds by token. */
export class TraceByToken<R extends RecordDefinition> {
  private readonly traces: Batcher<Trace, Traced<RowOf<R>>>;

  constructor(
    store: TraceStore<R>,
    private readonly groups: PocketGroupService,
  ) {
    this.traces = new Batcher(async (_, traces) => (await store.trace(traces)).map(done), BATCHING);
  }

  /**
   * Finds a record by its token. A merchant finds only its own records; operators find all.
   *
   * @returns null if there is no such record.
   * @throws AppError NOT_FOUND for an unknown group, FORBIDDEN for one that is not granted.
   */
  async trace(pocketGroupSlug: string, token: string, caller: Caller): Promise<RowOf<R> | null> {
    const pocketGroupId = await this.groups.idOf(pocketGroupSlug);
    const trace = { pocketGroupId, token, merchantId: caller.merchantId };
    const { isGranted, record } = await this.traces.add("", trace, 1);
    if (!isGranted && !isOperator(caller)) throw notGranted(pocketGroupSlug);
    const { merchantId } = (record ?? {}) as { readonly merchantId?: string };
    return record !== null && (isOperator(caller) || merchantId === caller.merchantId)
      ? record
      : null;
  }
}
