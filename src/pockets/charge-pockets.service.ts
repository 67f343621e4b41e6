import type { MerchantCaller } from "../callers/caller.js";
import { assert } from "../shared/assert.js";
import type { RefusalDetails } from "./item-answer.js";
import type { PocketLedger } from "./ledger/pocket-ledger.service.js";
import type { ItemResult } from "./ledger/settlement.js";
import { PocketChargeErrorCode, type PocketChargeRequest, readCharge } from "./pocket-charge.js";
import type { PocketCharge } from "./pocket-charge.record.js";

/** The outcome of one charge. */
export type ChargeResult =
  | { readonly status: "SUCCESS"; readonly charge: PocketCharge }
  | ({
      readonly status: "ERROR";
      readonly code: PocketChargeErrorCode;
      /** The charge that used the token, if it is the same merchant's. */
      readonly earlier: PocketCharge | null;
      /** The region in which the phone number was read. */
      readonly phoneNumberRegion: string | null;
    } & RefusalDetails);

/** Adds amounts to pockets, the main use case of this product. */
export class ChargePockets {
  constructor(private readonly ledger: PocketLedger) {}

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
      ...{ operation: "charge", argument: "input.charges", count: charges.length, refersTo: [] },
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
