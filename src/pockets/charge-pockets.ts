import type { MerchantCaller } from "../access/caller.js";
import type { Database } from "../database/database.js";
import { inTransaction } from "../database/transaction.js";
import { present, unreachable } from "../shared/assert.js";
import { AppError } from "../shared/errors.js";
import type { Instant } from "../shared/instant.js";
import { newId } from "../shared/uuid.js";
import {
  type PocketChargeErrorCode,
  type PocketChargeRequest,
  readChargeItem,
} from "./pocket-charge.js";
import type { PocketCharge } from "./pocket-charge.record.js";
import type { PocketChargeStore } from "./pocket-charge.store.js";
import type { PocketGroupService } from "./pocket-group.service.js";
import {
  type NewCharge,
  type SettledCharges,
  phoneNumbersOf,
  settleCharges,
  tokensOf,
} from "./settle-charges.js";

const MAX_CHARGES = 1_000;

/** What became of one charge of a request. */
export type ChargeResult =
  | { readonly status: "SUCCESS"; readonly charge: PocketCharge }
  | {
      readonly status: "ERROR";
      readonly code: PocketChargeErrorCode;
      /** The charge that has used the token, when it is the caller's own. */
      readonly earlier: PocketCharge | null;
    };

/** Adds amounts to pockets: the use case that this product exists for. */
export class ChargePockets {
  constructor(
    private readonly database: Database,
    private readonly groups: PocketGroupService,
    private readonly store: PocketChargeStore,
  ) {}

  /**
   * Charges 1 to 1,000 pockets of one group in one transaction. Each request is answered on its own
   * and in its place; a refused one affects no other. Once this returns, every SUCCESS is durable.
   *
   * @throws AppError BAD_USER_INPUT for no charge or too many, NOT_FOUND for an unknown group,
   *   FORBIDDEN for a group that is not granted or not active. Nothing is charged then.
   */
  async charge(
    caller: MerchantCaller,
    pocketGroupSlug: string,
    requests: readonly PocketChargeRequest[],
  ): Promise<ChargeResult[]> {
    if (requests.length === 0 || requests.length > MAX_CHARGES) {
      throw new AppError(
        "BAD_USER_INPUT",
        `input.charges has ${String(requests.length)} items; from 1 to ${String(MAX_CHARGES)} are taken at a time.`,
      );
    }
    const group = await this.groups.getChargeable(pocketGroupSlug, caller);
    // The ids are made once, outside the transaction: a repeated run knows its own charges by them.
    const items = requests.map((request) => readChargeItem(request, newId()));
    return inTransaction(this.database.pool, async (tx) => {
      const locked = await this.store.lockPockets(tx, group.id, phoneNumbersOf(items, group));
      const charges = await this.store.findByTokens(tx, group.id, tokensOf(items));
      const settled = settleCharges(
        items,
        { pocketGroupId: group.id, merchantId: caller.merchantId, limits: group },
        {
          charges,
          balances: locked,
        },
      );
      const { newCharges, balances } = settled;
      const createdAt =
        newCharges.length === 0
          ? null
          : await this.store.write(tx, group.id, newCharges, balances, locked);
      return resultsOf(settled, createdAt);
    });
  }
}

function resultsOf({ settlements }: SettledCharges, createdAt: Instant | null): ChargeResult[] {
  const written = (charge: NewCharge | PocketCharge): PocketCharge =>
    "createdAt" in charge
      ? charge
      : { ...charge, createdAt: present(createdAt, "the time of a new charge") };

  return settlements.map((settlement) => {
    switch (settlement.status) {
      case "MADE":
        return { status: "SUCCESS", charge: written(settlement.charge) };
      case "REFUSED": {
        const { code, earlier } = settlement;
        return { status: "ERROR", code, earlier: earlier && written(earlier) };
      }
      default:
        return unreachable(settlement);
    }
  });
}
