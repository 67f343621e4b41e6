import { type Caller, isOperator } from "../access/caller.js";
import type { PocketCharge } from "./pocket-charge.record.js";
import type { PocketChargeStore } from "./pocket-charge.store.js";
import { type PocketGroupService, notGranted } from "./pocket-group.service.js";

export class PocketChargeService {
  constructor(
    private readonly store: PocketChargeStore,
    private readonly groups: PocketGroupService,
  ) {}

  /**
   * Finds a charge by its token. A merchant finds only charges that it made; operators find all.
   *
   * @returns null when no such charge was made.
   * @throws AppError NOT_FOUND for an unknown group, FORBIDDEN for one that is not granted.
   */
  async trace(
    pocketGroupSlug: string,
    token: string,
    caller: Caller,
  ): Promise<PocketCharge | null> {
    const groupId = await this.groups.idOf(pocketGroupSlug);
    const { isGranted, charge } = await this.store.trace(groupId, token, caller.merchantId);
    if (!isGranted && !isOperator(caller)) throw notGranted(pocketGroupSlug);
    return charge !== null && (isOperator(caller) || charge.merchantId === caller.merchantId)
      ? charge
      : null;
  }
}
