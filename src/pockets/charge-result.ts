import { present, unreachable } from "../shared/assert.js";
import type { Instant } from "../shared/instant.js";
import type { PocketChargeErrorCode } from "./pocket-charge.js";
import type { PocketCharge } from "./pocket-charge.record.js";
import type { NewCharge, SettledCharges, Settlement } from "./settle-charges.js";

/** What became of one charge of a request. */
export type ChargeResult =
  | { readonly status: "SUCCESS"; readonly charge: PocketCharge }
  | {
      readonly status: "ERROR";
      readonly code: PocketChargeErrorCode;
      /** The charge that has used the token, when it is the caller's own. */
      readonly earlier: PocketCharge | null;
    };

/** @param createdAt when the new charges were made; null when there are none. */
export function resultsOf(
  { settlements }: SettledCharges,
  createdAt: Instant | null,
): ChargeResult[][] {
  const written = (charge: NewCharge | PocketCharge): PocketCharge =>
    "createdAt" in charge
      ? charge
      : { ...charge, createdAt: present(createdAt, "the time of a new charge") };

  const resultOf = (settlement: Settlement): ChargeResult => {
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
  };
  return settlements.map((ofRequest) => ofRequest.map(resultOf));
}
