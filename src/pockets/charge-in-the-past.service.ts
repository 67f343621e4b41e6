import type { MerchantCaller } from "../callers/caller.js";
import type { Database } from "../database/database.js";
import { type LastStatement, inTransaction } from "../database/transaction.js";
import { present } from "../shared/assert.js";
import type { Instant } from "../shared/instant.js";
import { newId } from "../shared/uuid.js";
import {
  type ChargeResult,
  ChargeSettlement,
  phoneNumbersOf,
  tokensOf,
} from "./charge-settlement.js";
import { type PocketChargeRequest, readChargeItem } from "./pocket-charge.js";
import type { PocketChargeStore } from "./pocket-charge.store.js";
import type { PocketGroupService } from "./pocket-group.service.js";

/** Makes charges that have a time in the past, for sample records. All rules of charging apply. */
export class ChargeInThePast {
  constructor(
    private readonly database: Database,
    private readonly groups: PocketGroupService,
    private readonly store: PocketChargeStore,
  ) {}

  /**
   * Makes one charge in one transaction.
   *
   * @returns null if the pocket has a later charge: a pocket's charges stay in the order of their times.
   * @throws AppError NOT_FOUND for an unknown group, FORBIDDEN for a group that is not granted or not active.
   */
  async charge(
    caller: MerchantCaller,
    pocketGroupSlug: string,
    charge: PocketChargeRequest,
    at: Instant,
  ): Promise<ChargeResult | null> {
    const { merchantId } = caller;
    const { id: groupId, phoneNumberRegion } = await this.groups.chargeable(
      pocketGroupSlug,
      caller,
    );
    // Create the id outside the transaction: a retry recognizes its own charge by it.
    const items = [readChargeItem(charge, newId(), phoneNumberRegion)];
    return inTransaction(
      this.database.pool,
      async (tx): Promise<ChargeResult | null | LastStatement<ChargeResult | null>> => {
        const permits = await this.groups.permitsToCharge(tx, groupId, [merchantId]);
        const refusal = permits.refusalOf({ merchantId, pocketGroupSlug });
        if (refusal !== null) throw refusal;
        const found = await this.store.lookUp(tx, groupId, phoneNumbersOf(items), tokensOf(items));
        const ledger = { ...found, now: at };
        const settlement = new ChargeSettlement(groupId, permits.limits, ledger, items);
        const result = present(settlement.settle({ merchantId, items })[0], "the charge's result");
        if (settlement.newCharges.length === 0) return result;
        if (await this.store.hasLaterCharges(tx, groupId, phoneNumbersOf(items), at)) return null;
        return this.store.write<ChargeResult | null>(tx, groupId, ledger, settlement, result);
      },
    );
  }
}
