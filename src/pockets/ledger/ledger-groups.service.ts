import type { MerchantCaller } from "../../callers/caller.js";
import type { Tx } from "../../database/transaction.js";
import type { AppError } from "../../shared/errors.js";
import type { GroupLimits } from "./item.js";

/** The permissions and limits of a group, as one transaction sees them. */
export interface GroupPermits {
  readonly limits: GroupLimits;
  /** @returns the reason why the merchant may not change the group's pockets; null if it may. */
  refusalOf(by: Acting): AppError | null;
}

/** A merchant and the slug of the group whose pockets it changes. */
export interface Acting {
  readonly merchantId: string;
  readonly pocketGroupSlug: string;
}

/** The pocket groups, as far as the ledger needs them. */
export interface LedgerGroups {
  /** @throws AppError NOT_FOUND, or FORBIDDEN if the merchant may not change the group's pockets. */
  usable(slug: string, caller: MerchantCaller): Promise<UsableGroup>;
  permitsFor(tx: Tx, id: string, merchantIds: readonly string[]): Promise<GroupPermits>;
  /** Makes the next request for the group read it again. */
  forget(slug: string): void;
  /** Makes the merchant's next request check the group again before its transaction. */
  forgetUsable(by: Acting): void;
}

/** A group as it was last read. */
export interface UsableGroup {
  readonly id: string;
  readonly phoneNumberRegion: string | null;
}
