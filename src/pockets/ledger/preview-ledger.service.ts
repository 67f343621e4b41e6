import type { MerchantCaller } from "../../callers/caller.js";
import type { Database } from "../../database/database.js";
import { inTransaction } from "../../database/transaction.js";
import { phoneNumbersOf, wantedBy } from "./item.js";
import type { ItemResult } from "./item-result.js";
import type { LedgerGroups } from "./ledger-groups.service.js";
import type { LedgerStore } from "./ledger.store.js";
import { type PocketPoster, readerOf } from "./pocket-ledger.service.js";
import type { Posting } from "./posting.js";
import { PreviewedItems } from "./previewed-items.js";
import { Settlement } from "./settlement.js";

/**
 * Reports what requests would do, one after the other, and writes and locks nothing. Each request sees what the earlier
 * ones would have done. Other clients may change the pockets in the meantime.
 */
export class PreviewLedger implements PocketPoster {
  private readonly items: PreviewedItems;

  constructor(
    private readonly database: Database,
    private readonly groups: LedgerGroups,
    private readonly store: LedgerStore,
    kind: "CHARGE" | "DEBIT",
  ) {
    this.items = new PreviewedItems(kind);
  }

  /** Like `PocketLedger.post`, but does nothing. The rate limit is not used. */
  async post(
    caller: MerchantCaller,
    pocketGroupSlug: string,
    posting: Posting,
  ): Promise<ItemResult[]> {
    const { merchantId } = caller;
    const { id } = await this.groups.usable(pocketGroupSlug, caller);
    const readIn = await readerOf(this.store, id, posting);
    const { results, limits } = await inTransaction(
      this.database.pool,
      async (tx) => {
        const permits = await this.groups.permitsFor(tx, id, [merchantId]);
        const refusal = permits.refusalOf({ merchantId, pocketGroupSlug });
        if (refusal !== null) throw refusal;
        const { limits } = permits;
        const items = readIn(limits.phoneNumberRegion);
        const request = { merchantId, items };
        const found = await this.store.preview(tx, id, wantedBy([request]));
        const ledger = this.items.addTo(found, id, request);
        const usage = await this.store.periodUsage(tx, id, limits, items, ledger.now);
        this.items.countIn(usage, phoneNumbersOf(items));
        return { results: new Settlement(id, limits, usage, ledger).settle(request), limits };
      },
      () => false,
    );
    // After the transaction, which may have been run several times.
    this.items.keep(results, limits.hasUniqueReferences);
    return results;
  }
}
