import type { MerchantCaller } from "../../callers/caller.js";
import type { Database } from "../../database/database.js";
import { type LastStatement, inTransaction } from "../../database/transaction.js";
import type { Instant } from "../../shared/instant.js";
import { wantedBy } from "./item.js";
import type { LedgerStore } from "./ledger.store.js";
import type { LedgerGroups } from "./ledger-groups.service.js";
import { type PocketPoster, readerOf } from "./pocket-ledger.service.js";
import type { Posting } from "./posting.js";
import type { ItemResult } from "./item-result.js";
import { Settlement } from "./settlement.js";

/** A pocket has an entry after the time of an item. A pocket's entries stay in the order of their times. */
export class LaterEntryError extends Error {
  override readonly name = "LaterEntryError";
}

/**
 * Changes pockets at a time in the past, for sample records. All rules of the ledger apply, as they are now. The entries
 * are not events.
 */
export class PastLedger implements PocketPoster {
  constructor(
    private readonly database: Database,
    private readonly groups: LedgerGroups,
    private readonly store: LedgerStore,
    private readonly at: Instant,
  ) {}

  /**
   * Settles items as `PocketLedger.post`, in their own transaction.
   *
   * @throws LaterEntryError if one of the pockets that would change has a later entry. Then nothing is done.
   */
  async post(
    caller: MerchantCaller,
    pocketGroupSlug: string,
    posting: Posting,
  ): Promise<ItemResult[]> {
    const { merchantId } = caller;
    const { id: groupId, phoneNumberRegion } = await this.groups.usable(pocketGroupSlug, caller);
    const items = (await readerOf(this.store, groupId, posting))(phoneNumberRegion);
    const wanted = wantedBy([{ merchantId, items }]);
    return inTransaction(
      this.database.pool,
      async (tx): Promise<ItemResult[] | LastStatement<ItemResult[]>> => {
        const permits = await this.groups.permitsFor(tx, groupId, [merchantId]);
        const refusal = permits.refusalOf({ merchantId, pocketGroupSlug });
        if (refusal !== null) throw refusal;
        const found = await this.store.lookUp(tx, groupId, wanted);
        const ledger = { ...found, now: this.at, position: null };
        const { limits } = permits;
        const usage = await this.store.periodUsage(tx, groupId, limits, items, this.at);
        const settlement = new Settlement(groupId, limits, usage, ledger);
        const results = settlement.settle({ merchantId, items });
        if (!settlement.hasChanges) return results;
        if (await this.store.hasLaterEntries(tx, groupId, wanted.phoneNumbers, this.at))
          throw new LaterEntryError(`a pocket has an entry after ${this.at}`);
        return this.store.write(tx, groupId, ledger, settlement.changes, results);
      },
    );
  }
}
