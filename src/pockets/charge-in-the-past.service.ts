import type { MerchantCaller } from "../callers/caller.js";
import type { Database } from "../database/database.js";
import { type LastStatement, inTransaction } from "../database/transaction.js";
import { present } from "../shared/assert.js";
import type { Instant } from "../shared/instant.js";
import { type ChargeResult, chargeResultOf } from "./charge-pockets.service.js";
import { wantedBy } from "./ledger/item.js";
import type { LedgerStore } from "./ledger/ledger.store.js";
import { Settlement } from "./ledger/settlement.js";
import { type PocketChargeRequest, readCharge } from "./pocket-charge.js";
import type { PocketGroupService } from "./pocket-group.service.js";

/** Makes charges that have a time in the past, for sample records. All rules of charging apply. */
export class ChargeInThePast {
  constructor(
    private readonly database: Database,
    private readonly groups: PocketGroupService,
    private readonly store: LedgerStore,
  ) {}

  /**
   * Makes one charge in one transaction.
   *
   * @returns null if the pocket has a later entry: a pocket's entries stay in the order of their times.
   * @throws AppError NOT_FOUND for an unknown group, FORBIDDEN for a group that is not granted or not active.
   */
  async charge(
    caller: MerchantCaller,
    pocketGroupSlug: string,
    charge: PocketChargeRequest,
    at: Instant,
  ): Promise<ChargeResult | null> {
    const { merchantId } = caller;
    const { id: groupId, phoneNumberRegion } = await this.groups.usable(pocketGroupSlug, caller);
    const items = [readCharge(charge, phoneNumberRegion)];
    const wanted = wantedBy([{ merchantId, items }]);
    return inTransaction(
      this.database.pool,
      async (tx): Promise<ChargeResult | null | LastStatement<ChargeResult | null>> => {
        const permits = await this.groups.permitsFor(tx, groupId, [merchantId]);
        const refusal = permits.refusalOf({ merchantId, pocketGroupSlug });
        if (refusal !== null) throw refusal;
        const found = await this.store.lookUp(tx, groupId, wanted);
        const ledger = { ...found, now: at };
        const settlement = new Settlement(groupId, permits.limits, ledger);
        const settled = present(settlement.settle({ merchantId, items })[0], "the charge's result");
        const result = chargeResultOf(settled);
        if (!settlement.hasChanges) return result;
        if (await this.store.hasLaterEntries(tx, groupId, wanted.phoneNumbers, at)) return null;
        return this.store.write<ChargeResult | null>(tx, groupId, ledger, settlement, result);
      },
    );
  }
}
