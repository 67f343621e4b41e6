import type { MerchantCaller } from "../callers/caller.js";
import { assert } from "../shared/assert.js";
import type { ChargeResult } from "./charge-answer.js";
import type { PocketPoster } from "./ledger/pocket-ledger.service.js";
import type { ItemResult } from "./ledger/item-result.js";
import { PocketChargeErrorCode, type PocketChargeRequest, readCharge } from "./pocket-charge.js";

/** Adds amounts to pockets, the main use case of this product. */
export class ChargePockets {
  constructor(private readonly ledger: PocketPoster) {}

  /**
   * Makes 1 to 1,000 charges in one group. Returns one result for each charge, in the given order.
   *
   * @throws AppError as `PocketLedger.post`.
   */
  async charge(
    caller: MerchantCaller,
    pocketGroupSlug: string,
    charges: readonly PocketChargeRequest[],
  ): Promise<ChargeResult[]> {
    const results = await this.ledger.post(caller, pocketGroupSlug, {
      operation: "charge",
      argument: "input.charges",
      count: charges.length,
      refersTo: [],
      read: (region) => charges.map((charge) => readCharge(charge, region)),
    });
    return results.map(chargeResultOf);
  }
}

/** The result of a charge, of which the ledger knows more than a charge has. */
export function chargeResultOf(result: ItemResult): ChargeResult {
  if (result.status === "SUCCESS") {
    const { status, entry } = result;
    assert(entry !== null, "a charge makes an entry");
    return { status, charge: entry };
  }
  const { code, earlier } = result;
  assert(isChargeCode(code), `a charge cannot be refused with ${code}`);
  return { ...result, code, earlier: earlier?.kind === "CHARGE" ? earlier : null };
}

function isChargeCode(code: string): code is PocketChargeErrorCode {
  return Object.hasOwn(PocketChargeErrorCode, code);
}
